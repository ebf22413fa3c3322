"""
The Spark engine: one batch of CSV files becomes Parquet in the processed zone, aggregates in the curated zone and rejected
rows in quarantine, by the plan of the dataset's compiled contract.

The rows come from the plan's SQL, which DuckDB runs too. What is here is what SQL cannot say: reading a file exactly as its
dialect says, and publishing so that a run repeated after a death half way leaves what one whole run would have left.

Arguments: --JOB_NAME, --batch_bucket and --batch_key (the work order's JSON).

How a record is read, here and by the other engine (functions/light-etl/records.ts):
- Line ends are LF, CRLF and CR. Blank lines count for nothing, at the beginning and at the end too.
- A field that begins with a quote runs to its closing quote; two quotes stand for one. What follows the closing quote and is
  no delimiter makes the record `malformed quotes`, up to the end of that line. A quote never closed spoils its own line only.
- A quote further on in an unquoted field stands for itself, also after blanks.
"""

import codecs
import hashlib
import json
import re
import sys
import uuid
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from urllib.parse import quote, unquote

import boto3
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from botocore.config import Config
from botocore.exceptions import ClientError
from pyspark import StorageLevel
from pyspark.context import SparkContext
from pyspark.sql import Column
from pyspark.sql import functions as F

# ---- reading: runs in Spark's tasks --------------------------------------------------------------------------------

# Between fields, between records, and before a letter that stands for one of the three where a text holds it.
FIELD, RECORD, ESCAPE = "\x1f", "\x1e", "\x1d"
ESCAPES = {ESCAPE: ESCAPE + "0", RECORD: ESCAPE + "1", FIELD: ESCAPE + "2"}
CONTROL = re.compile("[\x1d\x1e\x1f]")
CODECS = {"utf-8": "utf-8", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "latin-1": "latin-1"}
# What the decoder leaves in place of bytes that mean nothing in the encoding.
REPLACEMENT = "\ufffd"
RANGE_BYTES = 8 * 1024 * 1024
BLOCK_BYTES = 1024 * 1024
# A quote that is not closed within this many bytes is taken for one that never is.
MAX_RECORD = 16 * 1024 * 1024
# How many bytes are kept of a record that cannot be read.
KEPT_BYTES = 40_000


def s3_client():
    return boto3.client("s3", config=Config(retries={"mode": "standard", "max_attempts": 6}, max_pool_connections=32))


def object_bytes(file):
    """The bytes of exactly this version, in ranges: a broken connection costs one range, not the file."""
    client = s3_client()
    address = {"Bucket": file["bucket"], "Key": file["key"]}
    if file.get("versionId"):
        address["VersionId"] = file["versionId"]
    else:
        address["IfMatch"] = file["etag"]
    start, size = 0, file["size"]
    while start < size:
        answer = client.get_object(Range=f"bytes={start}-{start + RANGE_BYTES - 1}", **address)
        if "ContentRange" not in answer:
            # Whoever answers need not heed ranges.
            yield from answer["Body"].iter_chunks(RANGE_BYTES)
            return
        size = int(answer["ContentRange"].rpartition("/")[2])
        chunk = answer["Body"].read()
        start += len(chunk)
        yield chunk


def inflated(chunks):
    """Decompresses gzip, also of several members one after the other, as concatenated files have."""
    inflater = None
    for chunk in chunks:
        while chunk:
            if inflater is None:
                inflater = zlib.decompressobj(wbits=31)
            out = inflater.decompress(chunk, BLOCK_BYTES)
            if out:
                yield out
            if not inflater.eof:
                chunk = inflater.unconsumed_tail
                continue
            chunk, inflater = inflater.unused_data, None
            if chunk and chunk[0] != 0x1F:
                # Padding, not another member.
                return
    if inflater is not None:
        raise EtlError("the gzip data ends too early")


def texts(file):
    """The file's characters in blocks, without the byte order mark; the last block is marked."""
    dialect = file["dialect"]
    chunks = object_bytes(file)
    if dialect["compression"] == "gzip":
        chunks = inflated(chunks)
    decoder = codecs.getincrementaldecoder(CODECS[dialect["encoding"]])(errors="replace")
    mark = "\ufeff" if dialect["bom"] else ""
    for chunk in chunks:
        for at in range(0, len(chunk), BLOCK_BYTES):
            text = decoder.decode(chunk[at : at + BLOCK_BYTES])
            if text and mark:
                text, mark = text.removeprefix(mark), ""
            yield text, False
    yield decoder.decode(b"", final=True), True


