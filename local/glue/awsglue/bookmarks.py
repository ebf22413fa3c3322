"""
Job bookmarks in a file of their own for each job.

They work as Glue's do: by job name and transformation context, and only `Job.commit` advances them. An object is new
when it was modified after the last committed run began, less a band in which S3's listings might have been behind. The
band's objects are kept by address and time, so that each counts once. An object that was overwritten is new again.
Glue keeps a limited number of the band's objects and leaves the others to the next run
(`maxBand`, `maxFilesInBand`: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-connect-s3-home.html).
"""

import json
import os
from pathlib import Path

BAND_SECONDS = 900
MAX_FILES_IN_BAND = 1000


class Bookmark:
    def __init__(self, folder, job_name):
        self.file = Path(folder) / f"{job_name}.json"
        self.stored = json.loads(self.file.read_text()) if self.file.exists() else {"version": 0, "contexts": {}}
        self.next = {}

    def take(self, context, began, objects):
        """Chooses the objects, given as (address, modified), that a run which began at this time reads as new."""
        known = self.stored["contexts"].get(context, {"until": None, "recent": {}})
        in_band = began - BAND_SECONDS
        recent = {address: modified for address, modified in known["recent"].items() if modified > in_band}
        taken = []
        for address, modified in sorted(objects, key=lambda one: one[1]):
            old = known["until"] is not None and modified <= known["until"] - BAND_SECONDS
            if old or known["recent"].get(address) == modified:
                continue
            if modified > in_band:
                if len(recent) >= MAX_FILES_IN_BAND:
                    continue
                recent[address] = modified
            taken.append((address, modified))
        self.next[context] = {"until": began, "recent": recent}
        return taken

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
