"""A PostgreSQL cluster of the benchmark's own, on disk, with the settings that keep what was
acknowledged."""

import json
import os
import pathlib
import subprocess
import tempfile

from .processes import Failed, run

SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
unix_socket_permissions = 0700
fsync = on
synchronous_commit = on
full_page_writes = on
max_connections = 300
shared_buffers = 512MB
max_wal_size = 4GB
jit = off
timezone = 'UTC'
log_min_messages = warning
logging_collector = on
log_destination = 'jsonlog'
log_directory = 'log'
log_filename = 'server'
log_rotation_age = 0
log_rotation_size = 0
"""


def binaries():
    """The folder of initdb, postgres and pgbench's server side, which Debian keeps out of PATH."""
    found = sorted(
        pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]),
    )
    if not found:
        raise Failed("PostgreSQL is not installed")
    return found[-1].parent


class Cluster:
    """Goes, with all that is in it and with the folder `scratch`, when the benchmark ends, however
    that ends."""

    database = "destinationmetier"

    def __init__(self, scratch):
        # Short: the path of a Unix socket has at most 107 bytes.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="dm-bench.", dir="/var/tmp"))
        self.data = self.folder / "data"
        # PostgreSQL refuses to run as root.
        self.as_user = (
            ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
            if os.geteuid() == 0
            else []
        )
        self._start_keeper(scratch)
        if self.as_user:
            run("chown", "postgres:postgres", self.folder)
        self._pg("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                 "--locale=C.UTF-8", "--data-checksums", "--no-instructions")
        settings = self.folder / "settings"
        settings.write_text(SETTINGS.format(folder=self.folder))
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as configuration:
            configuration.write(settings.read_text())
        self._pg("pg_ctl", "-D", self.data, "-l", self.data / "start.log", "-w", "start")
        self.sql(f"CREATE DATABASE {self.database}", database="postgres")

    def _pg(self, program, *arguments):
        # initdb and pg_ctl want a working folder that their user can enter.
        return run(*self.as_user, binaries() / program, *arguments, cwd="/")

    def _start_keeper(self, scratch):
        """A shell that waits for the benchmark's end, then stops the cluster and removes it."""
        stop = " ".join([*self.as_user, str(binaries() / "pg_ctl"), "-D", str(self.data)])
        script = (f"cat >/dev/null; {stop} -m immediate -w stop >/dev/null 2>&1;"
                  f" rm -rf {self.folder} {scratch}")
        self.keeper = subprocess.Popen(
            ["/bin/sh", "-c", script], stdin=subprocess.PIPE, start_new_session=True, cwd="/"
        )

    def close(self):
        self.keeper.stdin.close()
        self.keeper.wait()

    def connection(self, user="postgres", database=None):
        return f"host={self.folder} port=5432 user={user} dbname={database or self.database}"

    def sql(self, text, database=None):
        """Runs statements as superuser; what they return, a line a row, columns split by "|"."""
        return run("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.folder,
                   "-U", "postgres", "-d", database or self.database, "-f", "-",
                   input=text).strip()

    def wal_position(self):
        """Bytes of write-ahead log since the cluster was made."""
        return int(self.sql("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"))

    def log_entries(self):
        """What the server logged so far."""
        with open(self.data / "log" / "server.json", encoding="utf-8") as log:
            return [json.loads(line) for line in log if line.strip().endswith("}")]

    def version(self):
        return self.sql("SHOW server_version")
