#!/usr/bin/python3
"""nginx as deploy/nginx sets it up, before the real gateway and catalogue: the cases of every
*_test.py beside this file. `run.py -k faces_test` runs those of one."""

import pathlib
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
for part in ("edge", "support"):
    sys.path.insert(0, str(HERE.parents[1] / part))

import case_report  # noqa: E402


def load_tests(loader, _tests, _pattern):
    return loader.discover(str(HERE), pattern="*_test.py")


if __name__ == "__main__":
    case_report.main("system_edge")
