"""Rows 1 and 4: searches of offers, from the cache against an echo, and without it by the number of
offers."""

from harness import searches
from harness.catalogue import SEARCH_OFFERS, UNCACHED
from harness.load import Echo
from harness.processes import Failed
from harness.row import Measurement, Row, of_p99, of_rate, ratio

CLIENTS = 64
CACHED_OFFERS = 100_000
REQUESTS = 4_000
# Searches a second, as calls come: far more than a region asks. Where the service cannot do twice as
# many it is asked for half of what it can: beyond that p99 tells of the queue, not of the search.
RATE = 1_000
SHARE = 0.5


def all_answered(report):
    if report["refused"]["count"]:
        raise Failed(f"searches were refused: {report['refused']['reasons']}")
    return report["answered"]


class CachedPage(Measurement):
    rows = (
        Row(number=1,
            what="catalogue search, cached page of 20, 64 clients",
            against="gRPC echo of the same bytes",
            unit="/s", figure_unit="×", floor=0.6, goal=0.85, value=of_rate, figure=ratio),
    )

    def prepare(self):
        world = self.world
        world.catalogue.grow(1_000 if world.short else CACHED_OFFERS)
        world.catalogue.start()
        self.requests = [{"departments": ["61"]}]
        answer = world.folder / "page"
        world.load.record(world.catalogue.address, SEARCH_OFFERS, self.requests, answer)
        self.echo = Echo(world.binaries, world.folder, answer, SEARCH_OFFERS)

    def close(self):
        self.echo.stop()
        self.world.catalogue.stop()

    def _load(self, address, **options):
        world = self.world
        return all_answered(world.load.call(address, SEARCH_OFFERS, self.requests, world.warm_up,
                                            world.seconds, clients=CLIENTS, **options))

    def ours(self):
        return self._load(self.world.catalogue.address)

    def theirs(self):
        return self._load(self.echo.address)

    def at_half_load(self, rate):
        return self._load(self.world.catalogue.address, rate=rate / 2)


def medians(samples):
    middle = sorted(samples, key=lambda sample: sample["p99_ms"])[len(samples) // 2]
    return f"p50 {middle['p50_ms']:.2g} ms at {middle['rate']:,.0f}/s"


class Search(Measurement):
    """At one number of offers; there is nothing to compare it with."""

    sides = ("ours",)
    offers = 0

    def prepare(self):
        world = self.world
        world.catalogue.grow(self.offers)
        if world.catalogue.offers > self.offers:
            raise Failed(f"there are more than {self.offers} offers already")
        world.catalogue.start(UNCACHED)
        requests = searches.mix(searches.Words(world.cluster), 200 if world.short else REQUESTS)
        self.requests = world.load.turn_pages(world.catalogue.address, SEARCH_OFFERS, requests,
                                              searches.TURNED)
        self.most = self._load(clients=CLIENTS)["rate"]
        self.rate = min(RATE, SHARE * self.most)

    def close(self):
        self.world.catalogue.stop()

    def _load(self, **options):
        world = self.world
        return all_answered(world.load.call(world.catalogue.address, SEARCH_OFFERS, self.requests,
                                            world.warm_up, world.seconds, **options))

    def ours(self):
        return self._load(rate=self.rate)


def search_row(offers, floor, goal):
    row = Row(number=4,
              what=f"search among {offers:,} offers, p99, uncached, open loop at {RATE:,}/s or at "
                   f"{SHARE:.0%} of the most",
              against="-",
              unit="ms", figure_unit="ms", floor=floor, goal=goal, value=of_p99,
              figure=lambda ours, theirs: ours, less_is_better=True, note=medians)
    members = {"offers": offers, "label": f"4_among_{offers}", "rows": (row,)}
    return type(f"Search{offers}", (Search,), members)


SEARCHES = (search_row(1_000, 2, 0.5), search_row(10_000, 3, 0.5), search_row(100_000, 8, 1))
# Takes minutes to fill.
LARGE_SEARCHES = (search_row(1_000_000, 40, 5),)
