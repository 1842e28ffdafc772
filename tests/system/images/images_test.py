#!/usr/bin/python3
"""The images of deploy/docker: what is in them, and the whole suite running out of them."""

import hashlib
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import unittest
import urllib.request

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[3]
for part in ("edge", "support"):
    sys.path.insert(0, str(ROOT / "tests" / part))

import case_report  # noqa: E402
import http2  # noqa: E402
import stage  # noqa: E402
from contained_suite import CONTAIN, Contained  # noqa: E402
from workshop import IMAGES, REVISION, SERVICES, USER, VERSION, Workshop, run  # noqa: E402

# Taken out: the services refuse variables that they do not know.
BUILD = pathlib.Path(os.environ.pop("DM_BUILD_DIR", ROOT / "build" / "dev"))
# Packages that are asked for and bring data, not libraries.
DATA = {"ca-certificates", "tzdata", "fonts-liberation2"}

workshop = None


def setUpModule():  # noqa: N802
    global workshop
    case_report.need({"buildah": shutil.which("buildah"), "mmdebstrap": shutil.which("mmdebstrap"),
                      "nginx": shutil.which(stage.NGINX), "root": os.geteuid() == 0})
    workshop = Workshop(BUILD)
    try:
        workshop.make_base()
        from_source = os.environ.get("DM_IMAGES_FROM_SOURCE") == "true"
        workshop.build(binaries=None if from_source else workshop.collect())
    except BaseException:
        workshop.close()
        raise


def tearDownModule():  # noqa: N802
    if workshop is not None:
        workshop.close()


def files_of(image):
    root = workshop.root(image)
    for folder, _, names in os.walk(root):
        for name in names:
            path = pathlib.Path(folder) / name
            if stat.S_ISREG(path.lstat().st_mode):
                yield path, path.relative_to(root)


def packages(root):
    text = run("dpkg-query", "--admindir", root / "var/lib/dpkg", "-W", "-f",
               "${Package} ${Version}\n")
    return dict(line.split(" ") for line in text.splitlines())


def asked_for(root):
    """Packages that were named, not brought along."""
    states = (root / "var/lib/apt/extended_states").read_text(encoding="utf-8")
    brought = {fields["Package"] for fields in
               (dict(line.split(": ", 1) for line in paragraph.splitlines())
                for paragraph in states.strip().split("\n\n"))
               if fields.get("Auto-Installed") == "1"}
    return set(packages(root)) - brought


def needed_libraries(program):
    text = run("readelf", "--dynamic", program)
    return set(re.findall(r"\(NEEDED\).*\[(.+)\]", text))


