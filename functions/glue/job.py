"""
The Spark engine: one batch of CSV files becomes Parquet in the processed zone, aggregates in the curated zone and
rejected rows in quarantine, by the plan of the dataset's compiled contract.

The rows come from the plan's SQL, which DuckDB runs too. This package adds what SQL cannot say: `reader` reads a file
exactly as its dialect says, `cast` runs the plan, and `publish` and `aggregate` change the lake so that a run repeated
after a death half way leaves what one whole run would have left.

Arguments: --JOB_NAME, --batch_bucket and --batch_key (the work order's JSON), --start_before (a time in UTC, after
which the job must not start, because its dataset's lease would end before it).
"""

import json
import sys
from datetime import datetime, timezone

from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

from .aggregate import compute_aggregate
from .cast import cast
from .errors import EtlError, UnreadableFile, named
from .lake import Lake
from .objects import s3_client
from .publish import identity, publish

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


def main():
    arguments = getResolvedOptions(sys.argv, ["JOB_NAME", "batch_bucket", "batch_key", "start_before"])
    if now() > arguments["start_before"]:
        raise EtlError(
            f"the job started after {arguments['start_before']}, when another run may have the dataset: it was queued "
            "for too long"
        )
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
    lake = Lake(batch, compiled)
    try:
        execute(spark, lake, by_bookmark(glue, lake) if batch["scheduled"] else lambda file: False)
    except Exception as error:
        raise named(error) from error
    # The manifest is written: only now may the bookmark move on.
    job.commit()


def execute(spark, lake, seen):
    started = now()
    latest, outcomes = {}, {}
    for file in lake.batch["files"]:
        other = latest.get(file["sourceId"])
        if other is None or newer(file["sequencer"], other["sequencer"]):
            latest[file["sourceId"]] = file
    found = lake.each(lambda source: lake.read_json(lake.buckets["artifacts"], lake.source_key(source)), latest)
    states = dict(zip(latest, found))
    files = []
    for file in lake.batch["files"]:
        state = states[file["sourceId"]]
        if file is not latest[file["sourceId"]] or (
            state and state["version"] != file["version"] and newer(state["sequencer"], file["sequencer"])
        ):
            outcomes[file["sourceId"], file["version"]] = outcome(file, superseded=True)
        # What the bookmark has passed is left out only if its outcome is known: a bookmark alone loses no file.
        elif seen(file) and state and state["version"] == file["version"] and state.get("outcome"):
            outcomes[file["sourceId"], file["version"]] = state["outcome"]
        else:
            files.append(file)
    if files:
        for one in process(spark, lake, files, states):
            outcomes[one["sourceId"], one["version"]] = one
    listed = [outcomes[file["sourceId"], file["version"]] for file in lake.batch["files"]]
    lake.write_json(
        lake.buckets["artifacts"],
        lake.batch["manifestKey"],
        {
            "runId": lake.batch["runId"],
            "dataset": lake.dataset,
            "engine": "spark",
            "startedAt": started,
            "finishedAt": now(),
            "files": listed,
            "totals": {name: sum(one[name] for one in listed) for name in ("rowsIn", "rowsOut", "rowsRejected")},
            "outputs": lake.outputs,
            "partitions": sorted(lake.partitions.values(), key=lambda one: (one["table"], one["values"])),
            "removed": sorted(lake.removed),
        },
    )
    bucket = lake.buckets["processed"]
    lake.delete(bucket, [key for key, _ in lake.list(bucket, lake.staging)])


def process(spark, lake, files, states):
    rows_in, accepted, rejected = cast(spark, lake, files)
    results = []
    for file in files:
        source = file["sourceId"]
        results.append(
            outcome(
                file,
                rowsIn=rows_in.get(source, 0),
                rowsOut=sum(rows for _, _, _, rows in accepted.get(source, [])),
                rowsRejected=sum(rows for _, _, _, rows in rejected.get(source, [])),
                outputs=[lake.table["prefix"] + path for path, _, _, _ in accepted.get(source, [])],
                rejects=lake.rejects_key(source) if source in rejected else None,
            )
        )
    for one in results:
        if one["rowsIn"] != one["rowsOut"] + one["rowsRejected"]:
            raise UnreadableFile(
                f"{one['key']}: {one['rowsIn']} rows were read, but {one['rowsOut']} written "
                f"and {one['rowsRejected']} rejected"
            )
    touched = publish(lake, files, states, results, accepted, rejected)
    for aggregate in lake.plan["spark"]["aggregates"]:
        compute_aggregate(spark, lake, aggregate, touched)
    lake.each(
        lambda pair: lake.write_json(
            lake.buckets["artifacts"],
            lake.source_key(pair[0]["sourceId"]),
            {**identity(pair[0]), "outcome": pair[1], "outputs": pair[1]["outputs"]},
        ),
        zip(files, results),
    )
    return results


def newer(one, other):
    """Compares sequencers of S3: hexadecimal numbers, of which the shorter one has its zeros left out on the right."""
    width = max(len(one), len(other))
    return one.ljust(width, "0").lower() > other.ljust(width, "0").lower()


def outcome(file, rowsIn=0, rowsOut=0, rowsRejected=0, outputs=(), rejects=None, superseded=False):
    fields = {
        "sourceId": file["sourceId"],
        "key": file["key"],
        "version": file["version"],
        "rowsIn": rowsIn,
        "rowsOut": rowsOut,
        "rowsRejected": rowsRejected,
        "outputs": list(outputs),
    }
    if rejects:
        fields["rejects"] = rejects
    if superseded:
        fields["superseded"] = True
    return fields


def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def by_bookmark(glue, lake):
    """
    Tells which of the batch's files were seen before, according to the job's bookmark.

    The bookmark is over small marker files, one for each source, which the planner of the run has written: Glue's own
    reader, which bookmarks belong to, would have to parse the data only to learn the files' names, and it reads neither
    other encodings than UTF-8 nor gzip without `.gz`.
    """
    markers = [f"s3://{lake.buckets['artifacts']}/{lake.marker_key(file['sourceId'])}" for file in lake.batch["files"]]
    frame = glue.create_dynamic_frame.from_options(
        connection_type="s3",
        connection_options={"paths": sorted(set(markers))},
        format="csv",
        format_options={"withHeader": False},
        transformation_ctx=f"raw_{lake.dataset}",
    ).toDF()
    fresh = {row[0] for row in frame.collect()}
    return lambda file: marker(file) not in fresh


def marker(file):
    """What the marker of a file says: functions/run-coordinator/markers.ts writes it."""
    return f"{file['sourceId']}/{file['version']}"
