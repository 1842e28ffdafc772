"""Row 3: an offer read by its key, against a bare gRPC server that gives one offer, and PostgreSQL
that runs the same statement: whichever is slower."""

import re

from harness import statements
from harness.catalogue import GET_OFFER, OFFER_PREFIX, UNCACHED, offer_id
from harness.load import Echo
from harness.processes import Failed
from harness.row import Measurement, Row, of_rate, ratio

CLIENTS = 64
OFFERS = 100_000
# More make pgbench slower: its threads and PostgreSQL's share the cores.
PGBENCH_CLIENTS = 8


def to_script(sql, detail, count):
    """The statement for a random one of the first offers."""
    key = f"('{{{OFFER_PREFIX}' || lpad(to_hex(:number::bigint), 12, '0') || '}}')"

    def value(match):
        text = parameters[int(match.group(1))]
        if text is None:
            return "NULL"
        return key if OFFER_PREFIX in text else statements.quote(text)

    parameters = statements.parameters_of({"detail": detail})
    if not any(OFFER_PREFIX in (text or "") for text in parameters.values()):
        raise Failed("the statement names no offer")
    return f"\\set number random(0, {count - 1})\n" + re.sub(r"\$(\d+)", value, sql) + ";\n"


class ReadByKey(Measurement):
    rows = (
        Row(number=3,
            what="offer read by a random key of 100,000, 64 clients",
            against="the slower of a gRPC echo and pgbench with the same statement, 8 clients",
            unit="/s", figure_unit="×", floor=0.6, goal=0.85, value=of_rate, figure=ratio),
    )

    def prepare(self):
        world = self.world
        offers = 1_000 if world.short else OFFERS
        world.catalogue.grow(offers)
        sql, detail = world.catalogue.record_read(world.load)
        self.script = world.folder / "offer.sql"
        self.script.write_text(to_script(sql, detail, offers))
        self.requests = [{"name": f"offers/{offer_id(number)}"}
                         for number in world.catalogue.published(offers)]
        world.catalogue.start(UNCACHED)
        self.echo = Echo(world.binaries, world.folder, world.folder / "offer", GET_OFFER)

    def close(self):
        self.echo.stop()
        self.world.catalogue.stop()

    def _load(self, address, **options):
        world = self.world
        report = world.load.call(address, GET_OFFER, self.requests, world.warm_up, world.seconds,
                                 clients=CLIENTS, **options)
        if report["refused"]["count"]:
            raise Failed(f"reads were refused: {report['refused']['reasons']}")
        return report["answered"]

    def ours(self):
        return self._load(self.world.catalogue.address)

    def theirs(self):
        world = self.world
        echo = self._load(self.echo.address)
        postgresql = world.pgbench.run(self.script, PGBENCH_CLIENTS, world.warm_up, world.seconds,
                                       user="dm_catalogue", schema="catalogue")
        return min(echo, postgresql, key=of_rate) | {"echo": echo["rate"],
                                                     "pgbench": postgresql["rate"]}

    def at_half_load(self, rate):
        return self._load(self.world.catalogue.address, rate=rate / 2)
