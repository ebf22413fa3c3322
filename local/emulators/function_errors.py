"""
Gives the errors of functions the names that they have on AWS.

MiniStack keeps the message of an error that a Node.js function throws and calls every one of them Runtime.HandlerError. The loader
of a function (local/provider/types/lambda/code.ts) puts the whole error, as AWS reports it, into the message behind a mark, and this
file takes it out again. State machines and callers then see the function's own errors.
"""

import json

from enforcement.wrap import wrap

# The same mark is in local/provider/types/lambda/code.ts.
MARK = "platform-function-error:"


def install():
    wrap("services.lambda_svc", "_execute_function_warm", _execute)


def _execute(original, *args, **kwargs):
    result = original(*args, **kwargs)
    body = result.get("body")
    message = body.get("errorMessage") if result.get("error") and isinstance(body, dict) else None
    if isinstance(message, str) and message.startswith(MARK):
        return {**result, "body": json.loads(message[len(MARK) :])}
    return result
