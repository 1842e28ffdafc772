"""The programs of tests/bench/load: the load generator and the echo server."""

import json

from .processes import Process, free_address, run

CREATE_BOOKING = "/destinationmetier.booking.v1.BookingService/CreateBooking"


def probe_health(binaries, target, seconds):
    """Asks the health port 20 times a second, as a probe that is in a hurry."""
    return json.loads(run(binaries / "dm-bench-load", "run", "--target", target, "--health",
                          "--connections", 1, "--rate", 20, "--warm-up", "0s",
                          "--duration", f"{int(seconds * 1000)}ms"))


class Load:
    """Calls on a service without a token."""

    def __init__(self, binaries, folder):
        self.program = binaries / "dm-bench-load"
        self.folder = folder

    def _requests_file(self, requests):
        path = self.folder / "requests"
        path.write_text("".join(json.dumps(request) + "\n" for request in requests))
        return path

    def record(self, target, method, requests, answer):
        """One call; its answer goes into a file."""
        run(self.program, "record", "--target", target, "--method", method,
            "--requests", self._requests_file(requests), "--answer", answer)

    def turn_pages(self, target, method, requests, every):
        """The requests with each so manieth for the page after its own."""
        turned = self.folder / "turned"
        run(self.program, "pages", "--target", target, "--method", method,
            "--requests", self._requests_file(requests), "--every", every, "--file", turned)
        return [json.loads(line) for line in turned.read_text().splitlines()]

    def call(self, target, method, requests, warm_up, seconds, **options):
        return self._run(target, warm_up, seconds, "--method", method,
                         "--requests", self._requests_file(requests), **options)

    def _run(self, target, warm_up, seconds, *what, clients=64, rate=0, seed=1, connections=8):
        report = run(
            self.program, "run", "--target", target, *what,
            "--clients", clients, "--connections", min(clients, connections),
            "--rate", int(rate), "--seed", seed,
            "--warm-up", f"{int(warm_up * 1000)}ms", "--duration", f"{int(seconds * 1000)}ms")
        return json.loads(report)


class Bookings(Load):
    """Books, as `people` with a token each."""

    def __init__(self, binaries, folder, keys, people):
        super().__init__(binaries, folder)
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

    def run(self, target, sessions, warm_up, seconds, again=False, people=0, **options):
        return self._run(target, warm_up, seconds, "--tokens", self.tokens,
                         "--sessions", self._sessions_file(sessions),
                         f"--again={str(again).lower()}", "--people", people, **options)


    def mix(self, target, parts, sessions, warm_up, seconds, **options):
        """Calls of several kinds in turns: `parts` are (share in thousandths, method, requests),
        those without a method are bookings."""
        mix = self.folder / "mix"
        lines = []
        for number, (share, method, requests) in enumerate(parts):
            if method is None:
                lines.append(f"{share} bookings\n")
                continue
            path = self.folder / f"requests-{number}"
            path.write_text("".join(json.dumps(request) + "\n" for request in requests))
            lines.append(f"{share} {method} {path}\n")
        mix.write_text("".join(lines))
        return self._run(target, warm_up, seconds, "--mix", mix, "--tokens", self.tokens,
                         "--sessions", self._sessions_file(sessions), **options)


class Echo:
    """A server that gives one recorded answer to every call of a method."""

    def __init__(self, binaries, folder, answer, method=CREATE_BOOKING, look_every=0.02):
        self.address = free_address()
        self.process = Process(folder / "echo.log", binaries / "dm-bench-echo",
                               "--listen", self.address, "--method", method,
                               "--answer", answer)
        self.process.wait_until_listening(self.address, look_every)

    def stop(self):
        self.process.stop()


class Relay:
    """A bare gRPC proxy: passes the calls of a method on to a server."""

    def __init__(self, binaries, folder, target, method, look_every=0.02):
        self.address = free_address()
        self.process = Process(folder / "relay.log", binaries / "dm-bench-echo",
                               "--listen", self.address, "--method", method,
                               "--forward-to", target)
        self.process.wait_until_listening(self.address, look_every)

    def stop(self):
        self.process.stop()
