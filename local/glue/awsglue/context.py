"""The session, and S3 objects as a DynamicFrame."""

import boto3
from botocore.exceptions import ClientError
from pyspark.sql import SparkSession

from awsglue.dynamicframe import DynamicFrame


class GlueContext:
    bookmark = None
    run_began = 0.0

    def __init__(self, spark_context):
        self.spark_session = SparkSession(spark_context)

    def create_dynamic_frame_from_options(self, *args, **kwargs):
        return self._from_options(*args, **kwargs)

    @property
    def create_dynamic_frame(self):
        return _Source(self)

    def _from_options(
        self, connection_type, connection_options, format=None, format_options=None, transformation_ctx="", **kwargs
    ):
        format_options = format_options or {}
        if connection_type != "s3" or format != "csv" or format_options.get("withHeader"):
            raise NotImplementedError("only headerless CSV from S3 is read here")
        unknown = [
            *(connection_options.keys() - {"paths"}),
            *(format_options.keys() - {"withHeader", "separator"}),
            *kwargs,
        ]
        if unknown:
            # An option that has no effect here would have one on Glue.
            raise NotImplementedError(f"options that the local counterpart of Glue does not know: {', '.join(unknown)}")
        client = boto3.client("s3")
        objects = [found for path in connection_options["paths"] for found in _objects(client, path)]
        if self.bookmark is not None and transformation_ctx:
            objects = self.bookmark.take(transformation_ctx, self.run_began, objects)
        return DynamicFrame(self, [address for address, _ in objects], format_options)


class _Source:
    def __init__(self, glue_context):
        self.from_options = glue_context._from_options


def _objects(client, path):
    """The object of this address, or those below it as a folder: address and time of modification."""
    bucket, _, key = path.split("://", 1)[1].partition("/")
    try:
        if key and not key.endswith("/"):
            return [(path, client.head_object(Bucket=bucket, Key=key)["LastModified"].timestamp())]
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
            raise
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{key.rstrip('/')}/")
    return [
        (f"s3://{bucket}/{item['Key']}", item["LastModified"].timestamp())
        for page in pages
        for item in page.get("Contents", [])
        if item["Size"] > 0
    ]
