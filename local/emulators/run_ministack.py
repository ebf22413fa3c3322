"""
Starts MiniStack with IAM enforced, always.

MiniStack checks the requests that it receives when AUTH=true. This file adds what AWS checks besides: the keys that a
request uses, and what services do with the roles they are given (local/iam/enforcement). It wraps functions of the
version that local/requirements.txt pins, and does not start when that version lacks one of them.

Environment, besides MiniStack's own:
  MINISTACK_IAM_DECISIONS  the file that gets every distinct decision, a line of JSON each; default: none is written
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "iam"))
# MiniStack reads it when it is imported.
os.environ["AUTH"] = "true"


def start():
    from ministack.app import main

    import enforcement
    import function_errors

    function_errors.install()
    enforcement.install()
    sys.argv = ["ministack"]
    main()


if __name__ == "__main__":
    start()
