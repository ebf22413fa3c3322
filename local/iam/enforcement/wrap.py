"""Replaces functions of MiniStack by functions that call them."""

import functools
import importlib

_missing = []


def wrap(module, name, around):
    """Replaces `module.name` by a function that calls `around(original, *args, **kwargs)`."""
    owner = importlib.import_module(f"ministack.{module}")
    original = getattr(owner, name, None)
    if not callable(original):
        _missing.append(f"ministack.{module}.{name}")
        return
    setattr(owner, name, functools.wraps(original)(functools.partial(around, original)))


def check():
    """Ends the process if a wrapped function does not exist."""
    if _missing:
        from importlib.metadata import version

        raise SystemExit(
            f"MiniStack {version('ministack')} has no {', '.join(_missing)}: the local cloud cannot behave as AWS. "
            "Install the version that local/requirements.txt pins: platform setup"
        )
