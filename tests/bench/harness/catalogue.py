"""The real catalogue service on a database of generated offers."""

import pathlib
import re

from .processes import Failed, Process, free_address, run

ROOT = pathlib.Path(__file__).resolve().parents[3]
REFERENCE = ROOT.parent / "shared" / "reference"
SEED = ROOT / "deploy" / "local" / "seed"

SEARCH_OFFERS = "/destinationmetier.catalogue.v1.CatalogueService/SearchOffers"
GET_OFFER = "/destinationmetier.catalogue.v1.CatalogueService/GetOffer"

# As dm-bench-corpus numbers them.
OFFER_PREFIX = "01930000-0000-7000-8000-"

# Rows 3 and 4 measure reading, not remembering.
UNCACHED = "--answer-cache-bytes=0"


def offer_id(number):
    return f"{OFFER_PREFIX}{number:012x}"


class Catalogue:
    """On a database of the cluster, as it is."""

    def __init__(self, cluster, binaries, folder, keys, say=lambda text: None, database=None):
        self.cluster = cluster
        self.say = say
        self.binaries = binaries
        self.folder = folder
        self.keys = keys
        self.process = None
        self.offers = 0
        self.address = None
        self.database = database
        self.rome, self.communes = self._reference()
        self.source = "the whole ROME" if self.rome != SEED / "rome" else "the seed"

    def fill(self):
        """The tables, professions and communes."""
        self.migrate()
        self._corpus("reference", "--rome", self.rome, "--communes", self.communes)

    def migrate(self):
        run(self.binaries / "dm-catalogue", "--migrate",
            f"--database={self._connection('dm_catalogue_owner')}")

    @staticmethod
    def _reference():
        """The official files, else those of the seed."""
        rome = REFERENCE / "rome-4.0-v58"
        communes = REFERENCE / "geo" / "communes_normandie.csv"
        if rome.is_dir() and communes.is_file():
            return rome, communes
        return SEED / "rome", SEED / "communes.csv"

    def _connection(self, role="dm_catalogue"):
        return self.cluster.connection(role, self.database)

    def _corpus(self, *arguments):
        run(self.binaries / "dm-bench-corpus", *arguments, "--database", self._connection())

    def grow(self, offers):
        """At least so many offers are there; the first ones stay."""
        if offers > self.offers:
            self.say(f"filling up to {offers:,} offers")
            self._corpus("offers", "--from", self.offers, "--to", offers)
            self.cluster.sql("VACUUM (ANALYZE) catalogue.offers, catalogue.sessions,"
                             " catalogue.companies; CHECKPOINT;")
            self.offers = offers
            self.say(f"{offers:,} offers are there")

    def published(self, limit):
        """Numbers of the first offers that are shown."""
        ids = self.cluster.sql("SELECT id FROM catalogue.offers WHERE published"
                               f" ORDER BY id LIMIT {int(limit)}").split()
        return [int(text[-12:], 16) for text in ids]

    def start(self, *options, booking=None):
        """Starts the service anew: without booking's feed, as it may happen, where no address of
        booking is given."""
        self.stop()
        self.address = free_address()
        admin = free_address()
        peers = [f"--{peer}-address={booking or free_address()}" for peer in self._peers()]
        self.process = Process(
            self.folder / "dm-catalogue.log", self.binaries / "dm-catalogue",
            f"--listen={self.address}", f"--admin-listen={admin}",
            f"--jwks-file={self.keys}/jwks.json",
            f"--page-token-key-file={self.folder}/page-token-key",
            f"--database={self._connection()}", *peers, *options)
        self.process.wait_until_ready(admin, patience=300)

    def _peers(self):
        return re.findall(r"--(\w+)-address", run(self.binaries / "dm-catalogue", "--help"))

    def stop(self):
        if self.process is not None:
            self.process.stop()
            self.process = None

    def record_read(self, load):
        """The statement by which the service reads one offer, and its parameters."""
        role = "dm_catalogue"
        self.cluster.sql(f"ALTER ROLE {role} SET log_statement = 'all'")
        self.start(UNCACHED)
        load.record(self.address, GET_OFFER, [{"name": f"offers/{offer_id(self.published(1)[0])}"}],
                    self.folder / "offer")
        self.stop()
        self.cluster.sql(f"ALTER ROLE {role} RESET log_statement")
        return find_read(self.cluster.log_entries())


EXECUTED = re.compile(r"execute offer_details: (.*)", re.DOTALL)


def find_read(entries):
    """(SQL, detail) of the last read of an offer's row."""
    for entry in reversed(entries):
        found = EXECUTED.match(entry.get("message", ""))
        if found:
            return found.group(1).strip(), entry.get("detail", "")
    raise Failed("the service read no offer")
