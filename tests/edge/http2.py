"""HTTP/2 by hand: what a well-behaved library would not send, and the least that a call needs."""

import socket
import ssl
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 7, 8
END_STREAM, END_HEADERS, ACK = 1, 4, 1
CANCEL = 8
# A setting.
INITIAL_WINDOW_SIZE = 4

# Of HPACK's static table.
GET, POST, HTTP_SCHEME, HTTPS_SCHEME = b"\x82", b"\x83", b"\x86", b"\x87"


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def _text(value):
    if len(value) >= 127:
        raise ValueError("longer than one byte of length tells")
    return bytes([len(value)]) + value


def header(name, value, remembered=False):
    """A field as it is, without Huffman's code; `remembered`: put into the dynamic table."""
    return (b"\x40" if remembered else b"\x00") + _text(name) + _text(value)


def known(index):
    """A field of a table: the last one that was remembered is 62, the one before 63."""
    return bytes([0x80 | index])


def grpc_fields(authority, path, remembered=False):
    """The fields of a call of gRPC, apart from method and scheme."""
    return b"".join(header(name, value, remembered) for name, value in (
        (b":path", path.encode()), (b":authority", authority.encode()),
        (b"content-type", b"application/grpc"), (b"te", b"trailers")))


def connect(address, source=None, authority_file=None):
    """A connection, with TLS when there is an authority to check it with."""
    host, port = address.split(":")
    plain = socket.create_connection((host, int(port)), timeout=10,
                                     source_address=(source, 0) if source else None)
    if authority_file is None:
        return plain
    context = ssl.create_default_context(cafile=authority_file)
    context.set_alpn_protocols(["h2"])
    return context.wrap_socket(plain, server_hostname=host)


def frames(data):
    """(kind, flags, stream, payload) of each whole frame in these bytes."""
    at = 0
    while len(data) - at >= 9:
        length = int.from_bytes(data[at:at + 3], "big")
        if len(data) - at < 9 + length:
            return
        kind, flags, stream = struct.unpack(">BBI", data[at + 3:at + 9])
        yield kind, flags, stream, data[at + 9:at + 9 + length]
        at += 9 + length


def call(address, path, message=b"", fields=(), source=None, authority_file=None):
    """The bytes of the answer's message to one unary call; None when there was none, as there is
    none with an error. `fields`: (name, value) of more headers."""
    with connect(address, source, authority_file) as connection:
        scheme = HTTPS_SCHEME if authority_file else HTTP_SCHEME
        block = POST + scheme + grpc_fields(address, path) + b"".join(
            header(name.encode(), value.encode()) for name, value in fields)
        body = b"\0" + struct.pack(">I", len(message)) + message
        connection.sendall(
            PREFACE + frame(SETTINGS, 0, 0)
            + frame(HEADERS, END_HEADERS, 1, block)
            + frame(DATA, END_STREAM, 1, body))
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
            ours = [(kind, flags, payload) for kind, flags, stream, payload in frames(received)
                    if stream == 1]
            if any(kind == RST_STREAM or (kind in (DATA, HEADERS) and flags & END_STREAM)
                   for kind, flags, _ in ours):
                answer = b"".join(payload for kind, _, payload in ours if kind == DATA)
                return answer[5:] if answer else None
        return None
