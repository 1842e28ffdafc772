"""What the cases of all files share: one stage, since making it takes long, and its door."""

import atexit
import concurrent.futures
import functools
import os
import pathlib
import shutil
import time
import unittest

import case_report
import stage

ROOT = pathlib.Path(__file__).resolve().parents[3]
# Taken out: the services refuse variables that they do not know.
BINARIES = pathlib.Path(os.environ.pop("DM_BUILD_DIR", ROOT / "build" / "dev")) / "bin"
SEARCH = stage.SEARCH_OFFERS
# An address that nobody else calls from.
STRANGER = "127.0.0.66"


def _open():
    case_report.need({"nginx": shutil.which(stage.NGINX), "openssl": shutil.which("openssl"),
                      "curl": shutil.which("curl")})
    made = stage.Stage(BINARIES)
    atexit.register(made.close)
    return made, made.open_door()


@functools.cache
def _opening():
    """One attempt for all: who comes after a failure is told of it, and waits for no other."""
    opening = concurrent.futures.Future()
    try:
        opening.set_result(_open())
    except Exception as failure:
        opening.set_exception(failure)
    return opening


def wait_until(holds, seconds=30):
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s")
        time.sleep(0.1)


class DoorCase(unittest.TestCase):
    """A case at the door that all share. Who does something to a door opens one of their own."""

    @classmethod
    def setUpClass(cls):
        cls.stage, cls.door = _opening().result()
