"""What a TLS server agrees to, asked by openssl as somebody would who accepts anything."""

import subprocess

from stage import Process, free_address

# What must be refused: (what, options of s_client).
WEAK = (
    ("TLS 1.0", ("-tls1",)),
    ("TLS 1.1", ("-tls1_1",)),
    ("TLS 1.2, CBC with SHA-256", ("-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA256:@SECLEVEL=0")),
    ("TLS 1.2, CBC with SHA-1", ("-tls1_2", "-cipher", "ECDHE-RSA-AES256-SHA:@SECLEVEL=0")),
    ("TLS 1.2, key exchange by RSA", ("-tls1_2", "-cipher", "AES128-GCM-SHA256:@SECLEVEL=0")),
    ("TLS 1.2, RSA and CBC", ("-tls1_2", "-cipher", "AES256-SHA:@SECLEVEL=0")),
    ("TLS 1.2, finite fields", ("-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0")),
)
STRONG = (
    ("TLS 1.2, AES-GCM", ("-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256")),
    ("TLS 1.2, ChaCha20", ("-tls1_2", "-cipher", "ECDHE-RSA-CHACHA20-POLY1305")),
    ("TLS 1.3", ("-tls1_3",)),
)


def agreed(address, options):
    """"TLSv1.3, TLS_AES_256_GCM_SHA384", or None for a handshake that failed."""
    # The lowest level: a client that is itself too strict for an old protocol would prove nothing.
    lenient = options if "-cipher" in options else (*options, "-cipher", "ALL:@SECLEVEL=0")
    done = subprocess.run(["openssl", "s_client", "-connect", address, "-brief", *lenient],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
    lines = dict(line.split(": ", 1) for line in done.stderr.splitlines() if ": " in line)
    if done.returncode != 0 or "Ciphersuite" not in lines:
        return None
    return f"{lines['Protocol version']}, {lines['Ciphersuite']}"


class LenientServer:
    """Agrees to everything that openssl knows: what shows that the questions are real ones."""

    def __init__(self, folder, certificate, key):
        self.address = free_address()
        self.process = Process(folder / "lenient.log", "openssl", "s_server", "-accept",
                               self.address, "-cert", certificate, "-key", key, "-www",
                               "-cipher", "ALL:@SECLEVEL=0", "-min_protocol", "TLSv1")
        self.process.wait_until_listening(self.address)

    def stop(self):
        self.process.stop()
