"""What reaches the gateway through the door, in each form, and what does not."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile

import stage
from door_case import SEARCH, DoorCase
from web import curl, plain_get


class FacesTest(DoorCase):
    def test_the_files_of_a_deployment_are_understood(self):
        """As they are in the image; only what a place has to bring is brought."""
        with tempfile.TemporaryDirectory() as folder:
            conf = pathlib.Path(folder) / "conf"
            shutil.copytree(stage.DOOR, conf)
            for name in ("listen.conf", "gateway.conf"):
                text = (conf / "place" / name).read_text()
                text = re.sub(r"/etc/\w+/tls/(tls|ca)\.crt", str(self.door.authority_file), text)
                text = re.sub(r"/etc/\w+/tls/tls\.key", str(self.door.conf / "tls.key"), text)
                text = text.replace("server gateway:", "server 127.0.0.1:")
                (conf / "place" / name).write_text(text)
            run = pathlib.Path(folder) / "run"
            run.mkdir()
            done = subprocess.run([stage.NGINX, "-t", "-e", "stderr", "-p", run, "-c",
                                   conf / "nginx.conf"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("warn", done.stderr)

    def test_grpc_over_tls(self):
        report = self.stage.callers(self.door.address, 0.5, rate=50, warm_up=0.1,
                                authority_file=self.door.authority_file)
        self.assertGreater(report["answered"]["count"], 0)
        self.assertEqual(report["refused"]["count"], 0, report)

    def test_the_command_line_client_wants_to_know_whom_it_talks_to(self):
        def search(*options):
            return subprocess.run(
                [self.stage.binaries / "dm", "--address", f"https://{self.door.address}", *options,
                 "search", "offers", "--limit", "1"], capture_output=True, text=True, timeout=60)

        trusting = search("--authority-file", self.door.authority_file)
        self.assertEqual(trusting.returncode, 0, trusting.stderr)
        # The system does not know the authority of this door.
        self.assertEqual(search().returncode, 3)
        self.assertEqual(search("--authority-file", self.door.conf / "tls.key").returncode, 2)

    def test_http_and_the_browsers_forms_of_rpc(self):
        search = "/v1/offers:search?page_size=1"
        for version in ("--http1.1", "--http2"):
            with self.subTest(version):
                status, _, body = curl(self.door, search, version)
                self.assertEqual(status, 200)
                self.assertEqual(len(json.loads(body)["offers"]), 1)
        for content_type, body in (("application/json", b'{"pageSize":1}'),
                                   ("application/proto", b""),
                                   ("application/grpc-web+proto", b"\0\0\0\0\0")):
            with self.subTest(content_type):
                file = self.stage.folder / "body"
                file.write_bytes(body)
                status, headers, _ = curl(self.door, SEARCH, "--data-binary", f"@{file}", "-H",
                                          f"Content-Type: {content_type}")
                self.assertEqual((status, headers["content-type"]), (200, [content_type]))

    def test_health_and_reflection_are_for_those_inside(self):
        for path in ("/grpc.health.v1.Health/Check",
                     "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"):
            with self.subTest(path):
                status, headers, _ = curl(self.door, path, "-d", "x", "-H",
                                          "Content-Type: application/grpc")
                self.assertEqual((status, headers["grpc-status"]), (200, ["12"]))

    def test_in_plain_text_there_is_the_way_to_tls_and_nothing_else(self):
        self.assertEqual(plain_get(self.door, "/healthz")[0], 200)
        status, headers = plain_get(self.door, "/offres?x=1", Host="example.fr")
        self.assertEqual((status, headers["Location"]), (308, "https://example.fr/offres?x=1"))
        self.assertEqual(plain_get(self.door, "/offres", Authorization="Bearer x")[0], 403)

    def test_in_plain_text_programs_are_not_shown_the_way_to_tls(self):
        for path in ("/v1/offers:search", SEARCH, "/openapi.json", "/grpc.health.v1.Health/Check"):
            with self.subTest(path):
                status, headers = plain_get(self.door, path)
                self.assertEqual((status, headers["Location"]), (403, None))
