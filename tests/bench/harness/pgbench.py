"""PostgreSQL by itself: pgbench, with each transaction timed."""

import os

from .processes import Failed, run


def quantile(ordered, share):
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Pgbench:
    def __init__(self, cluster, folder):
        self.cluster = cluster
        self.folder = folder

    def run(self, script, clients, warm_up, seconds, user="dm_booking", schema="booking"):
        """Runs a script in a closed loop; {rate, p50_ms, p99_ms, max_ms} of the measured time."""
        logs = self.folder / "pgbench-log"
        for old in self.folder.glob("pgbench-log*"):
            old.unlink()
        # Rows of people show themselves to who says on whose behalf it asks.
        environment = dict(os.environ,
                           PGOPTIONS=f"-c search_path={schema},public -c dm.access=service")
        run("pgbench", "-h", self.cluster.folder, "-U", user, "-n", "-M", "prepared",
            "-c", clients, "-j", min(clients, os.cpu_count()), "-T", int(warm_up + seconds + 4),
            "-D", "n=0", "-f", script, "--log", f"--log-prefix={logs}", self.cluster.database,
            env=environment)
        transactions = []
        for path in self.folder.glob("pgbench-log*"):
            for line in path.read_text().splitlines():
                words = line.split()
                if not words[2].isdigit():
                    raise Failed(f"a transaction of pgbench failed: {line}")
                transactions.append((int(words[4]) * 1_000_000 + int(words[5]), int(words[2])))
        if not transactions:
            raise Failed("pgbench finished no transaction")
        started = min(end - took for end, took in transactions)
        begin = started + warm_up * 1_000_000
        end = begin + seconds * 1_000_000
        took = sorted(t for at, t in transactions if begin <= at < end)
        if not took:
            # Each took longer than the short form measures: the whole run tells more.
            took = sorted(t for _, t in transactions)
            seconds = (max(at for at, _ in transactions) - started) / 1_000_000
        return {
            "rate": len(took) / seconds,
            "p50_ms": quantile(took, 0.5) / 1000,
            "p99_ms": quantile(took, 0.99) / 1000,
            "max_ms": (took[-1] if took else 0) / 1000,
        }

    def calibrate(self, seconds):
        """Transactions a second of a small write on a table of its own, with eight clients."""
        script = self.folder / "calibration.sql"
        if not script.exists():
            self.cluster.sql(
                "CREATE SCHEMA calibration; GRANT USAGE ON SCHEMA calibration TO dm_booking;"
                "CREATE TABLE calibration.accounts AS SELECT i AS id, 0 AS balance,"
                " repeat('x', 80) AS filler FROM generate_series(0, 99999) i;"
                "ALTER TABLE calibration.accounts ADD PRIMARY KEY (id);"
                "GRANT SELECT, UPDATE ON calibration.accounts TO dm_booking;"
                "VACUUM ANALYZE calibration.accounts"
            )
            script.write_text(
                "\\set id random(0, 99999)\n"
                "UPDATE accounts SET balance = balance + 1 WHERE id = :id;\n"
            )
        return self.run(script, 8, min(0.5, seconds), seconds, schema="calibration")["rate"]
