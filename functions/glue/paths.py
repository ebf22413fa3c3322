"""Paths of partitions, as contracts/partition-path.ts has them for the other engine."""

import re


def escape_path(text):
    """Escapes a partition's value in a path as Hive and Spark do."""
    return re.sub(r"""[\x00-\x1f"#%'*/:=?\\\x7f{\[\]^]""", lambda match: f"%{ord(match.group()):02X}", text)


def partition_path(layout, keys, values):
    if layout == "folder":
        return "".join(f"{escape_path(value)}/" for value in values)
    return "".join(f"{escape_path(key)}={escape_path(value)}/" for key, value in zip(keys, values))


def parse_partition_path(layout, keys, path):
    """Reads the values in a path below the table's prefix; None where the path is not a partition of the table."""
    folders = path.split("/")[:-1]
    if len(folders) != len(keys):
        return None
    values = []
    for key, folder in zip(keys, folders):
        prefix = "" if layout == "folder" else f"{escape_path(key)}="
        if not folder.startswith(prefix) or folder == prefix:
            return None
        values.append(unescape_path(folder[len(prefix) :]))
    return tuple(values)


def unescape_path(text):
    return re.sub("%([0-9A-Fa-f]{2})", lambda match: chr(int(match.group(1), 16)), text)
