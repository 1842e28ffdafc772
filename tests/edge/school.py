"""A school behind one address: what the door must let pass."""

import asyncio
import collections
import ssl

ADDRESS = "127.0.0.50"
PUPILS = 200
# Of a first page, over two connections.
READS = 17
# Seconds from the first pupil to the last.
COMING = 3
BOOKING = b'{"session":"sessions/none"}'


def _request(method, path, body=b""):
    return (f"{method} {path} HTTP/1.1\r\nHost: door\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


async def _answer(reader):
    """The status, when all of it has come."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = next(line for line in head.split("\r\n") if line.startswith("content-length:"))
    await reader.readexactly(int(length.split(":")[1]))
    return head.split(" ")[1]


async def _connection(open_one, delay, requests, statuses):
    await asyncio.sleep(delay)
    reader, writer = await open_one()
    try:
        for request in requests:
            writer.write(request)
            statuses[await _answer(reader)] += 1
        # It stays, as a browser's does.
        return writer
    except (OSError, asyncio.IncompleteReadError):
        statuses["cut off"] += 1
        return writer


async def _visit(address, authority_file):
    host, port = address.split(":")
    context = ssl.create_default_context(cafile=str(authority_file))

    def open_one():
        return asyncio.open_connection(host, int(port), ssl=context, server_hostname=host,
                                       local_addr=(ADDRESS, 0))

    read = _request("GET", "/v1/sectors")
    book = _request("POST", "/v1/bookings", BOOKING)
    statuses = collections.Counter()
    writers = await asyncio.gather(*(
        _connection(open_one, COMING * pupil / PUPILS, requests, statuses)
        for pupil in range(PUPILS)
        for requests in ([read] * (READS - READS // 2), [read] * (READS // 2) + [book])))
    for writer in writers:
        writer.close()
    return dict(statuses)


def visit(address, authority_file):
    """All pupils open a page and book, within seconds: how many of their requests got which status.
    None of them is signed in, so a booking is 401."""
    return asyncio.run(_visit(address, authority_file))


EXPECTED = {"200": PUPILS * READS, "401": PUPILS}
