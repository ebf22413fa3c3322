"""The pollers of Lambda, which read streams and queues with the function's role."""

import time

from . import access
from .wrap import wrap

ACTIONS = {
    "sqs": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "kinesis": ("kinesis:DescribeStream", "kinesis:GetShardIterator", "kinesis:GetRecords"),
    "dynamodb": ("dynamodb:DescribeStream", "dynamodb:GetShardIterator", "dynamodb:GetRecords"),
}
"""https://docs.aws.amazon.com/lambda/latest/dg/lambda-eventsourcemapping.html"""

_KNOWN_SECONDS = 2
_known = {}
"""The latest decision for each mapping: a poller asks many times a second."""


def install():
    wrap("services.lambda_svc", "_iter_all_esms", _mappings)


def _mappings(original):
    for account, region, mapping in original():
        if _allowed(account, region, mapping):
            yield account, region, mapping


def _allowed(account, region, mapping):
    name, now = mapping.get("UUID"), time.time()
    decided, allowed = _known.get(name, (0, True))
    if now - decided > _KNOWN_SECONDS:
        allowed = _decide(account, region, mapping)
        _known[name] = (now, allowed)
    return allowed


def _decide(account, region, mapping):
    from ministack.core import responses
    from ministack.services import lambda_svc

    source = mapping.get("EventSourceArn", "")
    actions = ACTIONS.get(source.split(":")[2] if source.count(":") >= 5 else "", ())
    tokens = (responses._request_account_id.set(account), responses._request_region.set(region))
    try:
        function, _ = lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
        role = ((function or {}).get("config") or {}).get("Role")
        if role is None:
            return True
        for action in actions:
            why = access.denied_to_role(role, "lambda.amazonaws.com", mapping["FunctionName"], action, source)
            if why is not None:
                mapping["LastProcessingResult"] = f"PROBLEM: {why}"
                return False
        return True
    finally:
        responses._request_account_id.reset(tokens[0])
        responses._request_region.reset(tokens[1])