class Tokenizer:
    """Turns blocks of text into records as Spark is to get them: error, line and the plan's columns, joined by FIELD."""

    def __init__(self, dialect, columns, positions):
        self.delimiter = dialect["delimiter"]
        self.quote = dialect["quote"]
        self.encoding = dialect["encoding"]
        self.width = columns
        self.positions = positions
        self.as_they_come = positions == list(range(columns))
        self.header = True
        self.rest = ""
        # The beginning of a line that is too long, while its end is looked for.
        self.endless = None
        d, q = re.escape(self.delimiter), re.escape(self.quote)
        quoted = f"{q}[^{q}]*(?:{q}{q}[^{q}]*)*{q}"
        field = f"(?:{quoted}|[^{q}{d}\r\n][^{d}\r\n]*|)"
        self.record = re.compile(f"{field}(?:{d}{field})*(?=[\r\n]|\\Z)")
        self.fields = re.compile(f"({quoted}|[^{d}]*)(?:{d}|\\Z)")
        self.plain = re.compile(f"[^{d}\r\n]*")
        self.line = re.compile("[^\r\n]*")

    def feed(self, text, final):
        """The records that end in what has been fed so far."""
        text, self.rest = self.rest + text, ""
        records = []
        if self.endless is not None:
            end = self.line.match(text).end()
            if end == len(text) and not final:
                return records
            records.append(self.shapeless(f"longer than {MAX_RECORD // 1024 // 1024} MiB", self.endless))
            text, self.endless = text[end:], None
        records += self.lines(text, final) if self.quote not in text else self.quoted_records(text, final)
        if longer_than(self.rest, MAX_RECORD):
            # What has waited so long for the end of its line, rather than for a closing quote.
            self.endless, self.rest = shortened(self.rest), ""
        return records

    def lines(self, text, final):
        if "\r" in text:
            # A CR at the end may be half of a CRLF.
            held = "\r" if text.endswith("\r") and not final else ""
            text = text[: len(text) - len(held)].replace("\r\n", "\n").replace("\r", "\n")
        else:
            held = ""
        lines = text.split("\n")
        self.rest = "" if final else lines.pop() + held
        if self.header:
            while lines and self.header:
                self.header = lines.pop(0) == ""
        wanted, delimiter = self.width - 1, self.delimiter
        fine = [line for line in lines if line.count(delimiter) == wanted and line]
        if self.as_they_come and REPLACEMENT not in text and CONTROL.search(text) is None:
            records = [FIELD + FIELD + line.replace(delimiter, FIELD) for line in fine]
        else:
            records = [self.encoded(line.split(delimiter)) for line in fine]
        if len(fine) != len(lines):
            odd = (line for line in lines if line and line.count(delimiter) != wanted)
            records += [self.misshapen(line.count(delimiter) + 1, line) for line in odd]
        return records

    def quoted_records(self, text, final):
        at, end = 0, len(text)
        while at < end:
            if text[at] in "\r\n":
                at += 1
                continue
            match = self.record.match(text, at)
            stop = match.end() if match else self.offence(text, at)
            malformed = match is None
            if stop is None:
                if not final and not longer_than(text[at:], MAX_RECORD):
                    break
                # The quote is never closed: the line it is in is spoilt, the next ones need not be.
                stop = self.line.match(text, at).end()
            elif stop == end and not final:
                break
            record = text[at:stop]
            at = stop
            if self.header:
                self.header = False
            elif malformed:
                yield self.shapeless("malformed quotes", record)
            else:
                fields = self.split(record)
                fine = len(fields) == self.width
                yield self.encoded(fields) if fine else self.misshapen(len(fields), record)
        self.rest = text[at:]

    def offence(self, text, at):
        """The end of the line in which something follows a closing quote; None where a quote is not closed."""
        while True:
            if text.startswith(self.quote, at):
                close = text.find(self.quote, at + 1)
                while close != -1 and text.startswith(self.quote, close + 1):
                    close = text.find(self.quote, close + 2)
                if close == -1:
                    return None
                at = close + 1
                if not text.startswith(self.delimiter, at):
                    return self.line.match(text, at).end()
            else:
                at = self.plain.match(text, at).end()
                if not text.startswith(self.delimiter, at):
                    return at
            at += 1

    def split(self, record):
        if self.quote not in record:
            return record.split(self.delimiter)
        fields = self.fields.findall(record)
        # An expression that may match nothing finds an empty field after a last one that is not.
        if not record.endswith(self.delimiter):
            fields.pop()
        q = self.quote
        return [field[1:-1].replace(q + q, q) if field.startswith(q) else field for field in fields]

    def encoded(self, fields):
        error = ""
        if any(REPLACEMENT in field for field in fields):
            error = f"invalid {self.encoding} bytes"
        chosen = [fields[at] if at is not None else "" for at in self.positions]
        return FIELD.join([error, "", *map(escaped, chosen)])

    def misshapen(self, found, line):
        return self.shapeless(f"expected {self.width} fields, found {found}", line)

    def shapeless(self, error, line):
        return FIELD.join([error, escaped(shortened(line))])


