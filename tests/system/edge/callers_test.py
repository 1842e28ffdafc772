"""Whom the door takes a caller for, and whom the gateway is told of."""

import http.server
import threading

import http2
import stage
from door_case import SEARCH, STRANGER, DoorCase
from web import curl, plain_get


class Recorder(http.server.BaseHTTPRequestHandler):
    """A gateway that keeps the headers of what it was sent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):  # noqa: N802
        self.server.seen.append(self.headers.items())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class WhereFromTest(DoorCase):
    SPOOFED = {"X-Forwarded-For": "203.0.113.9, 10.0.0.1", "X-Real-IP": "203.0.113.9",
               "Forwarded": "for=203.0.113.9"}

    def test_the_http_face_is_told_once_and_only_what_is_known(self):
        recorder = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
        recorder.seen = []
        threading.Thread(target=recorder.serve_forever, daemon=True).start()
        self.addCleanup(recorder.server_close)
        self.addCleanup(recorder.shutdown)
        door = self.stage.open_door(http=f"127.0.0.1:{recorder.server_port}")
        self.addCleanup(door.stop)
        spoofed = [word for item in self.SPOOFED.items() for word in ("-H", ": ".join(item))]
        curl(door, "/v1/offers:search", "--interface", STRANGER, *spoofed)
        [headers] = recorder.seen
        self.assertEqual([value for name, value in headers if name == "X-Forwarded-For"],
                         [STRANGER])
        self.assertNotIn("203.0.113.9", str(headers))

    def test_a_limit_counts_who_calls_whatever_they_claim(self):
        gateway = stage.Gateway(self.stage.binaries, self.stage.folder, self.stage.keys)
        self.addCleanup(gateway.stop)
        http_face = stage.free_address()
        gateway.start(self.stage.catalogue.address, f"--http-listen={http_face}",
                      "--trusted-proxies=127.0.0.1", "--rate-limits=SEARCH=3/10m")
        door = self.stage.open_door(grpc=gateway.address, http=http_face)
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


class CallerTest(DoorCase):
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
        self.telling_door = self.stage.open_door(plain=self.SHOWN)
        self.addCleanup(self.telling_door.stop)

    def _caller(self, address):
        status, headers = plain_get(self.telling_door, "/caller", **{"X-Forwarded-For": address})
        self.assertEqual(status, 204)
        return headers["Caller"]

    def test_an_address_of_ipv4_or_the_first_three_groups_of_ipv6(self):
        for address, caller in self.NAMED:
            with self.subTest(address):
                self.assertEqual(self._caller(address), caller)

    def test_wherever_zeros_are_left_out(self):
        """Each group after the first as zero and not, so `::` stands anywhere, of any length."""
        for zeros in range(1 << 7):
            groups = [0x2001, *(0 if zeros >> bit & 1 else 0xabc + bit for bit in range(7))]
            address = ":".join(f"{group:x}" for group in groups)
            with self.subTest(address):
                self.assertEqual(self._caller(address), ":".join(address.split(":")[:3]))
