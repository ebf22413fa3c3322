"""
Runs many jobs in one Spark session, for the tests: a session takes seconds to start. Reads one run from each line of
standard input, {"arguments": […]}, and answers with a line: {"failure": null or why}. The command line names the script
and the archive of its package.
"""

import json
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "local", "glue"))

import run_job


def main():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    run_job.die_with_parent()
    folder = tempfile.mkdtemp(prefix="glue-session-")
    script, package = sys.argv[1:]
    run_job.prepare(folder, [package])
    for line in sys.stdin:
        arguments = json.loads(line)["arguments"]
        answers.write(json.dumps({"failure": run_job.run_script(script, arguments)}) + "\n")
        answers.flush()
    run_job.stop_spark()
    shutil.rmtree(folder, ignore_errors=True)


main()