class ContentTest(unittest.TestCase):
    def test_each_says_what_it_is_and_runs_as_nobody(self):
        for image in IMAGES:
            with self.subTest(image):
                config = workshop.config(image)
                labels = config["Labels"]
                self.assertEqual(labels["org.opencontainers.image.version"], VERSION)
                self.assertEqual(labels["org.opencontainers.image.revision"], REVISION)
                self.assertTrue(labels["org.opencontainers.image.title"])
                self.assertEqual(config["User"], f"{USER}:{USER}")
                entry = config.get("Entrypoint", [])
                self.assertEqual(bool(entry), image != "migrations")
                if entry:
                    self.assertTrue((workshop.root(image) / entry[0].lstrip("/")).is_file())

    def test_nothing_in_them_gives_rights(self):
        for image in IMAGES:
            with self.subTest(image):
                rights = [str(name) for path, name in files_of(image)
                          if path.lstat().st_mode & (stat.S_ISUID | stat.S_ISGID)
                          or "security.capability" in os.listxattr(path)]
                self.assertEqual(rights, [])
                writable = [str(name) for path, name in files_of(image)
                            if path.lstat().st_uid == USER or path.lstat().st_mode & stat.S_IWOTH]
                self.assertEqual(writable, [])

    def test_nothing_is_left_of_how_they_were_made(self):
        unwanted = re.compile(
            r"(.*/)?(\.\w*history|\.netrc|\.npmrc|\.git|CMakeLists\.txt|[^/]+\.(cc|proto|key|a))"
            r"|root/.*|tmp/.*|var/log/.*|var/lib/apt/lists/.*|var/cache/apt/.*|.*bin/"
            r"(gcc|g\+\+|cc|c\+\+|ld|as|make|ninja|cmake|node|npm|python3|git|curl|wget)(-\d+)?")
        # What Debian itself puts into the home folder of root.
        skeleton = {"root/.bashrc", "root/.profile"}
        for image in IMAGES:
            with self.subTest(image):
                # An empty one is a lock.
                left = [str(name) for path, name in files_of(image)
                        if unwanted.fullmatch(str(name)) and str(name) not in skeleton
                        and path.lstat().st_size > 0]
                self.assertEqual(left, [])
                development = {name for name in packages(workshop.root(image))
                               if name.endswith("-dev") or name.startswith(("gcc", "g++", "cpp"))}
                self.assertEqual(development - {"gcc-12-base"}, set())

    def test_no_secret_is_in_them(self):
        private = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{20}")
        for image in IMAGES:
            with self.subTest(image):
                found = [str(name) for path, name in files_of(image)
                         if path.stat().st_size < 1 << 20 and private.search(path.read_bytes())]
                self.assertEqual(found, [])
                config = json.dumps(workshop.config(image)).lower()
                for word in ("password", "token", "secret"):
                    self.assertNotIn(word, config)

    def test_each_package_that_is_asked_for_is_used(self):
        base = workshop.buildah("from", "--pull-never", "debian:bookworm-slim")
        before = asked_for(pathlib.Path(workshop.buildah("mount", base)))
        for image in (*SERVICES, "cli"):
            with self.subTest(image):
                root = workshop.root(image)
                [program] = (root / "usr/local/bin").glob("dm*")
                needed = needed_libraries(program)
                for package in asked_for(root) - before - DATA:
                    listed = (root / "var/lib/dpkg/info").glob(f"{package}*.list")
                    names = {pathlib.Path(line).name for file in listed
                             for line in file.read_text().splitlines()}
                    self.assertTrue(names & needed, package)

    def test_the_bill_of_materials_names_everything(self):
        for image in IMAGES:
            with self.subTest(image):
                root = workshop.root(image)
                text = (workshop.folder / "sboms" / f"{image}.cdx.json").read_text(encoding="utf-8")
                bill = json.loads(text)
                self.assertEqual((bill["bomFormat"], bill["specVersion"]), ("CycloneDX", "1.5"))
                self.assertEqual(bill["metadata"]["component"]["version"], VERSION)
                components = {part["bom-ref"]: part for part in bill["components"]}
                self.assertEqual(len(components), len(bill["components"]))
                debian = {part["name"]: part["version"] for part in components.values()
                          if "distro=" in part["purl"]}
                self.assertEqual(debian, packages(root))
                programs = {part["name"]: part["hashes"][0]["content"]
                            for part in components.values() if part["type"] == "application"}
                self.assertEqual(programs, {
                    path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                    for path in (root / "usr/local/bin").glob("*")})
                again = run(ROOT / "deploy/docker/sbom", root, "--name", image,
                            "--version", VERSION, "--revision", REVISION)
                self.assertEqual(again, text)

    def test_the_sizes(self):
        """Printed, for who wonders; bounded, for who adds a package without looking."""
        for image in IMAGES:
            size = sum(path.lstat().st_size for path, _ in files_of(image)) / 1e6
            print(f"{image}: {size:.0f} MB", flush=True)
            self.assertLess(size, 700, image)


