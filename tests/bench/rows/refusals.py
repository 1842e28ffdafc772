"""Row 8: refusals of a full session against a bare gRPC server that gives the same answer."""

from harness import booking
from harness.load import Echo
from harness.processes import Failed
from harness.row import Measurement, Row, of_rate, ratio

CLIENTS = 64
# Pupils who ask again and again, as pages are reloaded in a rush: their tokens are known by then.
PEOPLE = 1000
FULL = [booking.session_name(booking.FULL)]


def writes_nothing(samples):
    """Less than a byte of WAL a refusal: PostgreSQL writes some by itself, now and then."""
    return all(sample["wal_bytes"] < 1 for sample in samples)


class Refusals(Measurement):
    rows = (
        Row(number=8,
            what="refusals of a full session to 1,000 people, 64 clients",
            against="gRPC echo of the same bytes",
            unit="/s", figure_unit="×", floor=0.3, goal=0.6, value=of_rate, figure=ratio,
            also=writes_nothing),
    )

    def prepare(self):
        world = self.world
        world.booking.start()
        world.booking.reset()
        answer = world.folder / "refusal"
        world.bookings.record(world.booking.address, FULL, answer)
        self.echo = Echo(world.binaries, world.folder, answer)

    def close(self):
        self.echo.stop()
        self.world.booking.stop()

    def _refusals(self, address, **options):
        world = self.world
        report = world.bookings.run(address, FULL, world.warm_up, world.seconds, clients=CLIENTS,
                                again=True, people=PEOPLE, **options)
        if set(report["refused"]["reasons"]) != {"SESSION_FULL"}:
            raise Failed(f"refused otherwise than expected: {report['refused']['reasons']}")
        return report["refused"]

    def _ours(self, **options):
        world = self.world
        before = world.cluster.wal_position()
        counted = world.booking.counters().get("commands", 0)
        sample = self._refusals(world.booking.address, **options)
        written = world.cluster.wal_position() - before
        commands = world.booking.counters()["commands"] - counted
        return sample | {"wal_bytes": written / max(commands, 1)}

    def ours(self):
        return self._ours()

    def theirs(self):
        return self._refusals(self.echo.address)

    def at_half_load(self, rate):
        return self._ours(rate=rate / 2)
