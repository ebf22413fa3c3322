"""
Rows of S3 objects, read as strictly as AWS Glue's own CSV reader.

What Glue cannot read is refused here too, with Glue's error, so that no script passes here that fails there:

- Text is UTF-8 (https://github.com/awslabs/aws-glue-libs/issues/105). Other bytes end the job with
  `FatalException: Unable to parse file: NAME`.
- The compression follows from the file's extension alone, or from the option `compressionType`, which no script of ours
  uses (https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-connect-s3-home.html). So gzip data without
  `.gz` is text that is not UTF-8, and a file `.gz` that is not gzip fails in Hadoop's decompressor.
"""

import bz2
import csv
import gzip
import io
import zlib

import boto3

# Hadoop picks a decompressor by the extension. For CSV, Glue's documentation names gzip and bzip2.
DECOMPRESSORS = {".gz": gzip.decompress, ".bz2": bz2.decompress}
UNDOCUMENTED = (".deflate", ".lz4", ".snappy", ".zst")


class FatalException(Exception):
    """Has the name of Glue's own `com.amazonaws.services.glue.util.FatalException`."""


class DynamicFrame:
    def __init__(self, glue_context, addresses, format_options):
        self.glue_ctx = glue_context
        self._addresses = addresses
        self._separator = format_options.get("separator", ",")

    def toDF(self):
        session = self.glue_ctx.spark_session
        if not self._addresses:
            return session.createDataFrame([], "")
        context, separator = session.sparkContext, self._separator
        slices = min(len(self._addresses), context.defaultParallelism)
        rows = context.parallelize(self._addresses, slices).flatMap(lambda address: _rows(address, separator)).cache()
        width = rows.map(len).fold(0, max)
        names = ", ".join(f"`col{at}` string" for at in range(width))
        return session.createDataFrame(rows.map(lambda row: (*row, *[None] * (width - len(row)))), names)


def _rows(address, separator):
    bucket, _, key = address.split("://", 1)[1].partition("/")
    body = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    yield from parse(key.rpartition("/")[2], body, separator)


def parse(name, body, separator=","):
    """Yields the rows of a file's bytes, or fails as Glue fails."""
    try:
        text = _decompressed(name, body).decode("utf-8")
    except UnicodeDecodeError as error:
        raise FatalException(f"Unable to parse file: {name}") from error
    if "\0" in text:
        raise NotImplementedError(f"{name} has NUL characters: how Glue reads them is not documented")
    for fields in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        if fields:
            yield fields


def _decompressed(name, body):
    extension = f".{name.rpartition('.')[2]}"
    if extension in UNDOCUMENTED:
        raise NotImplementedError(f"{name} ends in {extension}: Glue's documentation names gzip and bzip2 only")
    try:
        return DECOMPRESSORS.get(extension, bytes)(body)
    except (OSError, EOFError, zlib.error) as error:
        # The messages of Hadoop's ZlibDecompressor and DecompressorStream.
        cut = body[:2] == b"\x1f\x8b"
        raise OSError("Unexpected end of input stream" if cut else "incorrect header check") from error
