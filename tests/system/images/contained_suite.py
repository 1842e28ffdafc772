"""The suite out of its images, each process shut in as contain.py does it."""

import os
import pathlib
import re
import sys

import stage
from workshop import ROOT, SERVICES, USER, run

CONTAIN = pathlib.Path(__file__).parent / "contain.py"


class Contained:
    """Five services that speak mutual TLS, their database and their secrets. Goes when it is
    closed."""

    PASSWORD = "planted-password-of-the-database"
    # Where the processes find what is mounted.
    DATABASE, SECRETS = "/run/database", "/run/secrets"
    TLS = "/etc/destinationmetier/tls"

    def __init__(self, workshop, folder):
        self.workshop = workshop
        self.folder = folder
        folder.mkdir()
        folder.chmod(0o755)
        self.cluster = stage.Cluster(folder / "scratch")
        # The folder of its socket is for its own user alone.
        self.cluster.folder.chmod(0o755)
        socket = self.cluster.folder / ".s.PGSQL.5432"
        socket.chmod(0o777)
        self.cluster.sql("SET client_min_messages = warning;"
                         + (ROOT / "deploy/database/roles.sql").read_text(encoding="utf-8"))
        self._write_secrets()
        self._make_certificates()
        self.ports = {name: stage.free_address() for service in SERVICES
                      for name in (service, f"{service}-admin", f"{service}-health")}
        self.http = stage.free_address()
        self.processes = {}

    def _write_secrets(self):
        secrets = self.folder / "secrets"
        run(self.workshop.build_folder / "bin/dm-dev-issuer", "keys", "--folder", secrets)
        (secrets / "key.pem").unlink()
        (secrets / "page-token-key").write_text("k" * 64)
        (secrets / "password").write_text(self.PASSWORD)
        for path in (secrets, *secrets.iterdir()):
            os.chown(path, USER, USER)

    def _make_certificates(self):
        """A folder for each service, and `edge` for the door."""
        self.certificates = self.folder / "certificates"
        run(ROOT / "deploy/local/certificates", self.certificates)
        for folder, _, names in os.walk(self.certificates):
            for path in (folder, *(os.path.join(folder, name) for name in names)):
                os.chown(path, USER, USER)

    def command(self, image, program, *arguments, scratch=(), mounts=()):
        return [sys.executable, CONTAIN, self.workshop.root(image),
                "--mount", f"{self.cluster.folder}:{self.DATABASE}",
                "--mount", f"{self.folder}/secrets:{self.SECRETS}",
                *(word for pair in mounts for word in ("--mount", pair)),
                *(word for folder in scratch for word in ("--scratch", folder)),
                *(word for variable in self.workshop.config(image).get("Env", [])
                  for word in ("--env", variable)),
                "--", program, *arguments]

    def connection(self, user):
        return (f"host={self.DATABASE} port=5432 user={user} "
                f"dbname={self.cluster.database}")

    def migrate(self):
        for service in SERVICES:
            run(*self.command("migrations", f"/usr/local/bin/dm-{service}", "--migrate",
                              f"--database={self.connection(f'dm_{service}_owner')}"))

    def start(self, service):
        peers = re.findall(r"--(\w+)-address", run(*self.command(
            service, f"/usr/local/bin/dm-{service}", "--help")))
        options = [f"--listen={self.ports[service]}",
                   f"--admin-listen={self.ports[f'{service}-admin']}",
                   f"--health-listen={self.ports[f'{service}-health']}",
                   f"--tls-certificate-file={self.TLS}/tls.crt",
                   f"--tls-key-file={self.TLS}/tls.key",
                   f"--tls-authority-file={self.TLS}/ca.crt",
                   f"--jwks-file={self.SECRETS}/jwks.json",
                   f"--page-token-key-file={self.SECRETS}/page-token-key",
                   f"--database={self.connection(f'dm_{service}')}",
                   f"--database-password-file={self.SECRETS}/password",
                   *(f"--{peer}-address={self.ports[peer]}" for peer in peers
                     if peer in self.ports)]
        if service == "gateway":
            options.append(f"--http-listen={self.http}")
        if service == "notification":
            options.append("--smtp-url=smtp://127.0.0.1:1")
        self.processes[service] = stage.Process(
            self.folder / f"{service}.log",
            *self.command(service, f"/usr/local/bin/dm-{service}", *options,
                          mounts=[f"{self.certificates}/{service}:{self.TLS}"]))

    def start_all(self):
        for service in SERVICES:
            self.start(service)
        for service in SERVICES:
            self.processes[service].wait_until_ready(self.ports[f"{service}-admin"], 60)

    def status(self, service):
        """The fields of /proc/PID/status."""
        pid = self.processes[service].process.pid
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
        return {name: value.split() for name, value in (line.split(":", 1) for line in lines)}

    def close(self):
        for process in self.processes.values():
            process.stop()
        self.cluster.close()
