#!/usr/bin/python3
"""nginx as deploy/nginx sets it up, before the real gateway and catalogue."""

import concurrent.futures
import http.server
import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[3]
for part in ("edge", "support"):
    sys.path.insert(0, str(ROOT / "tests" / part))

import case_report  # noqa: E402
import handshakes  # noqa: E402
import http2  # noqa: E402
import school  # noqa: E402
import stage  # noqa: E402
from web import connect, curl, plain_get  # noqa: E402

# Taken out: the services refuse variables that they do not know.
BINARIES = pathlib.Path(os.environ.pop("DM_BUILD_DIR", ROOT / "build" / "dev")) / "bin"
SEARCH = stage.SEARCH_OFFERS
STRANGER = "127.0.0.66"

# Made by the first case that needs it; who only asks nginx itself needs none.
shared = None


def setUpModule():  # noqa: N802
    global shared
    case_report.need({"nginx": shutil.which(stage.NGINX), "openssl": shutil.which("openssl"),
                      "curl": shutil.which("curl")})
    shared = stage.Stage(BINARIES)
    shared.door = shared.open_door()


def tearDownModule():  # noqa: N802
    if shared is not None:
        shared.close()


def wait_until(holds, seconds=30):
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s")
        time.sleep(0.1)


class HandshakeTest(unittest.TestCase):
    def test_weak_ones_are_refused(self):
        for what, options in handshakes.WEAK:
            with self.subTest(what):
                self.assertIsNone(handshakes.agreed(shared.door.address, options))

    def test_strong_ones_are_agreed_to(self):
        for what, options in handshakes.STRONG:
            with self.subTest(what):
                self.assertIsNotNone(handshakes.agreed(shared.door.address, options))

    def test_a_server_without_a_floor_agrees_to_the_weak_ones(self):
        conf = shared.door.conf
        lenient = handshakes.LenientServer(shared.folder, conf / "authority.pem", conf / "tls.key")
        self.addCleanup(lenient.stop)
        for what, options in handshakes.WEAK:
            with self.subTest(what):
                self.assertIsNotNone(handshakes.agreed(lenient.address, options))


class CertificateTest(unittest.TestCase):
    def _shown(self, door):
        return ssl.get_server_certificate(tuple(door.address.split(":")))

    def test_a_renewed_one_is_shown_without_a_restart(self):
        door = shared.open_door()
        self.addCleanup(door.stop)
        before = self._shown(door)
        self.assertEqual(before, door.authority_file.read_text())
        with connect(door) as opened:
            door.renew_certificate()
            self.assertNotEqual(door.authority_file.read_text(), before)
            self.assertEqual(self._shown(door), door.authority_file.read_text())
            self.assertEqual(curl(door, "/v1/sectors")[0], 200)
            # Who was there before stays.
            opened.sendall(b"GET /v1/sectors HTTP/1.1\r\nHost: door\r\n\r\n")
            self.assertIn(b" 200 ", opened.recv(64))

    def test_one_that_cannot_be_shown_is_told_over_tls(self):
        """What keeps a pod out that has none; the port in plain text answers all the same."""
        door = shared.open_door()
        self.addCleanup(door.stop)
        self.assertEqual(curl(door, "/healthz")[0], 200)
        door.authority_file.rename(door.conf / "elsewhere")
        with self.assertRaises(OSError):
            self._shown(door)
        self.assertEqual(plain_get(door, "/healthz")[0], 200)


