"""Programs that a benchmark runs, and the loopback addresses they listen on."""

import ctypes
import os
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class Failed(Exception):
    """The benchmark cannot go on; the message says why."""


RESERVED = []


def free_address():
    """An address of the loopback that only what the benchmark starts will listen on.

    A socket that does not listen keeps it until the benchmark ends: the kernel gives its port to no
    outgoing connection, whatever their range, and a second search finds it taken. SO_REUSEADDR, set
    once it is bound, lets a server that has set it too listen there nevertheless.
    """
    while True:
        keeper = socket.socket()
        try:
            keeper.bind(("127.0.0.1", random.randint(12_000, 31_999)))
        except OSError:
            keeper.close()
            continue
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        RESERVED.append(keeper)
        return f"127.0.0.1:{keeper.getsockname()[1]}"


def run(*command, **options):
    """Runs a program to its end and returns what it printed."""
    command = [str(word) for word in command]
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise Failed(f"{command[0]} failed: {(done.stderr or done.stdout).strip()[-2000:]}")
    return done.stdout


class Process:
    """A program that ends with the benchmark, however that ends. Its output goes into `log`."""

    def __init__(self, log, *command):
        self.log = log
        # The services refuse variables that they do not know.
        environment = {k: v for k, v in os.environ.items() if not k.startswith("DM_")}
        with open(log, "ab") as output:
            self.process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM),
            )

    def wait_until(self, holds, what, patience=30, look_every=0.02):
        deadline = time.monotonic() + patience
        while not holds():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"{what} did not get ready: {self.log.read_text()[-2000:]}")
            time.sleep(look_every)

    def wait_until_listening(self, address, look_every=0.02):
        host, port = address.split(":")

        def listens():
            try:
                socket.create_connection((host, int(port)), timeout=1).close()
            except OSError:
                return False
            return True

        self.wait_until(listens, address, look_every=look_every)

    def wait_until_ready(self, admin_address, patience=30):
        self.wait_until(lambda: fetch(f"http://{admin_address}/readyz") is not None, admin_address,
                        patience)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def fetch(url):
    """The body of a good answer; None without one."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.read().decode()
    except (urllib.error.URLError, OSError):
        return None
