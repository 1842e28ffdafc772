"""Requests of HTTP as people's browsers make them, to a door."""

import socket
import ssl
import subprocess
import urllib.error
import urllib.request


def curl(door, path, *options):
    """(status, headers by lower name with all their values, body) of one request, over HTTP/2
    unless an option says otherwise."""
    done = subprocess.run(
        ["curl", "-sS", "-i", "--max-time", "15", "--cacert", str(door.authority_file), *options,
         f"https://{door.address}{path}"], capture_output=True)
    # An answer of gRPC that ends with its headers is a broken one to curl 7.88 (92).
    if done.returncode not in (0, 92):
        raise AssertionError(f"curl failed: {done.stderr.decode()}")
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.lower(), []).append(value.strip())
    return int(status.split()[1]), headers, body


def connect(door):
    """A connection that speaks HTTP/1.1, to say by hand what no browser says."""
    host, port = door.address.split(":")
    context = ssl.create_default_context(cafile=str(door.authority_file))
    return context.wrap_socket(socket.create_connection((host, int(port)), timeout=5),
                               server_hostname=host)


def plain_get(door, path, **headers):
    """(status, headers) on the port in plain text, without following where it leads."""
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    request = urllib.request.Request(f"http://{door.plain_address}{path}", headers=headers)
    try:
        with urllib.request.build_opener(Stay).open(request, timeout=10) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers
