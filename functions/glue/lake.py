"""The lake as a run sees it: where things are, and the requests that read and change them."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor

from botocore.exceptions import ClientError

from .errors import EtlError
from .objects import s3_client
from .parquet import parquet_rows
from .paths import parse_partition_path, partition_path

# Copies of this size or more go in parts.
SINGLE_COPY_BYTES = 5 * 1024**3
# S3 deletes no more objects in one request.
DELETED_AT_ONCE = 1000


class Lake:
    """The buckets of one batch, the requests on their objects, and what the run has changed in them so far."""

    def __init__(self, batch, compiled):
        self.batch = batch
        self.plan = compiled["plan"]
        self.tables = {table["name"]: table for table in compiled["tables"]}
        self.table = compiled["tables"][0]
        self.dataset = batch["dataset"]
        self.buckets = batch["buckets"]
        self.keys = [key["name"] for key in self.plan["partitioning"]["keys"]]
        self.layout = self.plan["partitioning"]["layout"]
        self.s3 = s3_client()
        self.pool = ThreadPoolExecutor(16)
        self.staging = f"runs/{self.dataset}/{batch['runId']}/staging/"
        # An earlier attempt that died may have left objects behind; only those of this attempt are published.
        self.own = f"{self.staging}{uuid.uuid4().hex}/"
        self.outputs = []
        self.partitions = {}
        self.removed = []

    def each(self, function, items):
        """Calls the function for all items at once. It must not call `each` itself: the pool would wait for itself."""
        return list(self.pool.map(function, items))

    def read_json(self, bucket, key):
        try:
            return json.loads(self.s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise

    def write_json(self, bucket, key, document):
        body = json.dumps(document, indent=1, ensure_ascii=False).encode()
        self.s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")

    def list(self, bucket, prefix):
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return [(item["Key"], item["Size"]) for page in pages for item in page.get("Contents", [])]

    def copy(self, key, size, bucket, to):
        source = {"Bucket": self.buckets["processed"], "Key": key}
        if size < SINGLE_COPY_BYTES:
            self.s3.copy_object(CopySource=source, Bucket=bucket, Key=to)
        else:
            self.s3.copy(source, bucket, to)

    def delete(self, bucket, keys):
        for at in range(0, len(keys), DELETED_AT_ONCE):
            objects = [{"Key": key} for key in keys[at : at + DELETED_AT_ONCE]]
            answer = self.s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
            for error in answer.get("Errors", []):
                # The code tells a busy S3 and a missing permission from a fault.
                reason = f"{error['Code']}: {error['Message']}"
                raise EtlError(f"s3://{bucket}/{error['Key']} could not be removed: {reason}")

    def staged(self, folder):
        """Lists what Spark has written below a folder of the staging: path below it, key, size, rows of each object."""
        bucket, prefix = self.buckets["processed"], self.own + folder
        found = [(key, size) for key, size in self.list(bucket, prefix) if key.endswith(".parquet")]
        if not found:
            return []
        rows = self.each(lambda one: parquet_rows(self.s3, bucket, *one), found)
        return sorted((key[len(prefix) :], key, size, count) for (key, size), count in zip(found, rows))

    # -- places

    def folder_of(self, keys, values):
        """The path of a partition below its table's prefix."""
        return partition_path(self.layout, keys, values)

    def values_of(self, key):
        """The values of the partition that an object of the processed table is in; None where it is in none."""
        return parse_partition_path(self.layout, self.keys, key[len(self.table["prefix"]) :])

    def source_key(self, source):
        return f"sources/{self.dataset}/{source}.json"

    def marker_key(self, source):
        return f"markers/{self.dataset}/{source}.csv"

    def rejects_key(self, source):
        return f"rejected-rows/dataset={self.dataset}/{source}.parquet"

    # -- what the run has changed

    def touch(self, table, bucket, keys, values, emptied):
        """Notes that a partition got or lost objects."""
        path = self.folder_of(keys, values)
        self.partitions[table["name"], values] = {
            "table": table["name"],
            "values": list(values),
            "location": f"s3://{bucket}/{table['prefix']}{path}",
            **({"emptied": True} if emptied else {}),
        }
