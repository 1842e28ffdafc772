"""The programs of tests/bench/load: the load generator and the echo server."""

import json

from .processes import Process, free_address, run

CREATE_BOOKING = "/destinationmetier.booking.v1.BookingService/CreateBooking"


class Load:
    """Calls on a service, as `people` with a token each."""

    def __init__(self, binaries, folder, keys, people):
        self.program = binaries / "dm-bench-load"
        self.folder = folder
        self.tokens = folder / "tokens"
        self.people = people
        run(self.program, "tokens", "--folder", keys, "--people", people, "--file", self.tokens)

    def _sessions_file(self, sessions):
        path = self.folder / "sessions"
        path.write_text("".join(f"{name}\n" for name in sessions))
        return path

    def record(self, target, sessions, answer):
        """One call as the first of the people; its answer goes into a file."""
        run(self.program, "record", "--target", target, "--tokens", self.tokens,
            "--sessions", self._sessions_file(sessions), "--answer", answer)

    def run(self, target, sessions, warm_up, seconds, clients=64, rate=0, again=False, seed=1,
            connections=8, people=0):
        report = run(
            self.program, "run", "--target", target, "--tokens", self.tokens,
            "--sessions", self._sessions_file(sessions), f"--again={str(again).lower()}",
            "--people", people, "--clients", clients, "--connections", min(clients, connections),
            "--rate", int(rate), "--seed", seed,
            "--warm-up", f"{int(warm_up * 1000)}ms", "--duration", f"{int(seconds * 1000)}ms")
        return json.loads(report)


class Echo:
    """A server that gives one recorded answer to every call of CreateBooking."""

    def __init__(self, binaries, folder, answer):
        self.address = free_address()
        self.process = Process(folder / "echo.log", binaries / "dm-bench-echo",
                               "--listen", self.address, "--method", CREATE_BOOKING,
                               "--answer", answer)
        self.process.wait_until_listening(self.address)

    def stop(self):
        self.process.stop()
