"""TLS at the door: what is agreed to in a handshake, and the certificate that is shown."""

import ssl

import handshakes
from door_case import DoorCase
from web import connect, curl, plain_get


class HandshakeTest(DoorCase):
    def test_weak_ones_are_refused(self):
        for what, options in handshakes.WEAK:
            with self.subTest(what):
                self.assertIsNone(handshakes.agreed(self.door.address, options))

    def test_strong_ones_are_agreed_to(self):
        for what, options in handshakes.STRONG:
            with self.subTest(what):
                self.assertIsNotNone(handshakes.agreed(self.door.address, options))

    def test_a_server_without_a_floor_agrees_to_the_weak_ones(self):
        conf = self.door.conf
        lenient = handshakes.LenientServer(self.stage.folder, conf / "authority.pem",
                                           conf / "tls.key")
        self.addCleanup(lenient.stop)
        for what, options in handshakes.WEAK:
            with self.subTest(what):
                self.assertIsNotNone(handshakes.agreed(lenient.address, options))


class CertificateTest(DoorCase):
    def _shown(self, door):
        return ssl.get_server_certificate(tuple(door.address.split(":")))

    def test_a_renewed_one_is_shown_without_a_restart(self):
        door = self.stage.open_door()
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
        door = self.stage.open_door()
        self.addCleanup(door.stop)
        self.assertEqual(curl(door, "/healthz")[0], 200)
        door.authority_file.rename(door.conf / "elsewhere")
        with self.assertRaises(OSError):
            self._shown(door)
        self.assertEqual(plain_get(door, "/healthz")[0], 200)
