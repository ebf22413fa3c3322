"""
Job bookmarks in a file of their own for each job.

They work as Glue's do: by job name and transformation context, and only `Job.commit` advances them. An object is new
when it was modified after the last committed run began, less a band in which S3's listings might have been behind. The
band's objects are kept by address and time, so that each counts once. An object that was overwritten is new again.
"""

import json
import os
from pathlib import Path

BAND_SECONDS = 900


class Bookmark:
    def __init__(self, folder, job_name):
        self.file = Path(folder) / f"{job_name}.json"
        self.stored = json.loads(self.file.read_text()) if self.file.exists() else {"version": 0, "contexts": {}}
        self.next = {}

    def is_new(self, context, address, modified):
        known = self.stored["contexts"].get(context)
        if known is None:
            return True
        if modified <= known["until"] - BAND_SECONDS:
            return False
        return known["recent"].get(address) != modified

    def note(self, context, began, addresses):
        """Remembers for the commit what a run that began at this time has seen: (address, modified)."""
        known = self.stored["contexts"].get(context, {"recent": {}})
        recent = {**known["recent"], **dict(addresses)}
        recent = {address: modified for address, modified in recent.items() if modified > began - BAND_SECONDS}
        self.next[context] = {"until": began, "recent": recent}

    def commit(self):
        self.stored = {
            "version": self.stored["version"] + 1,
            "contexts": {**self.stored["contexts"], **self.next},
        }
        self.next = {}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        draft = self.file.with_suffix(f".{os.getpid()}.new")
        draft.write_text(json.dumps(self.stored))
        draft.replace(self.file)


def reset(folder, job_name):
    """As `glue:ResetJobBookmark`: the next run takes everything for new."""
    (Path(folder) / f"{job_name}.json").unlink(missing_ok=True)
