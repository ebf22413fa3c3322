"""Rows of S3 objects."""

import csv
import gzip
import io

import boto3


class DynamicFrame:
    def __init__(self, glue_context, addresses, format_options):
        self.glue_ctx = glue_context
        self._addresses = addresses
        self._attach = format_options.get("attachFilename")
        self._separator = format_options.get("separator", ",")

    def toDF(self):
        session = self.glue_ctx.spark_session
        if not self._addresses:
            return session.createDataFrame([], "")
        context, separator = session.sparkContext, self._separator
        slices = min(len(self._addresses), context.defaultParallelism)
        rows = context.parallelize(self._addresses, slices).flatMap(lambda address: _rows(address, separator))
        width = rows.map(lambda row: len(row[1])).fold(0, max)
        names = [f"`col{at}` string" for at in range(width)]
        if not self._attach:
            return session.createDataFrame(rows.map(lambda row: _padded(row[1], width)), ", ".join(names))
        names.append(f"`{self._attach}` string")
        return session.createDataFrame(rows.map(lambda row: (*_padded(row[1], width), row[0])), ", ".join(names))


def _padded(fields, width):
    return (*fields, *[None] * (width - len(fields)))


def _rows(address, separator):
    bucket, _, key = address.split("://", 1)[1].partition("/")
    body = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    lines = io.StringIO(body.decode("utf-8", "replace").replace("\0", ""), newline="")
    for fields in csv.reader(lines, delimiter=separator):
        if fields:
            yield address, fields