def longer_than(text, limit):
    """In bytes of UTF-8, which are counted only where it matters."""
    return len(text) > limit // 4 and len(text.encode()) > limit


def shortened(line):
    """As much of a record that cannot be read as is worth keeping."""
    if len(line) <= KEPT_BYTES // 4:
        return line
    return line.encode()[:KEPT_BYTES].decode(errors="replace")


def escaped(text):
    return CONTROL.sub(lambda match: ESCAPES[match.group()], text)


def read_files(files):
    """
    Blocks of records of a task's files: source id, whether there are escapes, the records. Few large blocks, because every
    one costs on its way from Python to the JVM.
    """
    for file, positions in files:
        tokenizer = Tokenizer(file["dialect"], len(file["columns"]), positions)
        for text, final in texts(file):
            records = tokenizer.feed(text, final)
            if records:
                block = RECORD.join(records)
                yield file["sourceId"], ESCAPE in block, block


def bind_columns(plan, columns):
    """For each of the plan's columns its position in the file; None where an optional one is missing."""
    fold = str.lower if plan["headerCase"] == "insensitive" else str
    places = {}
    for at, column in enumerate(columns):
        places.setdefault(fold(column), at)
    return [places.get(fold(column["source"])) for column in plan["columns"]]


# ---- the plan on Spark ---------------------------------------------------------------------------------------------

SESSION = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",
    "spark.sql.variable.substitute": "false",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "spark.sql.parquet.compression.codec": "zstd",
    # Days and times before 1582 as they are written in the file, not as an old calendar counts them.
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInWrite": "CORRECTED",
    "spark.sql.files.maxRecordsPerFile": "10000000",
}
TASK_BYTES = 32 * 1024 * 1024
# As much of a Parquet object's end as mostly holds its footer.
FOOTER_BYTES = 64 * 1024
# Copies of this size or more go in parts.
SINGLE_COPY_BYTES = 5 * 1024**3


class EtlError(Exception):
    """Something a person can understand without reading this script."""


