"""Rows 5, 6 and 7: bookings through the service against the same statements in one transaction each
by pgbench, with 64 clients on both sides."""

from harness import booking, statements
from harness.processes import Failed
from harness.row import Measurement, Row, of_p99, of_rate, ratio

CLIENTS = 64


class Bookings(Measurement):
    # Which sessions, for the service and for statements.to_script.
    sessions = ()
    script = ""

    def prepare(self):
        world = self.world
        path = world.folder / f"{self.script}.sql"
        path.write_text(
            statements.to_script(world.transaction, self.script, world.people // CLIENTS))
        self.path = path
        self.world.booking.start()

    def close(self):
        self.world.booking.stop()

    def _load(self, **options):
        world = self.world
        world.booking.reset()
        before = world.booking.counters()
        report = world.bookings.run(world.booking.address, self.sessions, world.warm_up,
                                world.seconds, **options)
        if report["refused"]["count"]:
            raise Failed(f"bookings were refused: {report['refused']['reasons']}")
        made, agree = world.booking.bookings()
        if not agree or made < report["answered"]["count"]:
            raise Failed(f"{report['answered']['count']} bookings answered, {made} in the tables")
        after = world.booking.counters()
        batches = after["batches"] - before.get("batches", 0)
        commands = after["commands"] - before.get("commands", 0)
        return report["answered"] | {"batch": commands / max(batches, 1),
                                     "exhausted": report["exhausted"]}

    def ours(self):
        return self._load(clients=CLIENTS)

    def at_half_load(self, rate):
        return self._load(rate=rate / 2, clients=CLIENTS)

    def theirs(self):
        world = self.world
        world.booking.reset()
        sample = world.pgbench.run(self.path, CLIENTS, world.warm_up, world.seconds)
        _, agree = world.booking.bookings()
        if not agree:
            raise Failed("pgbench's bookings and seats do not agree")
        return sample


class HotSession(Bookings):
    sessions = [booking.session_name(booking.HOT)]
    script = "hot"
    rows = (
        Row(number=5,
            what="bookings on one hot session, 64 clients",
            against="pgbench, the same statements one transaction each, 64 clients",
            unit="/s", figure_unit="×", floor=4, goal=15, value=of_rate, figure=ratio),
        Row(number=6,
            what="the same, p99",
            against="pgbench, the same",
            unit="ms", figure_unit="ms", floor=50, goal=15, value=of_p99,
            figure=lambda ours, theirs: ours, less_is_better=True),
    )


class ManySessions(Bookings):
    sessions = [booking.session_name(booking.FIRST_OF_MANY + i) for i in range(booking.MANY)]
    script = "many"
    rows = (
        Row(number=7,
            what="bookings over 1,000 sessions, 64 clients",
            against="pgbench, the same statements one transaction each, 64 clients",
            unit="/s", figure_unit="×", floor=0.8, goal=2, value=of_rate, figure=ratio),
    )
