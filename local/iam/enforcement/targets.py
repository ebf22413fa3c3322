"""What services deliver with the roles they are given, or as themselves: EventBridge, Scheduler, SNS, S3 and Firehose."""

import contextvars
import logging

from . import access, keys
from .wrap import wrap

logger = logging.getLogger("ministack")

_firehose = contextvars.ContextVar("firehose", default=None)
"""(role, name of the stream) of the delivery that runs."""


def install():
    wrap("services.eventbridge", "_invoke_target", _invoke_target)
    wrap("services.sqs", "queue_policy_allows", _deliver_to_queue)
    wrap("services.sns", "topic_policy_allows", _deliver_to_topic)
    wrap("services.firehose", "_deliver_to_s3", _firehose_delivery)
    wrap("services.firehose", "_put_s3_object", _firehose_put)


_WITH_ROLE = {
    "states": "states:StartExecution",
    "events": "events:PutEvents",
    "kinesis": "kinesis:PutRecord",
    "firehose": "firehose:PutRecord",
    "lambda": "lambda:InvokeFunction",
    "sqs": "sqs:SendMessage",
    "sns": "sns:Publish",
}


def _invoke_target(original, target, event, rule, view=None):
    arn = target.get("Arn", "")
    scheduled = event.get("Source") == "aws.scheduler"
    service = "scheduler.amazonaws.com" if scheduled else "events.amazonaws.com"
    why = _undeliverable(service, target, arn, rule.get("Arn", ""))
    if why is None:
        return original(target, event, rule, view)
    logger.warning("%s does not deliver to %s: %s", service, arn, why)
    return None


def _undeliverable(service, target, arn, source):
    """Why a service may not deliver to a target, or None."""
    kind = arn.split(":")[2] if arn.count(":") >= 5 else ""
    action = _WITH_ROLE.get(kind)
    if action is None:
        return None
    role = target.get("RoleArn")
    if role:
        # EventBridge Scheduler states the schedule's group.
        # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
        owner, _, names = source.partition(":schedule/")
        origin = f"{owner}:schedule-group/{names.split('/')[0]}" if names else source
        session = source.rsplit("/", 1)[-1]
        return access.denied_to_role(role, service, session, action, arn, None, {"aws:sourcearn": origin})
    if kind not in ("lambda", "sqs", "sns"):
        return "the target has no role"
    # EventBridge states no condition keys to a topic.
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    stated = {} if kind == "sns" else {"aws:SourceArn": source}
    if not access.allowed_to_service(service, action, arn, _policy(kind, arn), stated):
        return f"the policy of {arn} does not allow {action} to it"
    return _key_denied(service, action, arn, stated)


def _policy(kind, arn):
    import ministack.core.iam_evaluator as evaluator

    return (evaluator._resource_policy(kind, arn) or ("",))[0]


def _key_denied(service, action, resource, stated):
    """Why the key of a queue or topic may not be used by a service that delivers to it, or None."""
    from ministack.core.responses import get_region

    for use, key, context in keys.used_by(action, resource, get_region()):
        # SNS and SQS add the topic or the queue as the encryption context.
        if not access.allowed_to_service(service, use, key, _policy("kms", key), {**stated, **context}):
            return f"the policy of the key {key} does not allow {use} to it"
    return None


def _deliver_to_queue(original, queue_arn, service, source_arn, source_account):
    return _delivered(original, "sqs:SendMessage", queue_arn, service, source_arn, source_account)


def _deliver_to_topic(original, topic_arn, service, source_arn, source_account):
    return _delivered(original, "sns:Publish", topic_arn, service, source_arn, source_account)


def _delivered(original, action, arn, service, source_arn, source_account):
    from .decisions import record

    allowed = original(arn, service, source_arn, source_account)
    record(service, action, arn, None if allowed else "resource")
    stated = {"aws:SourceArn": source_arn, "aws:SourceAccount": source_account}
    why = _key_denied(service, action, arn, stated) if allowed else None
    if why is not None:
        logger.warning("%s does not deliver to %s: %s", service, arn, why)
    return allowed and why is None


def _firehose_delivery(original, stream, destination, *rest):
    role = (destination.get("config") or {}).get("RoleARN")
    token = _firehose.set((role, stream.get("name", "")) if role else None)
    try:
        return original(stream, destination, *rest)
    finally:
        _firehose.reset(token)


def _firehose_put(original, bucket, key, body):
    from ministack.core.responses import get_account_id

    if (delivery := _firehose.get()) is not None:
        role, session = delivery
        resource = f"arn:aws:s3:::{bucket}/{key}"
        # https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#firehose-assume-role
        stated = {"sts:externalid": get_account_id()}
        why = access.denied_to_role(role, "firehose.amazonaws.com", session, "s3:PutObject", resource, None, stated)
        if why is not None:
            raise PermissionError(why)
    return original(bucket, key, body)
