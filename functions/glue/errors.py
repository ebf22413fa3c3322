"""Errors that are reported to an operator."""


class EtlError(Exception):
    """A failure whose message an operator understands without reading this code."""
