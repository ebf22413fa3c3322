"""
Many job runs in one Spark session, for the tests: a session takes seconds to start. Reads a run a line from standard input,
{"arguments": […]}, and answers with a line: {"failure": null or why}.
"""

import json
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "local", "glue"))

import run_job  # noqa: E402


def main():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    run_job.die_with_parent()
    folder = tempfile.mkdtemp(prefix="glue-session-")
    run_job.prepare(folder)
    script = sys.argv[1]
    for line in sys.stdin:
        arguments = json.loads(line)["arguments"]
        answers.write(json.dumps({"failure": run_job.run_script(script, arguments)}) + "\n")
        answers.flush()
    run_job.stop_spark()
    shutil.rmtree(folder, ignore_errors=True)


main()
