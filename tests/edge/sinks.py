"""Gateways that take all that they are sent and never answer, to see what the door keeps of it."""

import contextlib
import socketserver
import struct
import threading

import http2

ENDLESS = (1 << 31) - 1
FIRST_WINDOW = 65_535
INITIAL_WINDOW_SIZE = 4


class _HttpSink(socketserver.BaseRequestHandler):
    def handle(self):
        with contextlib.suppress(OSError):
            while self.request.recv(65_536):
                pass


class _GrpcSink(_HttpSink):
    def handle(self):
        window = struct.pack(">HI", INITIAL_WINDOW_SIZE, ENDLESS)
        self.request.sendall(
            http2.frame(http2.SETTINGS, 0, 0, window)
            + http2.frame(http2.WINDOW_UPDATE, 0, 0, struct.pack(">I", ENDLESS - FIRST_WINDOW)))
        super().handle()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 1024


@contextlib.contextmanager
def _listening(handler):
    with _Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def http():
    """Its address, as long as the context lasts."""
    return _listening(_HttpSink)


def grpc():
    return _listening(_GrpcSink)
