"""Computes aggregates on Spark and publishes them in the curated zone."""

from urllib.parse import quote

from pyspark.sql import functions as F

from .cast import PLACE, place, place_of, spark_type

# What java.net.URI leaves alone in a path.
SAFE = "/-_.!~*'()@:&=+$,;"


def compute_aggregate(spark, lake, aggregate, touched):
    """Computes the touched partitions of an aggregate anew, from all that is processed of them."""
    table, keys = lake.tables[aggregate["table"]], aggregate["keys"]
    places = [lake.keys.index(key) for key in keys]
    wanted = {tuple(values[at] for at in places) for values in touched}
    if not wanted:
        return
    bucket, prefix = lake.buckets["processed"], lake.table["prefix"]
    # Where the aggregate's keys come first among the table's, only their folders need to be listed.
    leading = bool(keys) and places == list(range(len(keys)))
    folders = [lake.folder_of(keys, values) for values in sorted(wanted)] if leading else [""]
    inputs = {}
    for listed in lake.each(lambda folder: lake.list(bucket, prefix + folder), folders):
        for key, _ in listed:
            values = lake.values_of(key)
            if values is not None and key.endswith(".parquet") and tuple(values[at] for at in places) in wanted:
                inputs[key] = values
    staged = {}
    if inputs:
        folder = f"aggregates/{aggregate['table']}/"
        processed_view(spark, lake, inputs)
        columns = [column["name"] for column in table["columns"]]
        texts = [F.col(f"`{key}`").cast("string") for key in keys]
        frame = spark.sql(aggregate["sql"]).select(*[F.col(f"`{name}`") for name in columns], place_of(texts))
        spread = min(len(wanted), spark.sparkContext.defaultParallelism)
        (
            frame.repartition(spread, PLACE)
            .sortWithinPartitions(PLACE, *[f"`{name}`" for name in columns])
            .write.option("maxRecordsPerFile", 0)
            .partitionBy(PLACE)
            .parquet(f"s3://{bucket}/{lake.own}{folder}")
        )
        named = {place(values): values for values in wanted}
        for path, key, size, rows in lake.staged(folder):
            staged[named[path.split("/")[0].partition("=")[2]]] = (key, size, rows)
    curated = lake.buckets["curated"]

    def settle(values):
        to = f"{table['prefix']}{lake.folder_of(keys, values)}part-0.parquet"
        if values not in staged:
            there = bool(lake.list(curated, to))
            if there:
                lake.delete(curated, [to])
            return values, to, there
        key, size, _ = staged[values]
        lake.copy(key, size, curated, to)
        return values, to, False

    for values, to, removed in lake.each(settle, sorted(wanted)):
        if values in staged:
            _, size, rows = staged[values]
            lake.outputs.append({"bucket": curated, "key": to, "bytes": size, "rows": rows})
        if removed:
            lake.removed.append(f"s3://{curated}/{to}")
        if keys:
            lake.touch(table, curated, keys, values, values not in staged)


def processed_view(spark, lake, inputs):
    """Registers the view `processed` over these objects, with the partition columns that stand in their keys."""
    bucket = lake.buckets["processed"]
    schema = ", ".join(f"`{column['name']}` {spark_type(column['type'])}" for column in lake.table["columns"])
    frame = spark.read.schema(schema).parquet(*[f"s3://{bucket}/{key}" for key in inputs])
    if lake.keys:
        labels = [f"__k{at}" for at in range(len(lake.keys))]
        # Whether Spark gives an object's path as a URL or as it is depends on its version: both are looked for.
        known = {
            path: values
            for key, values in inputs.items()
            for path in (f"s3://{bucket}/{key}", f"s3://{bucket}/{quote(key, safe=SAFE)}")
        }
        lookup = spark.createDataFrame(
            [(path, *values) for path, values in known.items()],
            ", ".join(f"`{name}` string" for name in ("__path", *labels)),
        )
        unknown = F.raise_error(F.concat(F.lit("no partition is known of "), F.col("__path")))
        frame = (
            frame.select("*", F.col("_metadata.file_path").alias("__path"))
            .join(F.broadcast(lookup), "__path", "left")
            .select(
                *[F.col(f"`{column['name']}`") for column in lake.table["columns"]],
                *[
                    F.coalesce(label, unknown).cast(spark_type(key["type"])).alias(key["name"])
                    for label, key in zip(labels, lake.plan["partitioning"]["keys"])
                ],
            )
        )
    frame.createOrReplaceTempView("processed")
