"""Objects of S3, as the driver and Spark's tasks read them."""

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from .errors import UnreadableFile

RANGE_BYTES = 8 * 1024 * 1024


def s3_client():
    return boto3.client("s3", config=Config(retries={"mode": "standard", "max_attempts": 6}, max_pool_connections=32))


def object_bytes(file):
    """
    Reads the bytes of exactly this version, in ranges: a broken connection costs one range, not the file. A
    version that no longer exists is an unreadable file: no repetition brings it back.
    """
    client = s3_client()
    address = {"Bucket": file["bucket"], "Key": file["key"]}
    if file.get("versionId"):
        address["VersionId"] = file["versionId"]
    else:
        address["IfMatch"] = file["etag"]
    start, size = 0, file["size"]
    while start < size:
        try:
            answer = client.get_object(Range=f"bytes={start}-{start + RANGE_BYTES - 1}", **address)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("NoSuchKey", "NoSuchVersion"):
                raise
            raise UnreadableFile(f"s3://{file['bucket']}/{file['key']} does not exist any more") from error
        if "ContentRange" not in answer:
            # Not every S3 heeds ranges.
            yield from answer["Body"].iter_chunks(RANGE_BYTES)
            return
        size = int(answer["ContentRange"].rpartition("/")[2])
        chunk = answer["Body"].read()
        start += len(chunk)
        yield chunk
