"""Answers as those outside get them, above all the refusals that are the door's own."""

import json

import stage
from door_case import SEARCH, DoorCase
from web import connect, curl


class AnswersTest(DoorCase):
    def test_the_gateways_security_headers_come_once(self):
        status, headers, _ = curl(self.door, "/v1/offers:search")
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
        status, _, body = curl(self.door, "/v1/bookings", *large)
        self.assertEqual((status, json.loads(body)["error"]["code"]), (413, 413))
        status, headers, _ = curl(self.door, SEARCH, *large, "-H",
                                  "Content-Type: application/grpc")
        self.assertEqual((status, headers["grpc-status"]), (200, ["8"]))
        status, headers, body = curl(self.door, "/v1/offers:search", "--http1.1", "-H",
                                     "X-Long: " + "a" * 20_000)
        self.assertEqual((status, json.loads(body)["error"]["code"]), (431, 431))
        self.assert_browsers_are_warned(headers)

    def test_what_nginx_does_not_know_is_refused_in_the_same_form(self):
        for request in (b"TRACE /v1/sectors HTTP/1.1", b"CONNECT door:443 HTTP/1.1",
                        b"GET /v1/sectors HTTP/3.0",
                        b"POST /v1/bookings HTTP/1.1\r\nTransfer-Encoding: unheard"):
            with self.subTest(request), connect(self.door) as connection:
                connection.sendall(request + b"\r\nHost: door\r\nConnection: close\r\n\r\n")
                with connection.makefile("rb") as received:
                    answer = received.read()
                self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer)
                self.assertIn(b"X-Content-Type-Options: nosniff", answer)
                self.assertEqual(json.loads(answer.splitlines()[-1])["error"]["status"],
                                 "INVALID_ARGUMENT")

    def test_trace_is_refused_in_the_form_of_the_face(self):
        status, headers, body = curl(self.door, "/v1/sectors", "-X", "TRACE")
        self.assertEqual((status, json.loads(body)["error"]["code"]), (400, 400))
        self.assert_browsers_are_warned(headers)
        status, headers, _ = curl(self.door, SEARCH, "-X", "TRACE", "-H",
                                  "Content-Type: application/grpc")
        self.assertEqual((status, headers["grpc-status"]), (200, ["3"]))

    def test_health_warns_browsers_too(self):
        status, headers, body = curl(self.door, "/healthz")
        self.assertEqual((status, body), (200, b"ok\n"))
        self.assert_browsers_are_warned(headers)

    def test_without_a_gateway_the_refusal_is_typed(self):
        alone = self.stage.open_door(grpc=stage.free_address(), http=stage.free_address())
        self.addCleanup(alone.stop)
        status, headers, body = curl(alone, "/v1/offers:search")
        self.assertEqual((status, json.loads(body)["error"]["status"]), (503, "UNAVAILABLE"))
        self.assertEqual(headers["retry-after"], ["1"])
        self.assert_browsers_are_warned(headers)
        status, headers, _ = curl(alone, SEARCH, "-d", "x", "-H", "Content-Type: application/grpc")
        self.assertEqual((status, headers["grpc-status"]), (200, ["14"]))
