"""Errors that are reported to an operator."""

import re


class EtlError(Exception):
    """A failure whose message an operator understands without reading this code."""


class UnreadableFile(EtlError):
    """
    The bytes of a file cannot be read, or no longer exist. The run coordinator finds this name in the job's error
    message: no other error counts as an attempt of the file.
    """


def named(error):
    """
    Makes the error with which the job ends. An error of one of Spark's tasks comes as text within errors of the JVM,
    of which Glue keeps the first part only: an unreadable file is named at its beginning.
    """
    found = re.search(r"UnreadableFile: (.*)", str(error))
    return UnreadableFile(found.group(1).strip()) if found else error