def tasks_of(files, parallelism):
    """The files dealt out to tasks, the largest first, each to the task with the least to do."""
    total = sum(file["size"] for file, _ in files)
    tasks = [[] for _ in range(min(len(files), max(parallelism, -(-total // TASK_BYTES))))]
    loads = [0] * len(tasks)
    for file, positions in sorted(files, key=lambda one: -one[0]["size"]):
        least = loads.index(min(loads))
        tasks[least].append((file, positions))
        # A file costs something even when it is empty.
        loads[least] += file["size"] + 64 * 1024
    return tasks


def raw_view(spark, plan, files):
    """Registers the view `raw`: the plan's columns as text, and `__source`, `__error`, `__line`."""
    context = spark.sparkContext
    bound = [(file, bind_columns(plan, file["columns"])) for file in files]
    tasks = tasks_of(bound, context.defaultParallelism)
    blocks = context.parallelize(tasks, len(tasks)).flatMap(read_files)
    frame = spark.createDataFrame(blocks, "__source string, escapes boolean, block string", verifySchema=False)
    frame = frame.select("__source", "escapes", F.explode(F.split("block", RECORD)).alias("record"))
    frame = frame.select("__source", "escapes", F.split("record", FIELD).alias("parts"))

    def part(at):
        text = plain = f"get(parts, {at})"
        for char, stands in reversed(ESCAPES.items()):
            plain = f"replace({plain}, '{stands}', '{char}')"
        return F.expr(f"CASE WHEN escapes THEN {plain} ELSE {text} END")

    frame.select(
        "__source",
        F.when(part(0) != "", part(0)).alias("__error"),
        F.when(F.size("parts") == 2, part(1)).alias("__line"),
        *[part(2 + at).alias(column["name"]) for at, column in enumerate(plan["columns"])],
    ).createOrReplaceTempView("raw")


def spark_type(glue_type):
    return "timestamp_ntz" if glue_type == "timestamp" else glue_type


def escape_path(text):
    """As Hive and Spark escape the values of partitions in paths."""
    return re.sub(
        r"""[\x00-\x1f"#%'*/:=?\\\x7f{\[\]^]""", lambda match: f"%{ord(match.group()):02X}", text
    )


def partition_path(layout, keys, values):
    if layout == "folder":
        return "".join(f"{escape_path(value)}/" for value in values)
    return "".join(f"{escape_path(key)}={escape_path(value)}/" for key, value in zip(keys, values))


def parse_partition_path(layout, keys, path):
    """The values in a path below the table's prefix; None where it is not one of the table's."""
    folders = path.split("/")[:-1]
    if len(folders) != len(keys):
        return None
    values = []
    for key, folder in zip(keys, folders):
        prefix = "" if layout == "folder" else f"{escape_path(key)}="
        if not folder.startswith(prefix) or folder == prefix:
            return None
        values.append(unescape_path(folder[len(prefix) :]))
    return tuple(values)


def unescape_path(text):
    return re.sub("%([0-9A-Fa-f]{2})", lambda match: chr(int(match.group(1), 16)), text)


# Names a partition in the staging: a path may not hold every value, nor values of every length.
PLACE = "__place"


def place(values):
    text = "".join(f"{len(value)}:{value}" for value in values)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def place_of(texts):
    """The same of columns."""
    told = [part for text in texts for part in (F.length(text), F.lit(":"), text)]
    return F.md5(F.concat_ws("", *told)).alias(PLACE)


def newer(one, other):
    """S3's sequencers are hexadecimal numbers; the shorter one has its zeros left out on the right."""
    width = max(len(one), len(other))
    return one.ljust(width, "0").lower() > other.ljust(width, "0").lower()


def footer_rows(footer):
    """The number of rows in a Parquet footer: field 3 of a Thrift structure in the compact protocol."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = footer[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def skip(kind, within_list=False):
        nonlocal at
        if kind in (1, 2):
            at += within_list
        elif kind == 3:
            at += 1
        elif kind in (4, 5, 6):
            varint()
        elif kind == 7:
            at += 8
        elif kind == 8:
            length = varint()
            at += length
        elif kind in (9, 10):
            header = footer[at]
            at += 1
            for _ in range(varint() if header >> 4 == 15 else header >> 4):
                skip(header & 15, True)
        elif kind == 12:
            while footer[at] != 0:
                field()
            at += 1
        else:
            raise EtlError(f"a Parquet footer holds a value of the unknown kind {kind}")

    def field():
        nonlocal at
        header = footer[at]
        at += 1
        if header >> 4 == 0:
            varint()
        skip(header & 15)

    # In order: the version, the schema, the rows; integers are zigzag-encoded behind one byte of header.
    field()
    field()
    at += 1
    return varint() >> 1


class Run:
    """One batch on its way into the lake."""

    def __init__(self, spark, batch, compiled):
        self.spark = spark
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
        # A try that died may have left something behind; what is not of this one is not published.
        self.own = f"{self.staging}{uuid.uuid4().hex}/"
        self.outputs = []
        self.partitions = {}
        self.removed = []

    # -- objects

    def each(self, function, items):
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
        def remove(some):
            answer = self.s3.delete_objects(
                Bucket=bucket, Delete={"Objects": [{"Key": key} for key in some], "Quiet": True}
            )
            for error in answer.get("Errors", []):
                raise EtlError(f"s3://{bucket}/{error['Key']} could not be removed: {error['Message']}")

        keys = list(keys)
        self.each(remove, [keys[at : at + 1000] for at in range(0, len(keys), 1000)])

    def staged(self, folder):
        """Parquet objects that Spark has written below a folder of the staging: path below it, key, size, rows."""
        bucket, prefix = self.buckets["processed"], self.own + folder
        found = [(key, size) for key, size in self.list(bucket, prefix) if key.endswith(".parquet")]
        if not found:
            return []
        rows = self.each(lambda one: self.parquet_rows(bucket, *one), found)
        return sorted((key[len(prefix) :], key, size, count) for (key, size), count in zip(found, rows))

    def parquet_rows(self, bucket, key, size):
        """What the object's own footer says."""
        wanted = min(size, FOOTER_BYTES)
        while True:
            asked = f"bytes={size - wanted}-{size - 1}"
            tail = self.s3.get_object(Bucket=bucket, Key=key, Range=asked)["Body"].read()
            length = int.from_bytes(tail[-8:-4], "little")
            if length + 8 <= len(tail):
                return footer_rows(tail[-8 - length : -8])
            wanted = length + 8

    # -- the steps

    def source_key(self, source):
        return f"sources/{self.dataset}/{source}.json"

    def execute(self, seen):
        started = now()
        latest, outcomes = {}, {}
        for file in self.batch["files"]:
            other = latest.get(file["sourceId"])
            if other is None or newer(file["sequencer"], other["sequencer"]):
                latest[file["sourceId"]] = file
        found = self.each(lambda source: self.read_json(self.buckets["artifacts"], self.source_key(source)), latest)
        states = dict(zip(latest, found))
        files = []
        for file in self.batch["files"]:
            state = states[file["sourceId"]]
            if file is not latest[file["sourceId"]] or (
                state and state["version"] != file["version"] and newer(state["sequencer"], file["sequencer"])
            ):
                outcomes[file["sourceId"], file["version"]] = outcome(file, superseded=True)
            elif seen(file) and state and state["version"] == file["version"] and state.get("outcome"):
                outcomes[file["sourceId"], file["version"]] = state["outcome"]
            else:
                files.append(file)
        if files:
            for one in self.process(files, states):
                outcomes[one["sourceId"], one["version"]] = one
        listed = [outcomes[file["sourceId"], file["version"]] for file in self.batch["files"]]
        self.write_json(
            self.buckets["artifacts"],
            self.batch["manifestKey"],
            {
                "runId": self.batch["runId"],
                "dataset": self.dataset,
                "engine": "spark",
                "startedAt": started,
                "finishedAt": now(),
                "files": listed,
                "totals": {name: sum(one[name] for one in listed) for name in ("rowsIn", "rowsOut", "rowsRejected")},
                "outputs": self.outputs,
                "partitions": sorted(self.partitions.values(), key=lambda one: (one["table"], one["values"])),
                "removed": sorted(self.removed),
            },
        )
        bucket = self.buckets["processed"]
        self.delete(bucket, [key for key, _ in self.list(bucket, self.staging)])

    def process(self, files, states):
        rows_in, accepted, rejected = self.cast(files)
        results = []
        for file in files:
            source = file["sourceId"]
            results.append(
                outcome(
                    file,
                    rowsIn=rows_in.get(source, 0),
                    rowsOut=sum(rows for _, _, _, rows in accepted.get(source, [])),
                    rowsRejected=sum(rows for _, _, _, rows in rejected.get(source, [])),
                    outputs=[self.table["prefix"] + path for path, _, _, _ in accepted.get(source, [])],
                    rejects=self.rejects_key(source) if source in rejected else None,
                )
            )
        for one in results:
            if one["rowsIn"] != one["rowsOut"] + one["rowsRejected"]:
                raise EtlError(
                    f"{one['key']}: {one['rowsIn']} rows were read, but {one['rowsOut']} written "
                    f"and {one['rowsRejected']} rejected"
                )
        touched = self.publish(files, states, results, accepted, rejected)
        for aggregate in self.plan["spark"]["aggregates"]:
            self.aggregate(aggregate, touched)
        self.each(
            lambda pair: self.write_json(
                self.buckets["artifacts"],
                self.source_key(pair[0]["sourceId"]),
                {**self.identity(pair[0]), "outcome": pair[1], "outputs": pair[1]["outputs"]},
            ),
            zip(files, results),
        )
        return results

    def identity(self, file):
        return {name: file[name] for name in ("sourceId", "key", "version", "sequencer")}

    def rejects_key(self, source):
        return f"rejected-rows/dataset={self.dataset}/{source}.parquet"

    def cast(self, files):
        """Runs the plan into the staging. By source: rows read, accepted objects, rejected objects."""
        spark = self.spark
        raw_view(spark, self.plan, files)
        rows = spark.sql(self.plan["spark"]["rows"]).persist(StorageLevel.MEMORY_AND_DISK)
        folder = f"s3://{self.buckets['processed']}/{self.own}"
        fine = F.col("__reason").isNull()
        keys = [F.when(fine, F.col(f"`{key}`").cast("string")) for key in self.keys]
        labels = [f"__k{at}" for at in range(len(keys))]
        counts = rows.groupBy("__source", fine.alias("fine"), *map(Column.alias, keys, labels)).count().collect()
        rows_in, places = {}, {}
        for row in counts:
            rows_in[row["__source"]] = rows_in.get(row["__source"], 0) + row["count"]
            values = tuple(row[label] for label in labels)
            if row["fine"] and None in values:
                raise EtlError(f"a row without a value of a partition key ({', '.join(self.keys)}) was accepted")
            if row["fine"]:
                places[place(values)] = values
        (
            rows.where(fine)
            .select(*[F.col(f"`{name}`") for name in self.plan["output"]], "__source", place_of(keys))
            .write.partitionBy("__source", PLACE)
            .parquet(f"{folder}rows/")
        )
        if any(not row["fine"] for row in counts):
            described = [(file["sourceId"], file["key"], file["version"]) for file in files]
            sources = spark.createDataFrame(described, "__source string, source_key string, source_version string")
            (
                rows.where("__reason IS NOT NULL")
                .join(F.broadcast(sources), "__source")
                .select(
                    "source_key",
                    "source_version",
                    F.lit(self.batch["runId"]).alias("run_id"),
                    F.col("__reason").alias("reason"),
                    F.col("__record").alias("record"),
                    "__source",
                )
                # All of a source's in one object, however many tasks read it.
                .repartition(min(len(files), spark.sparkContext.defaultParallelism), "__source")
                .write.option("maxRecordsPerFile", 0)
                .partitionBy("__source")
                .parquet(f"{folder}rejects/")
            )
        rows.unpersist()
        accepted, rejected, numbers = {}, {}, {}
        for path, key, size, count in self.staged("rows/"):
            source, number = (part.partition("=")[2] for part in path.split("/")[:-1])
            n = numbers[source, number] = numbers.get((source, number), -1) + 1
            below = partition_path(self.layout, self.keys, places[number])
            accepted.setdefault(source, []).append((f"{below}{source}-{n}.parquet", key, size, count))
        for path, key, size, count in self.staged("rejects/"):
            source = path.split("/")[0].partition("=")[2]
            rejected.setdefault(source, []).append((path, key, size, count))
        return rows_in, accepted, rejected

    def publish(self, files, states, results, accepted, rejected):
        """Puts what is staged in its place and removes what older versions left. The partitions of either."""
        processed, quarantine = self.buckets["processed"], self.buckets["quarantine"]
        old = {}
        for file in files:
            state = states[file["sourceId"]] or {}
            old[file["sourceId"]] = {*state.get("outputs", []), *state.get("pending", [])}

        def announce(pair):
            file, result = pair
            state = states[file["sourceId"]] or {**self.identity(file), "outputs": []}
            pending = sorted({*state.get("pending", []), *result["outputs"]})
            self.write_json(self.buckets["artifacts"], self.source_key(file["sourceId"]), {**state, "pending": pending})

        self.each(announce, zip(files, results))
        prefix = self.table["prefix"]
        copies = [
            (key, size, processed, prefix + path, rows)
            for staged in accepted.values()
            for path, key, size, rows in staged
        ]
        for source, staged in rejected.items():
            ((_, key, size, rows),) = staged
            copies.append((key, size, quarantine, self.rejects_key(source), rows))
        self.each(lambda one: self.copy(*one[:4]), copies)
        self.outputs += [
            {"bucket": bucket, "key": to, "bytes": size, "rows": rows} for _, size, bucket, to, rows in copies
        ]

        stale = sorted(key for one in results for key in old[one["sourceId"]] - set(one["outputs"]))
        self.delete(processed, stale)
        self.removed += [f"s3://{processed}/{key}" for key in stale]
        without = [
            self.rejects_key(file["sourceId"])
            for file in files
            if file["sourceId"] not in rejected and states[file["sourceId"]] is not None
        ]
        self.delete(quarantine, without)
        self.removed += [
            f"s3://{quarantine}/{state['outcome']['rejects']}"
            for state in states.values()
            if state and state.get("outcome", {}).get("rejects") in without
        ]

        touched = {}
        for key in {key for one in results for key in (*one["outputs"], *old[one["sourceId"]])}:
            values = parse_partition_path(self.layout, self.keys, key[len(prefix) :])
            if values is not None:
                touched.setdefault(values, []).append(key)
        kept = {key for one in results for key in one["outputs"]}

        def emptied(values):
            if any(key in kept for key in touched[values]):
                return False
            return not self.list(processed, prefix + partition_path(self.layout, self.keys, values))

        if self.keys:
            for values, empty in zip(touched, self.each(emptied, touched)):
                self.touch(self.table, processed, self.keys, values, empty)
        return set(touched)

    def touch(self, table, bucket, keys, values, emptied):
        path = partition_path(self.layout, keys, values)
        self.partitions[table["name"], values] = {
            "table": table["name"],
            "values": list(values),
            "location": f"s3://{bucket}/{table['prefix']}{path}",
            **({"emptied": True} if emptied else {}),
        }

    def aggregate(self, aggregate, touched):
        """Computes the touched partitions of an aggregate anew, from all that is processed of them."""
        table, keys = self.tables[aggregate["table"]], aggregate["keys"]
        places = [self.keys.index(key) for key in keys]
        wanted = {tuple(values[at] for at in places) for values in touched}
        if not wanted:
            return
        bucket, prefix = self.buckets["processed"], self.table["prefix"]
        # Where the aggregate's keys come first among the table's, only their folders need to be listed.
        leading = bool(keys) and places == list(range(len(keys)))
        folders = [partition_path(self.layout, keys, values) for values in sorted(wanted)] if leading else [""]
        inputs = {}
        for listed in self.each(lambda folder: self.list(bucket, prefix + folder), folders):
            for key, _ in listed:
                values = parse_partition_path(self.layout, self.keys, key[len(prefix) :])
                if values is not None and key.endswith(".parquet") and tuple(values[at] for at in places) in wanted:
                    inputs[key] = values
        staged = {}
        if inputs:
            folder = f"aggregates/{aggregate['table']}/"
            self.processed_view(inputs)
            columns = [column["name"] for column in table["columns"]]
            texts = [F.col(f"`{key}`").cast("string") for key in keys]
            frame = self.spark.sql(aggregate["sql"]).select(*[F.col(f"`{name}`") for name in columns], place_of(texts))
            spread = min(len(wanted), self.spark.sparkContext.defaultParallelism)
            (
                frame.repartition(spread, PLACE)
                .sortWithinPartitions(PLACE, *[f"`{name}`" for name in columns])
                .write.option("maxRecordsPerFile", 0)
                .partitionBy(PLACE)
                .parquet(f"s3://{bucket}/{self.own}{folder}")
            )
            named = {place(values): values for values in wanted}
            for path, key, size, rows in self.staged(folder):
                staged[named[path.split("/")[0].partition("=")[2]]] = (key, size, rows)
        curated = self.buckets["curated"]

        def settle(values):
            to = f"{table['prefix']}{partition_path(self.layout, keys, values)}part-0.parquet"
            if values not in staged:
                there = bool(self.list(curated, to))
                if there:
                    self.delete(curated, [to])
                return values, to, there
            key, size, _ = staged[values]
            self.copy(key, size, curated, to)
            return values, to, False

        for values, to, removed in self.each(settle, sorted(wanted)):
            if values in staged:
                _, size, rows = staged[values]
                self.outputs.append({"bucket": curated, "key": to, "bytes": size, "rows": rows})
            if removed:
                self.removed.append(f"s3://{curated}/{to}")
            if keys:
                self.touch(table, curated, keys, values, values not in staged)

    def processed_view(self, inputs):
        """Registers the view `processed` over these objects, with the partition columns that their keys tell."""
        bucket = self.buckets["processed"]
        schema = ", ".join(f"`{column['name']}` {spark_type(column['type'])}" for column in self.table["columns"])
        frame = self.spark.read.schema(schema).parquet(*[f"s3://{bucket}/{key}" for key in inputs])
        if self.keys:
            labels = [f"__k{at}" for at in range(len(self.keys))]
            # Spark tells an object's path as a URL or as it is, depending on its version: both are looked for.
            known = {
                path: values
                for key, values in inputs.items()
                for path in (f"s3://{bucket}/{key}", f"s3://{bucket}/{quote(key, safe=SAFE)}")
            }
            lookup = self.spark.createDataFrame(
                [(path, *values) for path, values in known.items()],
                ", ".join(f"`{name}` string" for name in ("__path", *labels)),
            )
            unknown = F.raise_error(F.concat(F.lit("no partition is known of "), F.col("__path")))
            frame = (
                frame.select("*", F.col("_metadata.file_path").alias("__path"))
                .join(F.broadcast(lookup), "__path", "left")
                .select(
                    *[F.col(f"`{column['name']}`") for column in self.table["columns"]],
                    *[
                        F.coalesce(label, unknown).cast(spark_type(key["type"])).alias(key["name"])
                        for label, key in zip(labels, self.plan["partitioning"]["keys"])
                    ],
                )
            )
        frame.createOrReplaceTempView("processed")


# What java.net.URI leaves alone in a path.
SAFE = "/-_.!~*'()@:&=+$,;"


def plain_path(path):
    """A path that reads the same whether it was told as a URL or as it is."""
    before = None
    while before != path:
        before, path = path, unquote(path)
    return path.split("://", 1)[-1]


def outcome(file, rowsIn=0, rowsOut=0, rowsRejected=0, outputs=(), rejects=None, superseded=False):
    told = {
        "sourceId": file["sourceId"],
        "key": file["key"],
        "version": file["version"],
        "rowsIn": rowsIn,
        "rowsOut": rowsOut,
        "rowsRejected": rowsRejected,
        "outputs": list(outputs),
    }
    if rejects:
        told["rejects"] = rejects
    if superseded:
        told["superseded"] = True
    return told


def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def by_bookmark(glue, batch):
    """Which of the batch's files the job's bookmark says were seen before."""
    paths = [f"s3://{file['bucket']}/{file['key']}" for file in batch["files"]]
    frame = glue.create_dynamic_frame.from_options(
        connection_type="s3",
        connection_options={"paths": paths},
        format="csv",
        format_options={"withHeader": False, "attachFilename": "__path"},
        transformation_ctx=f"raw_{batch['dataset']}",
    ).toDF()
    if "__path" not in frame.columns:
        return lambda file: True
    fresh = {plain_path(row["__path"]) for row in frame.select("__path").distinct().collect()}
    return lambda file: plain_path(f"s3://{file['bucket']}/{file['key']}") not in fresh


def main():
    arguments = getResolvedOptions(sys.argv, ["JOB_NAME", "batch_bucket", "batch_key"])
    glue = GlueContext(SparkContext.getOrCreate())
    spark = glue.spark_session
    job = Job(glue)
    job.init(arguments["JOB_NAME"], arguments)
    for name, value in SESSION.items():
        spark.conf.set(name, value)
    client = s3_client()

    def document(bucket, key):
        return json.loads(client.get_object(Bucket=bucket, Key=key)["Body"].read())

    batch = document(arguments["batch_bucket"], arguments["batch_key"])
    compiled = document(batch["buckets"]["artifacts"], batch["contractKey"])
    seen = by_bookmark(glue, batch) if batch["scheduled"] else lambda file: False
    Run(spark, batch, compiled).execute(seen)
    # The manifest is written: only now may the bookmark move on.
    job.commit()


if __name__ == "__main__":
    main()
