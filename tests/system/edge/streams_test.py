"""Uploads through the door."""

import re
import subprocess

import stage
from door_case import ROOT, DoorCase


class StreamsTest(DoorCase):
    """Methods whose callers send a stream are not bound to the size of one message."""

    def _route(self):
        text = (stage.DOOR / "routes.conf").read_text()
        return re.search(r"location ~ (\S+) \{\n  client_max_body_size 0;", text).group(1)

    def test_the_route_is_of_those_that_are_there_and_of_no_other(self):
        route = re.compile(self._route())
        methods = {}
        for path in (ROOT / "protos").rglob("*.proto"):
            text = path.read_text(encoding="utf-8")
            package = re.search(r"^package ([\w.]+);", text, re.MULTILINE).group(1)
            for service, body in re.findall(r"^service (\w+) \{(.*?)^\}", text,
                                            re.MULTILINE | re.DOTALL):
                for method, stream in re.findall(r"rpc (\w+)\((stream )?", body):
                    methods[f"/{package}.{service}/{method}"] = bool(stream)
        self.assertIn(True, methods.values())
        for method, streams in methods.items():
            with self.subTest(method):
                self.assertEqual(bool(route.match(method)), streams)

    def test_an_import_larger_than_a_message_passes(self):
        """As the command line client sends it; what the catalogue thinks of it is not ours."""
        file = self.stage.folder / "communes.csv"
        lines = (ROOT / "deploy" / "local" / "seed" / "communes.csv").read_text().splitlines()
        with open(file, "w", encoding="utf-8") as out:
            out.write(lines[0] + "\n")
            while out.tell() < 6 << 20:
                out.write("\n".join(lines[1:]) + "\n")
        token = self.stage.folder / "token"
        token.write_text(self.stage.token("operator", "--subject", "door-test"))
        done = subprocess.run(
            [self.stage.binaries / "dm", "--address", f"https://{self.door.address}",
             "--authority-file", self.door.authority_file, "--token-file", token, "import",
             "communes", file],
            capture_output=True, text=True, timeout=120)
        self.assertNotIn("grpc-status", done.stderr)
        passed = [call for call in self.door.calls()
                  if call["route"].endswith("ImportService/ImportFiles")]
        self.assertEqual(len(passed), 1, done)
        self.assertGreater(passed[0]["request_bytes"], 6 << 20, done)
        self.assertIn(passed[0]["grpc_status"], ("0", "3"), done)
