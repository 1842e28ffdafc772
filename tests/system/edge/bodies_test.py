"""What the door keeps of bodies that one caller sends and never ends."""

import contextlib
import pathlib

import sinks
import stage
from door_case import SEARCH, DoorCase, wait_until
from web import connect, curl

IMPORT = "/destinationmetier.catalogue.v1.ImportService/ImportFiles"
GRPC = "application/grpc"
# Of deploy/nginx/nginx.conf: the port is listened on before they are there.
WORKERS = 2
# As many as one caller may be in the middle of sending.
AT_ONCE = 64
SENT = 1_000_000
# Half of what was sent; the processes need some of it whatever is sent.
KEPT_MIB = 32


def waiting_to_be_read(address):
    """Bytes on their way between the callers of an address and the process that listens there."""
    port = f":{int(address.split(':')[1]):04X}"
    count = 0
    for row in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, _, queues, *_ = row.split()
        to_send, to_read = (int(queue, 16) for queue in queues.split(":"))
        count += to_read if local.endswith(port) else 0
        count += to_send if remote.endswith(port) else 0
    return count


def send(connection, path, content_type):
    """All but the last byte, or less where it is refused and cut off."""
    with contextlib.suppress(OSError):
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: door\r\nContent-Type: {content_type}\r\n"
                           f"Content-Length: {SENT + 1}\r\n\r\n".encode())
        connection.sendall(b"\0\0" + SENT.to_bytes(3, "big") + b"x" * (SENT - 5))


class UnendedBodiesTest(DoorCase):
    def _kept_mib(self, path, content_type):
        with contextlib.ExitStack() as opened:
            door = self.stage.open_door(grpc=opened.enter_context(sinks.grpc()),
                                        http=opened.enter_context(sinks.http()))
            opened.callback(door.stop)
            wait_until(lambda: len(door.pids()) == 1 + WORKERS)
            memory = stage.Memory({pid: pid for pid in door.pids()})
            for _ in range(AT_ONCE):
                send(opened.enter_context(connect(door)), path, content_type)
            wait_until(lambda: waiting_to_be_read(door.address) == 0)
            return sum(memory.growth().values())

    def test_a_call_of_grpc_is_not_gathered(self):
        self.assertLess(self._kept_mib(SEARCH, GRPC), KEPT_MIB)

    def test_nor_is_a_stream_of_messages(self):
        self.assertLess(self._kept_mib(IMPORT, GRPC), KEPT_MIB)

    def test_what_is_gathered_is_counted_as_large_whatever_it_says_it_is(self):
        for path, content_type in (("/v1/bookings", GRPC), ("/v1/bookings", GRPC + "+proto"),
                                   ("/v1/bookings", "application/json"),
                                   (SEARCH, "application/grpc-web+proto"),
                                   (SEARCH, "application/connect+proto")):
            with self.subTest(path=path, content_type=content_type):
                self.assertLess(self._kept_mib(path, content_type), KEPT_MIB)


class GrpcTest(DoorCase):
    def test_it_has_no_method_among_the_paths_of_http(self):
        for path in ("/v1/bookings", "/", SEARCH + "/more"):
            with self.subTest(path):
                status, headers, _ = curl(self.door, path, "-d", "x", "-H", f"Content-Type: {GRPC}")
                self.assertEqual((status, headers["grpc-status"]), (200, ["12"]))

    def test_a_large_message_passes_that_does_not_tell_its_size(self):
        """As gRPC's clients send it. It means nothing, so it is refused, but not for its size."""
        file = self.stage.folder / "message"
        size = 3 << 20
        file.write_bytes(b"\0" + size.to_bytes(4, "big") + b"\xff" * size)
        status, headers, _ = curl(self.door, SEARCH, "--data-binary", f"@{file}", "-H",
                                  f"Content-Type: {GRPC}", "-H", "TE: trailers", "-H",
                                  "Content-Length:")
        self.assertEqual(status, 200)
        self.assertNotIn(headers["grpc-status"], (["0"], ["8"], ["14"]))
