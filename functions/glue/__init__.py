"""The Spark engine, which AWS Glue and the local Spark run: see `job`."""
