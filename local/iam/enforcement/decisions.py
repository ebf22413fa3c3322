"""Writes every distinct decision into a file, a line of JSON each. It stays small: it grows with roles, not with files."""

import json
import os
import threading
import time

AGAIN_SECONDS = 60
"""A denial that repeats is written again after this time, so that the last ones can be shown."""

_lock = threading.Lock()
_written = {}


def _subject(resource):
    """The part of a resource that distinguishes decisions: of an object in S3, its bucket and first folder."""
    parts = resource.split("/")
    if resource.startswith("arn:") and ":s3:::" in resource:
        return "/".join(parts[:2]) if len(parts) > 2 else f"{parts[0]}/" if len(parts) == 2 else resource
    return "/".join(parts[:3])


def record(principal, action, resource, denied_by=None):
    """
    Writes a decision unless it is known. `denied_by` names the kind of policy that denied it, or is None.
    `principal` is the ARN of a role's session or of a user, or the name of a service.
    """
    path = os.environ.get("MINISTACK_IAM_DECISIONS")
    if not path:
        return
    parts = principal.split("/")
    role = parts[1] if ":assumed-role/" in principal else parts[-1]
    key = (role, action, _subject(resource), denied_by is None)
    now = time.time()
    with _lock:
        last = _written.get(key)
        if last is not None and (denied_by is None or now - last < AGAIN_SECONDS):
            return
        _written[key] = now
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)),
            "principal": principal,
            "role": role,
            "action": action,
            "resource": resource,
            "allowed": denied_by is None,
        }
        if denied_by is not None:
            line["by"] = denied_by
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