class BuildTest(unittest.TestCase):
    def test_an_unknown_image_is_refused(self):
        done = subprocess.run([ROOT / "deploy/docker/build", "bookings"], capture_output=True,
                              text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("no image is called 'bookings'", done.stderr)


class RunningTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = Contained(workshop, workshop.folder / "running")
        cls.addClassCleanup(cls.suite.close)
        cls.suite.migrate()
        cls.suite.start_all()

    def test_every_service_answers_health(self):
        for service in SERVICES:
            with self.subTest(service):
                self.assertEqual(http2.call(self.suite.ports[f"{service}-health"],
                                            "/grpc.health.v1.Health/Check"), b"\x08\x01")

    def test_they_run_as_nobody_with_nothing_to_gain(self):
        for service in SERVICES:
            with self.subTest(service):
                status = self.suite.status(service)
                self.assertEqual(status["Name"], [f"dm-{service}"])
                self.assertEqual(set(status["Uid"] + status["Gid"]), {str(USER)})
                self.assertEqual(status["Groups"], [])
                for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
                    self.assertEqual(int(status[kind][0], 16), 0, kind)
                self.assertEqual((status["NoNewPrivs"], status["Seccomp"]), (["1"], ["2"]))

    def test_their_root_file_system_is_read_only_and_all_they_see(self):
        for service in SERVICES:
            with self.subTest(service):
                process = pathlib.Path(f"/proc/{self.suite.processes[service].process.pid}")
                mounts = [line.split() for line in (process / "mountinfo").read_text().splitlines()]
                root = [mount for mount in mounts if mount[4] == "/"][-1]
                self.assertIn("ro", root[5].split(","))
                written = [mount[4] for mount in mounts if "rw" in mount[5].split(",")]
                self.assertLessEqual(set(written), {"/dev", "/proc"})

    def test_no_secret_is_in_their_environment_or_command_line(self):
        for service in SERVICES:
            with self.subTest(service):
                process = pathlib.Path(f"/proc/{self.suite.processes[service].process.pid}")
                for name in ("environ", "cmdline"):
                    text = (process / name).read_bytes().decode()
                    self.assertNotIn(self.suite.PASSWORD, text)
                    self.assertNotIn("k" * 64, text)
                self.assertNotIn(self.suite.PASSWORD,
                                 (self.suite.folder / f"{service}.log").read_text())

    def test_people_are_served(self):
        for path, kind in (("/", "text/html"), ("/v1/offers:search", "application/json")):
            with self.subTest(path):
                url = f"http://{self.suite.http}{path}"
                with urllib.request.urlopen(url, timeout=10) as answer:
                    self.assertIn(kind, answer.headers["Content-Type"])

    def _open_door(self):
        """The door out of its image with the place that it has, but for addresses: (its address, a
        folder with its authority, its output)."""
        folder = self.suite.folder / "door"
        shutil.copytree(stage.DOOR / "place", folder / "place")
        (folder / "tls").mkdir()
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
            "/CN=door", "-addext", "subjectAltName=IP:127.0.0.1",
            "-keyout", folder / "tls/tls.key", "-out", folder / "tls/tls.crt")
        os.chown(folder / "tls/tls.key", USER, USER)
        address = stage.free_address()
        for name, old, new in (
                ("listen", "listen 8443", f"listen {address}"),
                ("plain", "listen 8081", f"listen {stage.free_address()}"),
                ("gateway", "server gateway:9090", f"server {self.suite.ports['gateway']}"),
                ("gateway", "server gateway:8080", f"server {self.suite.http}")):
            file = folder / "place" / f"{name}.conf"
            text = file.read_text(encoding="utf-8")
            self.assertIn(old, text)
            file.write_text(text.replace(old, new), encoding="utf-8")
        # A pipe, as container engines give it.
        door = subprocess.Popen(
            [str(word) for word in self.suite.command(
                "door", *workshop.config("door")["Entrypoint"], scratch=["/run/door"],
                mounts=[f"{folder}/place:/etc/door/place", f"{folder}/tls:/etc/door/tls",
                        f"{self.suite.certificates}/edge:{self.suite.TLS}"])],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(door.stdout.close)
        self.addCleanup(door.wait)
        self.addCleanup(door.terminate)
        return address, folder / "tls", door

    def test_people_and_programs_are_served_through_the_door(self):
        address, tls, door = self._open_door()
        for path in ("/v1/offers:search", "/"):
            done = subprocess.run(
                ["curl", "-sS", "--retry", "20", "--retry-connrefused", "--retry-delay", "1",
                 "--cacert", tls / "tls.crt", f"https://{address}{path}"],
                capture_output=True, text=True, timeout=60)
            if done.returncode != 0:
                door.terminate()
                self.fail(done.stderr + door.communicate()[0])
        # gRPC: the client out of its image, through the door, which is `edge` to the gateway.
        told = run(*self.suite.command(
            "cli", "/usr/local/bin/dm", "--address", f"https://{address}",
            "--authority-file", "/run/tls/tls.crt", "--json", "search", "offers",
            mounts=[f"{tls}:/run/tls"]))
        self.assertIn("offers", json.loads(told))
        door.terminate()
        calls = [json.loads(line) for line in door.communicate()[0].splitlines()]
        self.assertEqual([(call["route"], call["status"], call["grpc_status"]) for call in calls],
                         [("/v1/offers/...", 200, ""), ("/", 200, ""),
                          ("/destinationmetier.catalogue.v1.CatalogueService/SearchOffers", 200,
                           "0")])


class ContainTest(unittest.TestCase):
    """That what shuts the processes in does: the same questions with what must not work."""

    def attempt(self, *program):
        return subprocess.run([sys.executable, CONTAIN, workshop.root("cli"), "--", *program],
                              capture_output=True, text=True)

    def test_there_is_no_shell(self):
        self.assertNotEqual(self.attempt("/bin/sh", "-c", "true").returncode, 0)
        self.assertEqual(self.attempt("/bin/true").returncode, 0)

    def test_nothing_can_be_written(self):
        for path in ("/file", "/tmp/file", "/usr/local/bin/file"):
            with self.subTest(path):
                done = self.attempt("/usr/bin/touch", path)
                self.assertIn("Read-only file system", done.stderr)

    def test_nothing_can_be_mounted_or_unshared(self):
        for program in (("/usr/bin/unshare", "--user", "/bin/true"),
                        ("/usr/bin/mount", "-t", "tmpfs", "none", "/mnt")):
            with self.subTest(program[0]):
                self.assertNotEqual(self.attempt(*program).returncode, 0)


if __name__ == "__main__":
    case_report.main("system_images")
