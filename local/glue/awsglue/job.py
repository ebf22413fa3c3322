"""A job run's beginning and end."""

import os
import time

from awsglue.bookmarks import Bookmark

ENABLE, PAUSE, DISABLE = "job-bookmark-enable", "job-bookmark-pause", "job-bookmark-disable"


class Job:
    def __init__(self, glue_context):
        self._glue_context = glue_context

    def init(self, job_name, args=None):
        option = (args or {}).get("job_bookmark_option", DISABLE)
        if option not in (ENABLE, PAUSE, DISABLE):
            raise ValueError(f"--job-bookmark-option is {option}; allowed: {ENABLE}, {PAUSE}, {DISABLE}")
        self._commits = option == ENABLE
        context = self._glue_context
        context.run_began = time.time()
        context.bookmark = None if option == DISABLE else Bookmark(os.environ["GLUE_BOOKMARK_FOLDER"], job_name)

    def commit(self):
        if self._commits:
            self._glue_context.bookmark.commit()
