"""Runs the contract's plan on Spark, from the files to Parquet objects in the staging."""

import hashlib

from pyspark import StorageLevel
from pyspark.sql import Column
from pyspark.sql import functions as F

from .errors import EtlError
from .reader import bind_columns, read_files
from .tokenizer import ESCAPES, FIELD, RECORD

TASK_BYTES = 32 * 1024 * 1024
# Names a partition in the staging: a path may not hold every value, nor values of every length.
PLACE = "__place"


def tasks_of(files, parallelism):
    """Deals the files out to tasks, the largest first, each to the task with the least to do."""
    total = sum(file["size"] for file, _ in files)
    tasks = [[] for _ in range(min(len(files), max(parallelism, -(-total // TASK_BYTES))))]
    loads = [0] * len(tasks)
    for file, positions in sorted(files, key=lambda one: -one[0]["size"]):
        least = loads.index(min(loads))
        tasks[least].append((file, positions))
        # Even an empty file costs time.
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


def place(values):
    """Makes a name of a partition's values."""
    text = "".join(f"{len(value)}:{value}" for value in values)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def place_of(texts):
    """Makes the same name of columns, in Spark."""
    parts = [part for text in texts for part in (F.length(text), F.lit(":"), text)]
    return F.md5(F.concat_ws("", *parts)).alias(PLACE)


def cast(spark, lake, files):
    """Runs the plan into the staging. Returns by source: rows read, accepted objects, rejected objects."""
    raw_view(spark, lake.plan, files)
    rows = spark.sql(lake.plan["spark"]["rows"]).persist(StorageLevel.MEMORY_AND_DISK)
    folder = f"s3://{lake.buckets['processed']}/{lake.own}"
    fine = F.col("__reason").isNull()
    keys = [F.when(fine, F.col(f"`{key}`").cast("string")) for key in lake.keys]
    labels = [f"__k{at}" for at in range(len(keys))]
    counts = rows.groupBy("__source", fine.alias("fine"), *map(Column.alias, keys, labels)).count().collect()
    rows_in, places = {}, {}
    for row in counts:
        rows_in[row["__source"]] = rows_in.get(row["__source"], 0) + row["count"]
        values = tuple(row[label] for label in labels)
        if row["fine"] and None in values:
            raise EtlError(f"a row without a value of a partition key ({', '.join(lake.keys)}) was accepted")
        if row["fine"]:
            places[place(values)] = values
    (
        rows.where(fine)
        .select(*[F.col(f"`{name}`") for name in lake.plan["output"]], "__source", place_of(keys))
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
                F.lit(lake.batch["runId"]).alias("run_id"),
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
    for path, key, size, count in lake.staged("rows/"):
        source, number = (part.partition("=")[2] for part in path.split("/")[:-1])
        n = numbers[source, number] = numbers.get((source, number), -1) + 1
        below = lake.folder_of(lake.keys, places[number])
        accepted.setdefault(source, []).append((f"{below}{source}-{n}.parquet", key, size, count))
    for path, key, size, count in lake.staged("rejects/"):
        source = path.split("/")[0].partition("=")[2]
        rejected.setdefault(source, []).append((path, key, size, count))
    return rows_in, accepted, rejected
