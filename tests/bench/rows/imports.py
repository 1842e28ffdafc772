"""Row 16: the whole official ROME export through the service into an empty database, against COPY of
the rows that come of it into the same tables."""

import graphlib
import json
import time

from harness.catalogue import Catalogue
from harness.processes import Failed, run
from harness.row import Measurement, Row

EMPTY = "rome_empty"
FILLED = "rome"

FOREIGN_KEYS = """
SELECT conrelid::regclass, confrelid::regclass FROM pg_constraint
WHERE contype = 'f' AND connamespace = 'catalogue'::regnamespace
"""
COLUMNS = """
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
WHERE attrelid = 'catalogue.{table}'::regclass AND attnum > 0 AND NOT attisdropped
  AND attgenerated = ''
"""


def seconds(sample):
    return sample["seconds"]


def in_order(tables, keys):
    """The tables, each after those that it refers to."""
    sorter = graphlib.TopologicalSorter({table: set() for table in tables})
    for table, referred in keys:
        if table in tables and referred in tables and table != referred:
            sorter.add(table, referred)
    return list(sorter.static_order())


class RomeImport(Measurement):
    rows = (
        Row(number=16,
            what="import of the whole ROME export into an empty database",
            against="COPY of the same rows into the same tables",
            unit="s", figure_unit="×", floor=10, goal=3, value=seconds,
            figure=lambda ours, theirs: ours / theirs,
            floor_unit="s", floor_figure=lambda ours, _: ours, less_is_better=True),
    )

    def __init__(self, world):
        super().__init__(world)
        self.service = None

    def prepare(self):
        world = self.world
        world.cluster.sql(f"CREATE DATABASE {EMPTY}", database="postgres")
        world.cluster.sql("SET client_min_messages = warning;" + world.roles, database=EMPTY)
        Catalogue(world.cluster, world.binaries, world.folder, world.keys, database=EMPTY).migrate()
        self.service = Catalogue(world.cluster, world.binaries, world.folder, world.keys, database=FILLED)
        self.token = world.folder / "operator-token"
        self.token.write_text(run(world.binaries / "dm-dev-issuer", "token", "--folder", world.keys,
                                  "--role", "operator", "--subject", "bench"))
        self.ours()
        self._dump()

    def close(self):
        if self.service is not None:
            self.service.stop()

    def _renew(self):
        """The database is empty again, and nobody is connected to it."""
        self.service.stop()
        self.world.cluster.sql(f"DROP DATABASE IF EXISTS {FILLED}", database="postgres")
        self.world.cluster.sql(f"CREATE DATABASE {FILLED} TEMPLATE {EMPTY};"
                               f"GRANT CONNECT, TEMPORARY ON DATABASE {FILLED} TO dm_catalogue;"
                               "CHECKPOINT", database="postgres")

    def ours(self):
        self._renew()
        self.service.start()
        started = time.monotonic()
        report = json.loads(run(
            self.world.binaries / "dm", "--address", self.service.address, "--token-file",
            self.token, "--json", "import", "rome", self.service.rome))
        took = time.monotonic() - started
        self.counts = {table: counts["read"] for table, counts in report.items()}
        added = sum(counts["added"] for counts in report.values())
        if added < len(report):
            raise Failed("the import added nothing")
        return self._sample(took)

    def _sample(self, took):
        rows = sum(self.counts.values())
        return {"seconds": took, "rate": rows / took, "p50_ms": took * 1000, "p99_ms": took * 1000}

    def _dump(self):
        """What the import made of the files becomes the script of the other side."""
        sql = self.world.cluster.sql
        keys = [tuple(name.removeprefix("catalogue.") for name in line.split("|"))
                for line in sql(FOREIGN_KEYS, database=FILLED).splitlines()]
        self.script = self.world.folder / "rome.sql"
        with open(self.script, "w", encoding="utf-8") as script:
            script.write("BEGIN;\n")
            for table in in_order(self.counts, keys):
                columns = sql(COLUMNS.format(table=table), database=FILLED)
                rows = run("psql", "-X", "-q", "-c",
                           f"COPY catalogue.{table} ({columns}) TO STDOUT",
                           self.world.cluster.connection("dm_catalogue", FILLED))
                script.write(f"COPY catalogue.{table} ({columns}) FROM STDIN;\n{rows}\\.\n")
            script.write("COMMIT;\n")

    def theirs(self):
        self._renew()
        started = time.monotonic()
        run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", self.script,
            self.world.cluster.connection("dm_catalogue", FILLED))
        return self._sample(time.monotonic() - started)
