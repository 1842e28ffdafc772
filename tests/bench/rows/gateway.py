"""Rows 2, 9 and 10: what calls cost through the gateway: from its memory against an echo, passed on
against a direct call, and mixed as people make them."""

from statistics import median

from harness import booking, searches
from harness.catalogue import GET_OFFER, SEARCH_OFFERS, offer_id
from harness.gateway import UNREMEMBERING
from harness.load import Echo, Relay
from harness.processes import Failed
from harness.row import Measurement, Row, of_rate, ratio

CLIENTS = 64
OFFERS = 100_000
LOAD = 0.5

# As many as a region has.
OFFERS_OF_MIX = 10_000
# Different searches, and how many are drawn from them.
SEARCHED, DRAWN = 4_000, 100_000

# Of a thousand calls.
SEARCHES, READS, BOOKINGS = 900, 80, 20
LONGEST_P99_MS = 20
# From the most that clients in a closed loop get, down in such steps until p99 is kept.
STEP = 0.93
MOST_STEPS = 30


def all_answered(report):
    if report["refused"]["count"]:
        raise Failed(f"calls were refused: {report['refused']['reasons']}")
    return report["answered"]


class GatewayMeasurement(Measurement):
    def _grow(self, offers=OFFERS):
        """The catalogue, and how many offers it has."""
        world = self.world
        offers = 1_000 if world.short else offers
        world.catalogue.grow(offers)
        return world.catalogue, offers

    def _reads(self, offers):
        return [{"name": f"offers/{offer_id(number)}"}
                for number in self.world.catalogue.published(offers)]

    def close(self):
        self.world.gateway.stop()
        self.world.catalogue.stop()


class RememberedPage(GatewayMeasurement):
    rows = (
        Row(number=2,
            what="gateway search, remembered page of 20, 64 clients",
            against="gRPC echo of the same bytes",
            unit="/s", figure_unit="×", floor=0.4, goal=0.6, value=of_rate, figure=ratio),
    )

    def prepare(self):
        world = self.world
        catalogue, _ = self._grow()
        catalogue.start()
        world.gateway.start(catalogue.address)
        self.requests = [{"departments": ["61"]}]
        answer = world.folder / "gateway-page"
        world.load.record(world.gateway.address, SEARCH_OFFERS, self.requests, answer)
        self.echo = Echo(world.binaries, world.folder, answer, SEARCH_OFFERS)

    def close(self):
        self.echo.stop()
        super().close()

    def _load(self, address, **options):
        world = self.world
        return all_answered(world.load.call(address, SEARCH_OFFERS, self.requests, world.warm_up,
                                            world.seconds, clients=CLIENTS, **options))

    def ours(self):
        return self._load(self.world.gateway.address)

    def theirs(self):
        return self._load(self.echo.address)

    def at_half_load(self, rate):
        return self._load(self.world.gateway.address, rate=rate / 2)


def about_relay(samples):
    relayed = median(sample["relayed_p50_ms"] for sample in samples)
    return f"at {samples[0]['rate']:,.0f}/s; through a bare gRPC proxy p50 is {relayed:.2g} ms"


class AddedLatency(GatewayMeasurement):
    rows = (
        Row(number=9,
            what="gateway's added latency, p50, at half of what it passes on: offers read by "
                 "random keys",
            against="the same calls at the same rate, directly",
            unit="ms", figure_unit="ms", floor=0.15, goal=0.08,
            value=lambda sample: sample["p50_ms"], figure=lambda ours, theirs: ours - theirs,
            less_is_better=True,
            note=about_relay),
    )

    def prepare(self):
        world = self.world
        catalogue, offers = self._grow()
        catalogue.start()
        world.gateway.start(catalogue.address, UNREMEMBERING)
        self.relay = Relay(world.binaries, world.folder, catalogue.address, GET_OFFER)
        self.requests = self._reads(offers)
        self.rate = LOAD * self._load(world.gateway.address, clients=CLIENTS)["rate"]

    def close(self):
        self.relay.stop()
        super().close()

    def _load(self, address, **options):
        world = self.world
        return all_answered(world.load.call(address, GET_OFFER, self.requests, world.warm_up,
                                            world.seconds, **options))

    def ours(self):
        # What any process in between would add, on this machine at this moment.
        relayed = self._load(self.relay.address, rate=self.rate)
        through = self._load(self.world.gateway.address, rate=self.rate)
        return through | {"relayed_p50_ms": relayed["p50_ms"]}

    def theirs(self):
        return self._load(self.world.catalogue.address, rate=self.rate)


def p99s(samples):
    middle = sorted(samples, key=of_rate)[len(samples) // 2]
    return (f"p99 {middle['p99_ms']:.2g} ms; of searches, reads and bookings "
            + ", ".join(f"{part['p99_ms']:.2g}" for part in middle["parts"]) + " ms")


class MixedLoad(GatewayMeasurement):
    sides = ("ours",)
    rows = (
        Row(number=10,
            what="90 % searches, 8 % reads, 2 % bookings through the gateway: the most calls a "
                 f"second with p99 ≤ {LONGEST_P99_MS} ms, open loop",
            against="published: 6,000/s on 32 vCPU (hotelReservation)",
            unit="/s", figure_unit="/s", floor=6_000, goal=15_000, value=of_rate,
            figure=lambda ours, theirs: ours,
            also=lambda samples: all(sample["p99_ms"] <= LONGEST_P99_MS for sample in samples),
            note=p99s),
    )

    def prepare(self):
        world = self.world
        catalogue, offers = self._grow(OFFERS_OF_MIX)
        world.booking.start()
        # It hears of every seat that is taken, as it always does.
        catalogue.start(booking=world.booking.address)
        world.gateway.start(catalogue.address, booking=world.booking.address)
        wanted = searches.mix(searches.Words(world.cluster), 200 if world.short else SEARCHED)
        self.mix = [(SEARCHES, SEARCH_OFFERS, searches.popular(wanted, DRAWN)),
                    (READS, GET_OFFER, self._reads(offers)),
                    (BOOKINGS, None, None)]
        self.sessions = [booking.session_name(booking.FIRST_OF_MANY + i)
                         for i in range(booking.MANY)]
        self.most = self._load(clients=CLIENTS)["rate"]

    def close(self):
        super().close()
        self.world.booking.stop()

    def _load(self, **options):
        world = self.world
        # Nobody has booked anything: each of the people does so once.
        world.booking.reset()
        report = world.bookings.mix(world.gateway.address, self.mix, self.sessions, world.warm_up,
                                    world.seconds, **options)
        if report["exhausted"]:
            raise Failed("there are too few people to book")
        return all_answered(report) | {"parts": report["parts"]}

    def ours(self):
        rate = self.most
        for _ in range(1 if self.world.short else MOST_STEPS):
            sample = self._load(rate=rate)
            if sample["p99_ms"] <= LONGEST_P99_MS:
                break
            rate *= STEP
        return sample