class FacesTest(unittest.TestCase):
    def test_the_files_of_a_deployment_are_understood(self):
        """As they are in the image; only what a place has to bring is brought."""
        with tempfile.TemporaryDirectory() as folder:
            conf = pathlib.Path(folder) / "conf"
            shutil.copytree(stage.DOOR, conf)
            for name in ("listen.conf", "gateway.conf"):
                text = (conf / "place" / name).read_text()
                text = re.sub(r"/etc/\w+/tls/(tls|ca)\.crt", str(shared.door.authority_file), text)
                text = re.sub(r"/etc/\w+/tls/tls\.key", str(shared.door.conf / "tls.key"), text)
                text = text.replace("server gateway:", "server 127.0.0.1:")
                (conf / "place" / name).write_text(text)
            run = pathlib.Path(folder) / "run"
            run.mkdir()
            done = subprocess.run([stage.NGINX, "-t", "-e", "stderr", "-p", run, "-c",
                                   conf / "nginx.conf"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("warn", done.stderr)

    def test_grpc_over_tls(self):
        report = shared.callers(shared.door.address, 0.5, rate=50, warm_up=0.1,
                                authority_file=shared.door.authority_file)
        self.assertGreater(report["answered"]["count"], 0)
        self.assertEqual(report["refused"]["count"], 0, report)

    def test_the_command_line_client_wants_to_know_whom_it_talks_to(self):
        def search(*options):
            return subprocess.run([BINARIES / "dm", "--address", f"https://{shared.door.address}",
                                   *options, "search", "offers", "--limit", "1"],
                                  capture_output=True, text=True, timeout=60)

        trusting = search("--authority-file", shared.door.authority_file)
        self.assertEqual(trusting.returncode, 0, trusting.stderr)
        # The system does not know the authority of this door.
        self.assertEqual(search().returncode, 3)
        self.assertEqual(search("--authority-file", shared.door.conf / "tls.key").returncode, 2)

    def test_http_and_the_browsers_forms_of_rpc(self):
        search = "/v1/offers:search?page_size=1"
        for version in ("--http1.1", "--http2"):
            with self.subTest(version):
                status, _, body = curl(shared.door, search, version)
                self.assertEqual(status, 200)
                self.assertEqual(len(json.loads(body)["offers"]), 1)
        for content_type, body in (("application/json", b'{"pageSize":1}'),
                                   ("application/proto", b""),
                                   ("application/grpc-web+proto", b"\0\0\0\0\0")):
            with self.subTest(content_type):
                file = shared.folder / "body"
                file.write_bytes(body)
                status, headers, _ = curl(shared.door, SEARCH, "--data-binary", f"@{file}", "-H",
                                          f"Content-Type: {content_type}")
                self.assertEqual((status, headers["content-type"]), (200, [content_type]))

    def test_health_and_reflection_are_for_those_inside(self):
        for path in ("/grpc.health.v1.Health/Check",
                     "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"):
            with self.subTest(path):
                status, headers, _ = curl(shared.door, path, "-d", "x", "-H",
                                          "Content-Type: application/grpc")
                self.assertEqual((status, headers["grpc-status"]), (200, ["12"]))

    def test_in_plain_text_there_is_the_way_to_tls_and_nothing_else(self):
        self.assertEqual(plain_get(shared.door, "/healthz")[0], 200)
        status, headers = plain_get(shared.door, "/offres?x=1", Host="example.fr")
        self.assertEqual((status, headers["Location"]), (308, "https://example.fr/offres?x=1"))
        self.assertEqual(plain_get(shared.door, "/offres", Authorization="Bearer x")[0], 403)

    def test_in_plain_text_programs_are_not_shown_the_way_to_tls(self):
        for path in ("/v1/offers:search", SEARCH, "/openapi.json", "/grpc.health.v1.Health/Check"):
            with self.subTest(path):
                status, headers = plain_get(shared.door, path)
                self.assertEqual((status, headers["Location"]), (403, None))


class StreamsTest(unittest.TestCase):
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
        file = shared.folder / "communes.csv"
        lines = (ROOT / "deploy" / "local" / "seed" / "communes.csv").read_text().splitlines()
        with open(file, "w", encoding="utf-8") as out:
            out.write(lines[0] + "\n")
            while out.tell() < 6 << 20:
                out.write("\n".join(lines[1:]) + "\n")
        token = shared.folder / "token"
        token.write_text(shared.token("operator", "--subject", "door-test"))
        done = subprocess.run(
            [BINARIES / "dm", "--address", f"https://{shared.door.address}", "--authority-file",
             shared.door.authority_file, "--token-file", token, "import", "communes", file],
            capture_output=True, text=True, timeout=120)
        self.assertNotIn("grpc-status", done.stderr)
        passed = [call for call in log_lines(shared.door)
                  if call["route"].endswith("ImportService/ImportFiles")]
        self.assertEqual(len(passed), 1, done)
        self.assertGreater(passed[0]["request_bytes"], 6 << 20, done)
        self.assertIn(passed[0]["grpc_status"], ("0", "3"), done)


def log_lines(door):
    return [json.loads(line) for line in door.log_text().splitlines() if line.startswith("{")]


class AnswersTest(unittest.TestCase):
    def test_the_gateways_security_headers_come_once(self):
        status, headers, _ = curl(shared.door, "/v1/offers:search")
        self.assertEqual(status, 200)
        for name in ("x-content-type-options", "referrer-policy", "content-security-policy"):
            with self.subTest(name):
                self.assertEqual(len(headers.get(name, [])), 1, headers)
        self.assertEqual(headers["server"], ["nginx"])

    def assert_browsers_are_warned(self, headers):
        """Of an answer of the door's own, as the gateway does of its answers."""
        self.assertEqual(headers["x-content-type-options"], ["nosniff"])
        self.assertEqual(headers["referrer-policy"], ["no-referrer"])
        self.assertIn("frame-ancestors 'none'", headers["content-security-policy"][0])
        self.assertEqual(headers["strict-transport-security"],
                         ["max-age=31536000; includeSubDomains"])

    def test_too_much_is_refused_in_the_form_of_the_face(self):
        large = ("-H", "Content-Length: 9000000", "-d", "x")
        status, _, body = curl(shared.door, "/v1/bookings", *large)
        self.assertEqual((status, json.loads(body)["error"]["code"]), (413, 413))
        status, headers, _ = curl(shared.door, SEARCH, *large, "-H",
                                  "Content-Type: application/grpc")
        self.assertEqual((status, headers["grpc-status"]), (200, ["8"]))
        status, headers, body = curl(shared.door, "/v1/offers:search", "--http1.1", "-H",
                                     "X-Long: " + "a" * 20_000)
        self.assertEqual((status, json.loads(body)["error"]["code"]), (431, 431))
        self.assert_browsers_are_warned(headers)

    def test_what_nginx_does_not_know_is_refused_in_the_same_form(self):
        for request in (b"TRACE /v1/sectors HTTP/1.1", b"CONNECT door:443 HTTP/1.1",
                        b"GET /v1/sectors HTTP/3.0",
                        b"POST /v1/bookings HTTP/1.1\r\nTransfer-Encoding: unheard"):
            with self.subTest(request), connect(shared.door) as connection:
                connection.sendall(request + b"\r\nHost: door\r\nConnection: close\r\n\r\n")
                with connection.makefile("rb") as received:
                    answer = received.read()
                self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer)
                self.assertIn(b"X-Content-Type-Options: nosniff", answer)
                self.assertEqual(json.loads(answer.splitlines()[-1])["error"]["status"],
                                 "INVALID_ARGUMENT")

    def test_trace_is_refused_in_the_form_of_the_face(self):
        status, headers, body = curl(shared.door, "/v1/sectors", "-X", "TRACE")
        self.assertEqual((status, json.loads(body)["error"]["code"]), (400, 400))
        self.assert_browsers_are_warned(headers)
        status, headers, _ = curl(shared.door, SEARCH, "-X", "TRACE", "-H",
                                  "Content-Type: application/grpc")
        self.assertEqual((status, headers["grpc-status"]), (200, ["3"]))

    def test_health_warns_browsers_too(self):
        status, headers, body = curl(shared.door, "/healthz")
        self.assertEqual((status, body), (200, b"ok\n"))
        self.assert_browsers_are_warned(headers)

    def test_without_a_gateway_the_refusal_is_typed(self):
        alone = shared.open_door(grpc=stage.free_address(), http=stage.free_address())
        self.addCleanup(alone.stop)
        status, headers, body = curl(alone, "/v1/offers:search")
        self.assertEqual((status, json.loads(body)["error"]["status"]), (503, "UNAVAILABLE"))
        self.assertEqual(headers["retry-after"], ["1"])
        self.assert_browsers_are_warned(headers)
        status, headers, _ = curl(alone, SEARCH, "-d", "x", "-H", "Content-Type: application/grpc")
        self.assertEqual((status, headers["grpc-status"]), (200, ["14"]))


class Recorder(http.server.BaseHTTPRequestHandler):
    """A gateway that keeps the headers of what it was sent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):  # noqa: N802
        self.server.seen.append(self.headers.items())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class WhereFromTest(unittest.TestCase):
    SPOOFED = {"X-Forwarded-For": "203.0.113.9, 10.0.0.1", "X-Real-IP": "203.0.113.9",
               "Forwarded": "for=203.0.113.9"}

    def test_the_http_face_is_told_once_and_only_what_is_known(self):
        recorder = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
        recorder.seen = []
        threading.Thread(target=recorder.serve_forever, daemon=True).start()
        self.addCleanup(recorder.server_close)
        self.addCleanup(recorder.shutdown)
        door = shared.open_door(http=f"127.0.0.1:{recorder.server_port}")
        self.addCleanup(door.stop)
        spoofed = [word for item in self.SPOOFED.items() for word in ("-H", ": ".join(item))]
        curl(door, "/v1/offers:search", "--interface", STRANGER, *spoofed)
        [headers] = recorder.seen
        self.assertEqual([value for name, value in headers if name == "X-Forwarded-For"],
                         [STRANGER])
        self.assertNotIn("203.0.113.9", str(headers))

    def test_a_limit_counts_who_calls_whatever_they_claim(self):
        gateway = stage.Gateway(BINARIES, shared.folder, shared.keys)
        self.addCleanup(gateway.stop)
        http_face = stage.free_address()
        gateway.start(shared.catalogue.address, f"--http-listen={http_face}",
                      "--trusted-proxies=127.0.0.1", "--rate-limits=SEARCH=3/10m")
        door = shared.open_door(grpc=gateway.address, http=http_face)
        self.addCleanup(door.stop)

        def answered(source, claimed):
            return http2.call(door.address, SEARCH, fields=[("x-forwarded-for", claimed)],
                              source=source, authority_file=door.authority_file) is not None

        claims = [f"203.0.113.{number}" for number in range(5)]
        self.assertEqual([answered(STRANGER, claim) for claim in claims],
                         [True, True, True, False, False])
        # The other face counts the same caller; somebody else is another one.
        self.assertEqual(curl(door, "/v1/offers:search", "--interface", STRANGER)[0], 429)
        self.assertTrue(answered("127.0.0.77", claims[0]))


class CallerTest(unittest.TestCase):
    """Who is counted as one caller, by the address that nginx has of them."""

    SHOWN = """
        set_real_ip_from 127.0.0.1;
        real_ip_header X-Forwarded-For;
        location = /caller {
          add_header Caller $caller;
          return 204;
        }
        """
    NAMED = (
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::1", "::"),
        ("2001:DB8:1:2::1", "2001:db8:1"),
        ("2001:db8:1::b:c:d", "2001:db8:1"),
        ("2001:db8::a:b:c:d", "2001:db8:0"),
        ("2001:db8:0:a::", "2001:db8:0"),
        ("2001::a:b:c:d:e", "2001:0:0"),
    )

    def setUp(self):
        self.door = shared.open_door(plain=self.SHOWN)
        self.addCleanup(self.door.stop)

    def _caller(self, address):
        status, headers = plain_get(self.door, "/caller", **{"X-Forwarded-For": address})
        self.assertEqual(status, 204)
        return headers["Caller"]

    def test_an_address_of_ipv4_or_the_first_three_groups_of_ipv6(self):
        for address, caller in self.NAMED:
            with self.subTest(address):
                self.assertEqual(self._caller(address), caller)

    def test_wherever_zeros_are_left_out(self):
        """Each group after the first as zero and not, so `::` stands everywhere and is any length."""
        for zeros in range(1 << 7):
            groups = [0x2001, *(0 if zeros >> bit & 1 else 0xabc + bit for bit in range(7))]
            address = ":".join(f"{group:x}" for group in groups)
            with self.subTest(address):
                self.assertEqual(self._caller(address), ":".join(address.split(":")[:3]))


class LogTest(unittest.TestCase):
    PLANTED = ("Zephyrine", "geheimnis", "203.0.113.9", STRANGER, "0102030405", "session=")

    def test_it_says_what_was_called_and_nothing_of_whom(self):
        trace = "0af7651916cd43dd8448eb211c80319c"
        curl(shared.door, "/v1/offers:search?query=Zephyrine", "--interface", STRANGER,
             "-H", "Authorization: Bearer geheimnis", "-H", "Cookie: session=geheimnis",
             "-H", "X-Forwarded-For: 203.0.113.9", "-H", "Referer: https://x/?Zephyrine",
             "-H", "User-Agent: Zephyrine", "-H", f"traceparent: 00-{trace}-b7ad6b7169203331-01")
        for path in ("/desabonnement/geheimnis", "/Zephyrine/0102030405", "/v1/people/Zephyrine",
                     "/v1/offers:search?query=Zephyrine%0a", "/v1/zephyrine.geheimnis",
                     "/destinationmetier.x.v1.Y/Z?geheimnis"):
            curl(shared.door, path, "--interface", STRANGER)
        # Refused by the door itself, and by a gateway that is not there.
        curl(shared.door, "/v1/people/Zephyrine?geheimnis", "-d", "x",
             "-H", "Content-Length: 9000000")
        alone = shared.open_door(grpc=stage.free_address(), http=stage.free_address())
        self.addCleanup(alone.stop)
        curl(alone, "/v1/people/Zephyrine?geheimnis", "--interface", STRANGER)
        for door in (shared.door, alone):
            for planted in self.PLANTED:
                self.assertNotIn(planted.lower(), door.log_text().lower())
        calls = log_lines(shared.door)
        self.assertIn(trace, [call["trace_id"] for call in calls])
        routes = {call["route"] for call in calls}
        self.assertLessEqual({"/v1/offers/...", "/v1/people/...", "/desabonnement/...", "other"},
                             routes)


class StrangersTest(unittest.TestCase):
    """What tests/edge/run measures for longer, in short."""

    RATE = 150

    def _callers(self, seconds):
        return shared.callers(shared.door.address, seconds, rate=self.RATE,
                              authority_file=shared.door.authority_file)

    def test_resets_leave_others_their_rate_and_the_services_their_memory(self):
        memory = stage.Memory(shared.service_pids())
        with concurrent.futures.ThreadPoolExecutor() as pool:
            others = pool.submit(self._callers, 3)
            attack = stage.Attack("resets", shared.door.address, shared.door.authority_file,
                                  count=150_000, connections=20)
            self.addCleanup(attack.stop)
            came = attack.finish()
            report = others.result()
        self.assertEqual(came["resets"], 150_000)
        self.assertGreaterEqual(came["cut_off"], 1, came)
        self.assertGreaterEqual(report["answered"]["rate"], 0.9 * self.RATE, report)
        self.assertEqual(report["refused"]["count"], 0, report)
        for name, growth in memory.growth().items():
            self.assertLessEqual(growth, 32, name)

    def test_a_call_without_a_message_harms_nobody(self):
        """The gateway once ended at it."""
        status, headers, _ = curl(shared.door, SEARCH, "-X", "POST", "-H",
                                  "Content-Type: application/grpc", "-H", "TE: trailers")
        self.assertEqual((status, headers["grpc-status"]), (200, ["3"]))
        self.assertIsNone(shared.gateway.process.process.poll())

    def test_the_same_resets_harm_a_gateway_that_has_no_door(self):
        gateway = stage.Gateway(BINARIES, shared.folder, shared.keys)
        self.addCleanup(gateway.stop)
        gateway.start(shared.catalogue.address)
        memory = stage.Memory({"gateway": gateway.process.process.pid})
        attack = stage.Attack("resets", gateway.address, count=20_000)
        self.addCleanup(attack.stop)
        attack.finish()
        self.assertGreater(memory.growth()["gateway"], 32)

    def test_crowds_that_say_nothing_or_trickle_are_held_off(self):
        calm = self._callers(3)
        idle = stage.Attack("idle", shared.door.address, connections=10_000, seconds=25)
        self.addCleanup(idle.stop)
        slow = stage.Attack("slow", shared.door.address, shared.door.authority_file,
                            connections=150, seconds=25)
        self.addCleanup(slow.stop)
        self.assertEqual(idle.wait_until_held(), 10_000)
        self.assertEqual(slow.wait_until_held(), 150)
        self.assertLessEqual(shared.door.connections(), shared.door.cap())
        report = self._callers(3)
        self.assertEqual(report["refused"]["count"], 0, report)
        self.assertGreaterEqual(report["answered"]["rate"], 0.9 * self.RATE, report)
        # How much slower is for the long form to say, on a machine that has nothing else to do.
        self.assertLessEqual(report["answered"]["p99_ms"], max(2 * calm["answered"]["p99_ms"], 500))
        idle.stop()
        slow.stop()

    def test_slow_bodies_of_many_callers_leave_a_school_its_connections(self):
        attack = stage.Attack("bodies", shared.door.address, shared.door.authority_file,
                              connections=32 * 96, seconds=100)
        self.addCleanup(attack.stop)
        attack.wait_until_held()
        # Each has what it may have, and no more but what is just being refused.
        wait_until(lambda: shared.door.connections() <= 32 * 80)
        self.assertGreaterEqual(shared.door.connections(), 32 * 60)
        self.assertEqual(school.visit(shared.door.address, shared.door.authority_file),
                         school.EXPECTED)
        report = self._callers(3)
        self.assertEqual(report["refused"]["count"], 0, report)
        self.assertGreaterEqual(report["answered"]["rate"], 0.9 * self.RATE, report)

    def test_a_body_of_what_only_reads_is_not_waited_for(self):
        for announced in (b"Content-Length: 5000", b"Transfer-Encoding: chunked"):
            with self.subTest(announced), connect(shared.door) as connection:
                connection.sendall(b"GET /v1/sectors HTTP/1.1\r\nHost: door\r\n" + announced
                                   + b"\r\n\r\n")
                self.assertIn(b" 400 ", connection.recv(64))

    def test_nor_in_http2_where_nothing_announces_it(self):
        with http2.connect(shared.door.address,
                           authority_file=shared.door.authority_file) as connection:
            connection.settimeout(5)
            block = (http2.GET + http2.HTTPS_SCHEME + http2.header(b":path", b"/v1/sectors")
                     + http2.header(b":authority", b"door"))
            connection.sendall(http2.PREFACE + http2.frame(http2.SETTINGS, 0, 0)
                               + http2.frame(http2.HEADERS, http2.END_HEADERS, 1, block))
            received = b""
            while (http2.HEADERS, 1) not in [(kind, stream) for kind, _, stream, _ in
                                             http2.frames(received)]:
                received += connection.recv(65536)

    def test_one_caller_has_so_many_calls_in_a_second(self):
        """More than a school needs at once: 3,600, and 300 in each second."""
        report = shared.callers(shared.door.address, 6, authority_file=shared.door.authority_file)
        self.assertGreater(report["refused"]["count"], 0, report)


if __name__ == "__main__":
    case_report.main("system_edge")
