"""
The use of a key that a request implies for its caller: AWS decides it with the caller's rights, `kms:ViaService` named.

S3         https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
SQS        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
SNS        https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
DynamoDB   https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html
Secrets    https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
Kinesis    https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html
"""

DECRYPT = ("kms:Decrypt",)
ENCRYPT = ("kms:GenerateDataKey",)
BOTH = ("kms:GenerateDataKey", "kms:Decrypt")

DENIED_CODES = {"sqs": "KMS.AccessDeniedException", "sns": "KMSAccessDenied", "kinesis": "KMSAccessDeniedException"}
"""The error codes of services that have their own for a denied key."""

_DYNAMODB = dict.fromkeys(
    [
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:Scan",
        "dynamodb:UpdateItem",
        "dynamodb:GetRecords",
    ],
    DECRYPT,
)

USES = {
    "s3:GetObject": DECRYPT,
    "s3:GetObjectVersion": DECRYPT,
    "s3:PutObject": ENCRYPT,
    "sqs:SendMessage": BOTH,
    "sqs:ReceiveMessage": DECRYPT,
    "sns:Publish": BOTH,
    "secretsmanager:GetSecretValue": DECRYPT,
    "secretsmanager:CreateSecret": BOTH,
    "secretsmanager:PutSecretValue": BOTH,
    "kinesis:PutRecord": ENCRYPT,
    "kinesis:PutRecords": ENCRYPT,
    "kinesis:GetRecords": DECRYPT,
    **_DYNAMODB,
}


def used_by(action, resource, region, request=None):
    """The uses of keys that an action on a resource implies: (action, ARN of the key, condition keys)."""
    actions = USES.get(action)
    if actions is None or not resource.startswith("arn:"):
        return []
    service = resource.split(":")[2]
    if service == "s3" and request is not None:
        if request.method == "HEAD":
            return []
        # The parts of an upload are decrypted when it is completed.
        if action == "s3:PutObject" and {"uploads", "uploadId"} & set(request.query_params or {}):
            actions = BOTH
    key, context = _OF[service](resource, request if action == "s3:PutObject" else None)
    arn = customer_key(key)
    if arn is None:
        return []
    return [(use, arn, via(service, region, context)) for use in actions]


def via(service, region, context):
    """The condition keys of a use of a key on behalf of a caller."""
    keys = {"kms:ViaService": f"{service}.{region}.amazonaws.com", "kms:CallerAccount": _account()}
    keys.update({f"kms:EncryptionContext:{name}": value for name, value in context.items()})
    keys["kms:EncryptionContextKeys"] = list(context)
    return keys


def customer_key(name):
    """The ARN of a customer's key from its id, ARN or alias. AWS's own keys allow their service's callers: None."""
    from ministack.services import kms

    record = kms._resolve_key(name) if name else None
    return record["Arn"] if record and record.get("KeyManager", "CUSTOMER") == "CUSTOMER" else None


def _account():
    from ministack.core.responses import get_account_id

    return get_account_id()


_S3_KEY = "x-amz-server-side-encryption-aws-kms-key-id"


def _of_object(resource, request):
    """The key of a stored object, or the key that a written object gets."""
    from ministack.services import s3

    bucket, _, name = resource.split(":::", 1)[-1].partition("/")
    context = {"aws:s3:arn": resource}
    if request is not None and request.headers.get("x-amz-server-side-encryption"):
        return request.headers.get(_S3_KEY), context
    stored = None if request is not None else ((s3._buckets.get(bucket) or {}).get("objects") or {}).get(name)
    headers = s3._bucket_default_sse_headers(bucket) if stored is None else s3._stored_sse_headers(stored)
    if "<BucketKeyEnabled>true" in (s3._bucket_encryption.get(bucket) or ""):
        context = {"aws:s3:arn": f"arn:aws:s3:::{bucket}"}
    return headers.get(_S3_KEY), context


def _of_queue(resource, _request):
    from ministack.services import sqs

    queue = sqs._queue_by_arn(resource) or {}
    return (queue.get("attributes") or {}).get("KmsMasterKeyId"), {"aws:sqs:arn": resource}


def _of_topic(resource, _request):
    from ministack.services import sns

    topic = sns._topic_by_arn_any_scope(resource) or {}
    return (topic.get("attributes") or {}).get("KmsMasterKeyId"), {"aws:sns:topicArn": resource}


def _of_table(resource, _request):
    from ministack.services import dynamodb

    name = resource.split("/")[1]
    table = dynamodb._tables.get(name) or {}
    key = (table.get("SSEDescription") or {}).get("KMSMasterKeyArn")
    return key, {"aws:dynamodb:tableName": name, "aws:dynamodb:subscriberId": _account()}


def _of_secret(resource, _request):
    from ministack.services import secretsmanager

    found = [secret for secret in secretsmanager._secrets.values() if secret.get("ARN") == resource]
    return (found[0].get("KmsKeyId") if found else None), {"SecretARN": resource}


def _of_stream(resource, _request):
    from ministack.services import kinesis

    stream = kinesis._streams.get(resource.split("/")[-1]) or {}
    return stream.get("KeyId"), {"aws:kinesis:arn": resource}


_OF = {
    "s3": _of_object,
    "sqs": _of_queue,
    "sns": _of_topic,
    "dynamodb": _of_table,
    "secretsmanager": _of_secret,
    "kinesis": _of_stream,
}
