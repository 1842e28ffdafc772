"""The real gateway before the real services."""

from .processes import Process, free_address

PEERS = ("catalogue", "ambassador", "booking", "notification")

# What is measured of it is passing calls on, not remembering their answers.
UNREMEMBERING = "--answer-cache-bytes=0"


class Gateway:
    def __init__(self, binaries, folder, keys):
        self.binaries = binaries
        self.folder = folder
        self.keys = keys
        self.process = None
        self.address = None

    def start(self, catalogue, *options, booking=None):
        """Starts it anew, before a catalogue and, where it is wanted, booking. It wants to reach
        all its peers once: the catalogue stands in for those that nobody calls."""
        self.stop()
        self.address = free_address()
        admin = free_address()
        peers = [f"--{peer}-address={booking or catalogue if peer == 'booking' else catalogue}"
                 for peer in PEERS]
        self.process = Process(
            self.folder / "dm-gateway.log", self.binaries / "dm-gateway",
            f"--listen={self.address}", f"--admin-listen={admin}",
            f"--http-listen={free_address()}", f"--jwks-file={self.keys}/jwks.json",
            f"--page-token-key-file={self.folder}/page-token-key",
            # All calls come from one address.
            "--rate-limits=off", *peers, *options)
        self.process.wait_until_ready(admin)

    def stop(self):
        if self.process is not None:
            self.process.stop()
            self.process = None
