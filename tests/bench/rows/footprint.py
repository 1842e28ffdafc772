"""Rows 14 and 15: what a process takes that has nothing to do, and how soon one is there, against a
bare gRPC server."""

import resource
import socket
import struct
import time

from harness.load import Echo
from harness.processes import Failed, fetch
from harness.row import Measurement, Row, ratio

CONNECTIONS = 400
STARTS = 10

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS, ACK = 4, 1


def frame(kind, flags=0):
    """An empty HTTP/2 frame of the connection."""
    return struct.pack(">I", 0)[1:] + struct.pack(">BBI", kind, flags, 0)


def idle_connection(address):
    """A connection as a gRPC client keeps it: both sides have agreed on the settings."""
    host, port = address.split(":")
    connection = socket.create_connection((host, int(port)), timeout=10)
    connection.sendall(PREFACE + frame(SETTINGS))
    if not connection.recv(9):
        raise Failed(f"{address} closed an idle connection")
    connection.sendall(frame(SETTINGS, ACK))
    return connection


def resident_kib(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    raise Failed("no VmRSS")


def settled_kib(process):
    """Once it no longer changes."""
    last = resident_kib(process)
    for _ in range(50):
        time.sleep(0.2)
        now = resident_kib(process)
        if now == last:
            return now
        last = now
    return last


def sample(**figures):
    return {"rate": 0, "p50_ms": 0, "p99_ms": 0} | figures


class Memory(Measurement):
    rows = (
        Row(number=14,
            what="idle service (booking), resident",
            against="bare gRPC server",
            unit="MiB", figure_unit="MiB", floor=40, goal=25,
            value=lambda one: one["resident_kib"] / 1024,
            figure=lambda ours, theirs: ours, less_is_better=True),
        Row(number=14,
            what=f"one of {CONNECTIONS} idle connections, resident",
            against="bare gRPC server",
            unit="KiB", figure_unit="KiB", floor=32, goal=22,
            value=lambda one: one["connection_kib"],
            figure=lambda ours, theirs: ours, less_is_better=True),
    )

    def prepare(self):
        # For both ends: a process inherits it.
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    def _sample(self, process, address):
        resident = settled_kib(process)
        # What the first ones make the allocator set aside is not theirs alone.
        first = [idle_connection(address) for _ in range(50)]
        before = settled_kib(process)
        more = [idle_connection(address) for _ in range(CONNECTIONS)]
        after = settled_kib(process)
        for connection in first + more:
            connection.close()
        return sample(resident_kib=resident,
                      connection_kib=max((after - before) / CONNECTIONS, 0.01))

    def ours(self):
        booking = self.world.booking
        booking.start()
        try:
            return self._sample(booking.process.process, booking.address)
        finally:
            booking.stop()

    def theirs(self):
        world = self.world
        echo = Echo(world.binaries, world.folder, world.answer)
        try:
            return self._sample(echo.process.process, echo.address)
        finally:
            echo.stop()


class Start(Measurement):
    rows = (
        Row(number=15,
            what="exec → ready (booking), PostgreSQL up",
            against="bare gRPC server, exec → listening",
            unit="ms", figure_unit="ms", floor=300, goal=80, value=lambda one: one["start_ms"],
            figure=lambda ours, theirs: ours, less_is_better=True),
    )

    def _median(self, start_and_stop):
        times = sorted(start_and_stop() for _ in range(2 if self.world.short else STARTS))
        return sample(start_ms=times[len(times) // 2] * 1000)

    def ours(self):
        booking = self.world.booking

        def once():
            begun = time.monotonic()
            booking.launch()
            while fetch(f"http://{booking.admin}/readyz") is None:
                if time.monotonic() > begun + 30:
                    raise Failed("booking did not get ready")
                time.sleep(0.001)
            took = time.monotonic() - begun
            booking.stop()
            return took

        return self._median(once)

    def theirs(self):
        world = self.world

        def once():
            begun = time.monotonic()
            echo = Echo(world.binaries, world.folder, world.answer, look_every=0.001)
            took = time.monotonic() - begun
            echo.stop()
            return took

        return self._median(once)
