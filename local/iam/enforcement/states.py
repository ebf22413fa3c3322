"""The tasks of Step Functions, which act with the state machine's role."""

import contextvars
import json

from . import access
from .wrap import wrap

STATES = "states.amazonaws.com"

_machine = contextvars.ContextVar("machine", default=None)
"""(role, name of the execution, ARN of the machine) of the task that runs."""


def install():
    wrap("services.stepfunctions", "_execute_task", _execute)
    wrap("services.stepfunctions", "_invoke_resource", _invoke)
    wrap("services.stepfunctions", "_invoke_with_callback", _invoke)


def _execute(original, state, data, execution, context):
    from ministack.services import stepfunctions

    arn = (execution or {}).get("stateMachineArn", "")
    machine = stepfunctions._state_machines.get(arn) or {}
    role = machine.get("roleArn")
    token = _machine.set((role, execution.get("name", "execution"), arn) if role else None)
    try:
        return original(state, data, execution, context)
    finally:
        _machine.reset(token)


def _invoke(original, resource, data, *rest):
    from ministack.services.stepfunctions import _ExecutionError

    if (machine := _machine.get()) is not None:
        role, session, arn = machine
        for action, target, error in uses(resource, data):
            why = access.denied_to_role(role, STATES, session, action, target, conditions={"aws:sourcearn": arn})
            if why is not None:
                raise _ExecutionError(error, why)
    return original(resource, data, *rest)


# The errors are those of the SDK that Step Functions calls with: an exception that a service does not model has the
# service's general name. https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
_OPTIMIZED = {
    "lambda:invoke": ("lambda:InvokeFunction", "Lambda.AWSLambdaException"),
    "dynamodb:getItem": ("dynamodb:GetItem", "DynamoDB.AmazonDynamoDBException"),
    "dynamodb:putItem": ("dynamodb:PutItem", "DynamoDB.AmazonDynamoDBException"),
    "dynamodb:updateItem": ("dynamodb:UpdateItem", "DynamoDB.AmazonDynamoDBException"),
    "dynamodb:deleteItem": ("dynamodb:DeleteItem", "DynamoDB.AmazonDynamoDBException"),
    "sns:publish": ("sns:Publish", "SNS.AuthorizationErrorException"),
    "sqs:sendMessage": ("sqs:SendMessage", "SQS.AmazonSQSException"),
    "events:putEvents": ("events:PutEvents", "EventBridge.AmazonEventBridgeException"),
    "states:startExecution": ("states:StartExecution", "StepFunctions.AWSStepFunctionsException"),
}

_S3_ACTIONS = {
    "HeadObject": "GetObject",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "CopyObject": "PutObject",
    "HeadBucket": "ListBucket",
}


def uses(resource, data):
    """What a task does with the machine's role: (action, resource, name of the error if it is denied)."""
    data = data if isinstance(data, dict) else {}
    if ":function:" in resource and resource.split(":")[2] == "lambda":
        return [("lambda:InvokeFunction", resource, "Lambda.AWSLambdaException")]
    parts = resource.replace(".waitForTaskToken", "").replace(".sync:2", "").replace(".sync", "").split(":")
    if len(parts) >= 8 and parts[5] == "aws-sdk":
        return _sdk(parts[6].lower(), parts[7], data)
    found = _OPTIMIZED.get(":".join(parts[5:7]))
    if found is None:
        return []
    action, error = found
    return [(action, target, error) for target in _targets(action.split(":")[0], data)]


def _arn(service, resource):
    from ministack.core.responses import get_account_id, get_region

    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}"


def _targets(service, data):
    """The resources that the request of an optimized integration names."""
    if service == "lambda":
        name = str(data.get("FunctionName", ""))
        return [name if name.startswith("arn:") else _arn("lambda", f"function:{name}")]
    if service == "dynamodb":
        name = str(data.get("TableName", ""))
        return [name if name.startswith("arn:") else _arn("dynamodb", f"table/{name}")]
    if service == "sns":
        return [str(data.get("TopicArn") or data.get("TargetArn") or "*")]
    if service == "sqs":
        return [_arn("sqs", str(data.get("QueueUrl", "")).rsplit("/", 1)[-1])]
    if service == "events":
        buses = {str(entry.get("EventBusName", "default")) for entry in data.get("Entries", [])}
        return [bus if bus.startswith("arn:") else _arn("events", f"event-bus/{bus}") for bus in sorted(buses)]
    return [str(data.get("StateMachineArn") or data.get("stateMachineArn") or "*")]


def _sdk(service, operation, data):
    """The use of an integration with the SDK, which names every operation of a service."""
    from ministack.core.iam_actions import SERVICE_TO_IAM_NAMESPACE, extract_resource_arn
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import stepfunctions

    known = stepfunctions._AWS_SDK_SERVICE_MAP.get(service)
    if known is None:
        return []
    name = known.get("service_key", service)
    action = operation[0].upper() + operation[1:]
    prefix = stepfunctions._AWS_SDK_ERROR_PREFIX.get(service, service.capitalize())
    error = f"{prefix}.{_error(name, prefix)}"
    if name == "s3":
        bucket, key = data.get("Bucket", ""), data.get("Key", "")
        actions = [(f"s3:{_S3_ACTIONS.get(action, action)}", f"arn:aws:s3:::{bucket}" + (f"/{key}" if key else ""))]
        if data.get("CopySource"):
            actions.append(("s3:GetObject", "arn:aws:s3:::" + str(data["CopySource"]).lstrip("/").split("?")[0]))
        return [(verb, target, error) for verb, target in actions]
    if name == "lambda":
        verb = "lambda:InvokeFunction" if action == "Invoke" else f"lambda:{action}"
        return [(verb, target, error) for target in _targets("lambda", data)]
    namespace = SERVICE_TO_IAM_NAMESPACE.get(name, name)
    headers = {"x-amz-target": f"{known.get('target_prefix', '')}.{action}"}
    body = json.dumps(data).encode()
    target = extract_resource_arn(name, "POST", "/", headers, body, {}, get_region(), get_account_id())
    return [(f"{namespace}:{action}", target, error)]


def _error(service, prefix):
    """`AccessDeniedException` where the service models it, else the service's general name."""
    from ministack.services import stepfunctions

    model = stepfunctions._service_model(service)
    if model is not None and "AccessDeniedException" in model.shape_names:
        return "AccessDeniedException"
    return f"{prefix}Exception"
