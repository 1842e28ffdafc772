"""The door before the real gateway and catalogue, and who calls and attacks it."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "bench"))

from harness.catalogue import SEARCH_OFFERS, Catalogue  # noqa: E402
from harness.cluster import Cluster  # noqa: E402
from harness.gateway import Gateway  # noqa: E402
from harness.load import Load  # noqa: E402
from harness.processes import Failed, Process, free_address, run  # noqa: E402

DOOR = ROOT / "deploy" / "nginx"
NGINX = "/usr/sbin/nginx"

# For who measures how much the door can do: the attackers come from the same machine as all others.
NO_LIMITS = "# none\n"


class Door:
    """nginx with the files of deploy/nginx, and a place of its own."""

    def __init__(self, folder, grpc, http, limits=None, tls=None, plain=""):
        """`tls`: lines for gRPC towards the gateway, where it is not in plain text; `plain`: more
        lines for the port in plain text."""
        self.folder = folder
        folder.mkdir()
        # nginx's workers are nobody, and have to reach what is below.
        folder.chmod(0o755)
        self.address, self.plain_address = free_address(), free_address()
        self.conf = folder / "conf"
        shutil.copytree(DOOR, self.conf)
        self.authority_file = self.conf / "authority.pem"
        self._make_certificate()
        self._write_place(grpc, http, limits, tls, plain)
        (folder / "run").mkdir()
        self.log = folder / "door.log"
        self.process = Process(self.log, NGINX, "-e", "stderr", "-p", folder / "run", "-c",
                               self.conf / "nginx.conf")
        self.process.wait_until_listening(self.address)

    def renew_certificate(self):
        """As cert-manager does, under the process that runs."""
        self._make_certificate()

    def _make_certificate(self):
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=door", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
            "-keyout", self.conf / "tls.key", "-out", self.authority_file)
        # The workers read it at each handshake.
        (self.conf / "tls.key").chmod(0o644)

    def _write_place(self, grpc, http, limits, tls, plain):
        place = self.conf / "place"
        (place / "gateway.conf").write_text(
            f"upstream gateway_grpc {{ server {grpc}; keepalive 64; }}\n"
            f"upstream gateway_http {{ server {http}; keepalive 256; keepalive_timeout 45s; }}\n"
            f'map "" $gateway_grpc {{ default {"grpcs" if tls else "grpc"}://gateway_grpc; }}\n'
            + (tls or ""))
        (place / "listen.conf").write_text(
            f"listen {self.address} ssl http2 backlog=4096;\nserver_name _;\n"
            "ssl_certificate authority.pem$anew;\nssl_certificate_key tls.key$anew;\n")
        (place / "plain.conf").write_text(f"listen {self.plain_address};\n{plain}")
        if limits is not None:
            (place / "limits.conf").write_text(limits)

    def log_text(self):
        return self.log.read_text(encoding="utf-8")

    def calls(self):
        """What its log says of each call."""
        return [json.loads(line) for line in self.log_text().splitlines() if line.startswith("{")]

    def pids(self):
        """Of the master and its workers."""
        master = self.process.process.pid
        children = pathlib.Path(f"/proc/{master}/task/{master}/children").read_text()
        return [master, *(int(pid) for pid in children.split())]

    def connections(self):
        """How many it holds on its public port, from what its workers have open."""
        inodes = set()
        for pid in self.pids():
            for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
                try:
                    inodes.add(str(entry.readlink()))
                except OSError:
                    continue
        port = f"{int(self.address.split(':')[1]):04X}"
        rows = pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]
        ours = (row.split() for row in rows)
        # Established, on this port, and somebody's.
        return sum(1 for row in ours if row[3] == "01" and row[1].endswith(f":{port}")
                   and f"socket:[{row[9]}]" in inodes)

    def cap(self):
        """The most connections that it holds, from its own settings."""
        text = (self.conf / "nginx.conf").read_text()
        return (int(re.search(r"^worker_processes (\d+);", text, re.MULTILINE).group(1))
                * int(re.search(r"worker_connections (\d+);", text).group(1)))

    def stop(self):
        self.process.stop()


class Stage:
    """Everything that the tests of the door share. Goes when it is closed."""

    def __init__(self, binaries, offers=200):
        self.binaries = binaries
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="dm-door-"))
        self.folder.chmod(0o755)
        self.closing = [lambda: shutil.rmtree(self.folder, ignore_errors=True)]
        self.doors = 0
        try:
            self._set_up(offers)
        except BaseException:
            self.close()
            raise

    def _set_up(self, offers):
        cluster = Cluster(self.folder)
        self.closing.append(cluster.close)
        self.keys = self.folder / "keys"
        run(self.binaries / "dm-dev-issuer", "keys", "--folder", self.keys)
        (self.folder / "page-token-key").write_text("k" * 64)
        cluster.sql("SET client_min_messages = warning;"
                    + (ROOT / "deploy" / "database" / "roles.sql").read_text(encoding="utf-8"))
        self.catalogue = Catalogue(cluster, self.binaries, self.folder, self.keys)
        self.closing.append(self.catalogue.stop)
        self.catalogue.fill()
        self.catalogue.grow(offers)
        self.catalogue.start()
        self.gateway = Gateway(self.binaries, self.folder, self.keys)
        self.closing.append(self.gateway.stop)
        self.http = self.start_gateway()
        self.load = Load(self.binaries, self.folder)

    def start_gateway(self, *options):
        """Starts it anew; the address of its HTTP face."""
        http = free_address()
        self.gateway.start(self.catalogue.address, f"--http-listen={http}",
                           "--trusted-proxies=127.0.0.1", *options)
        return http

    def open_door(self, **options):
        self.doors += 1
        door = Door(self.folder / f"door-{self.doors}", options.pop("grpc", self.gateway.address),
                    options.pop("http", self.http), **options)
        self.closing.append(door.stop)
        return door

    def token(self, role, *options):
        return run(self.binaries / "dm-dev-issuer", "token", "--folder", self.keys, "--role", role,
                   *options).strip()

    def callers(self, target, seconds, rate=0, clients=8, authority_file=None, warm_up=0.5):
        """What callers of gRPC get: a report of dm-bench-load."""
        requests = self.folder / "searches"
        requests.write_text(json.dumps({"departments": ["61"]}) + "\n")
        return json.loads(run(*self._load_command(target, seconds, rate, clients, authority_file,
                                                  warm_up, requests)))

    def _load_command(self, target, seconds, rate, clients, authority_file, warm_up, requests):
        return [self.binaries / "dm-bench-load", "run", "--target", target,
                "--method", SEARCH_OFFERS, "--requests", requests, "--clients", clients,
                "--connections", min(clients, 4), "--rate", int(rate),
                "--warm-up", f"{int(warm_up * 1000)}ms", "--duration", f"{int(seconds * 1000)}ms",
                *(["--authority-file", authority_file] if authority_file else [])]

    def service_pids(self):
        return {"gateway": self.gateway.process.process.pid,
                "catalogue": self.catalogue.process.process.pid}

    def close(self):
        for step in reversed(self.closing):
            step()
        self.closing = []


class Attack:
    """The attacker as a process of its own, so that it shares no lock with who measures."""

    def __init__(self, what, address, authority_file=None, **options):
        command = ["/usr/bin/python3", str(ROOT / "tests" / "edge" / "attacker"), what,
                   "--address", address]
        if authority_file:
            command += ["--authority-file", str(authority_file)]
        for name, value in options.items():
            command += [f"--{name}", str(value)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True)

    def wait_until_held(self):
        """How many connections a crowd holds as soon as all are there."""
        line = self.process.stdout.readline()
        if not line:
            raise Failed(f"the attacker failed: {self.process.stderr.read()[-2000:]}")
        return json.loads(line)["held"]

    def finish(self):
        out, err = self.process.communicate(timeout=180)
        if self.process.returncode != 0:
            raise Failed(f"the attacker failed: {err[-2000:]}")
        return json.loads(out.splitlines()[-1])

    def stop(self):
        self.process.kill()
        self.process.communicate()


class Memory:
    """How much more the processes held at most than when this began, in MiB."""

    def __init__(self, pids):
        self.pids = pids
        self.before = {}
        for name, pid in pids.items():
            # The most from now on.
            pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")
            self.before[name] = self._kib(pid, "VmRSS")

    @staticmethod
    def _kib(pid, field):
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+) kB", status, re.MULTILINE).group(1))

    def growth(self):
        return {name: round((self._kib(pid, "VmHWM") - self.before[name]) / 1024, 1)
                for name, pid in self.pids.items()}
