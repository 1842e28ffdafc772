"""What many strangers at once may do to the door, or one who means ill."""

import concurrent.futures

import http2
import school
import stage
from door_case import SEARCH, DoorCase, wait_until
from web import connect, curl


class StrangersTest(DoorCase):
    """What tests/edge/run measures for longer, in short."""

    RATE = 150

    def _callers(self, seconds):
        return self.stage.callers(self.door.address, seconds, rate=self.RATE,
                              authority_file=self.door.authority_file)

    def test_resets_leave_others_their_rate_and_the_services_their_memory(self):
        memory = stage.Memory(self.stage.service_pids())
        with concurrent.futures.ThreadPoolExecutor() as pool:
            others = pool.submit(self._callers, 3)
            attack = stage.Attack("resets", self.door.address, self.door.authority_file,
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
        status, headers, _ = curl(self.door, SEARCH, "-X", "POST", "-H",
                                  "Content-Type: application/grpc", "-H", "TE: trailers")
        self.assertEqual((status, headers["grpc-status"]), (200, ["3"]))
        self.assertIsNone(self.stage.gateway.process.process.poll())

    def test_the_same_resets_harm_a_gateway_that_has_no_door(self):
        gateway = stage.Gateway(self.stage.binaries, self.stage.folder, self.stage.keys)
        self.addCleanup(gateway.stop)
        gateway.start(self.stage.catalogue.address)
        memory = stage.Memory({"gateway": gateway.process.process.pid})
        attack = stage.Attack("resets", gateway.address, count=20_000)
        self.addCleanup(attack.stop)
        attack.finish()
        self.assertGreater(memory.growth()["gateway"], 32)

    def test_crowds_that_say_nothing_or_trickle_are_held_off(self):
        calm = self._callers(3)
        idle = stage.Attack("idle", self.door.address, connections=10_000, seconds=25)
        self.addCleanup(idle.stop)
        slow = stage.Attack("slow", self.door.address, self.door.authority_file,
                            connections=150, seconds=25)
        self.addCleanup(slow.stop)
        self.assertEqual(idle.wait_until_held(), 10_000)
        self.assertEqual(slow.wait_until_held(), 150)
        self.assertLessEqual(self.door.connections(), self.door.cap())
        report = self._callers(3)
        self.assertEqual(report["refused"]["count"], 0, report)
        self.assertGreaterEqual(report["answered"]["rate"], 0.9 * self.RATE, report)
        # How much slower is for the long form to say, on a machine that has nothing else to do.
        self.assertLessEqual(report["answered"]["p99_ms"], max(2 * calm["answered"]["p99_ms"], 500))
        idle.stop()
        slow.stop()

    def test_slow_bodies_of_many_callers_leave_a_school_its_connections(self):
        attack = stage.Attack("bodies", self.door.address, self.door.authority_file,
                              connections=32 * 96, seconds=100)
        self.addCleanup(attack.stop)
        attack.wait_until_held()
        # Each has what it may have, and no more but what is just being refused.
        wait_until(lambda: self.door.connections() <= 32 * 80)
        self.assertGreaterEqual(self.door.connections(), 32 * 60)
        self.assertEqual(school.visit(self.door.address, self.door.authority_file),
                         school.EXPECTED)
        report = self._callers(3)
        self.assertEqual(report["refused"]["count"], 0, report)
        self.assertGreaterEqual(report["answered"]["rate"], 0.9 * self.RATE, report)

    def test_a_body_of_what_only_reads_is_not_waited_for(self):
        for announced in (b"Content-Length: 5000", b"Transfer-Encoding: chunked"):
            with self.subTest(announced), connect(self.door) as connection:
                connection.sendall(b"GET /v1/sectors HTTP/1.1\r\nHost: door\r\n" + announced
                                   + b"\r\n\r\n")
                self.assertIn(b" 400 ", connection.recv(64))

    def test_nor_in_http2_where_nothing_announces_it(self):
        with http2.connect(self.door.address,
                           authority_file=self.door.authority_file) as connection:
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
        report = self.stage.callers(self.door.address, 6, authority_file=self.door.authority_file)
        self.assertGreater(report["refused"]["count"], 0, report)
