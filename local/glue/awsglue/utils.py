"""Arguments of a job run."""

RESERVED = ("job-bookmark-option", "job-bookmark-from", "job-bookmark-to", "JOB_ID", "JOB_RUN_ID", "TempDir")


class GlueArgumentError(Exception):
    pass


def getResolvedOptions(args, options):
    """The values of the named options, given as `--NAME VALUE` or `--NAME=VALUE`; bookmark options besides."""
    for name in options:
        if name in RESERVED:
            raise RuntimeError(f"Using reserved arguments {name}")
    given = {}
    at = 1
    while at < len(args):
        name, equals, value = args[at].removeprefix("--").partition("=")
        if args[at].startswith("--"):
            if not equals:
                at += 1
                value = args[at] if at < len(args) else ""
            given[name] = value
        at += 1
    missing = [name for name in options if name not in given]
    if missing:
        raise GlueArgumentError(f"the following arguments are required: {', '.join('--' + name for name in missing)}")
    wanted = {name: given[name] for name in (*options, *RESERVED) if name in given}
    wanted.setdefault("job-bookmark-option", "job-bookmark-disable")
    # Glue's parser turns hyphens of its own options into underscores.
    return {name.replace("-", "_") if name in RESERVED else name: value for name, value in wanted.items()}
