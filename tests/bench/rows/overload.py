"""Row 13: twice as many searches as can be answered. Those that can be are, the others are refused at
once, and health is told meanwhile."""

import threading

from harness import searches
from harness.catalogue import SEARCH_OFFERS, UNCACHED
from harness.load import probe_health
from harness.processes import Failed, free_address
from harness.row import Measurement, Row, of_rate, ratio

CLIENTS = 64
OFFERS = 100_000
REQUESTS = 4_000
TIMES = 2
HEALTH_MS = 100


def time_to_refuse(sample):
    return sample["refused_p99_ms"] if sample["refused_rate"] else None


def health_in_time(samples):
    return all(sample["health_max_ms"] <= HEALTH_MS for sample in samples)


def about_health(samples):
    return f"health within {max(sample['health_max_ms'] for sample in samples):.1f} ms"


def about_refusals(samples):
    refusing = [sample for sample in samples if sample["refused_rate"]]
    if not refusing:
        return "none was refused"
    middle = sorted(refusing, key=time_to_refuse)[len(refusing) // 2]
    return f"p50 {middle['refused_p50_ms']:.2g} ms, {middle['refused_rate']:,.0f}/s refused"


class Overload(Measurement):
    rows = (
        Row(number=13,
            what=f"searches answered of {TIMES} × as many as can be, open loop",
            against="the most that 64 waiting clients get",
            unit="/s", figure_unit="×", floor=0.85, goal=0.95, value=of_rate, figure=ratio,
            also=health_in_time, note=about_health),
        Row(number=13,
            what="the same: time to refuse, p99",
            against="-", alone=True,
            unit="ms", figure_unit="ms", floor=10, goal=2, value=time_to_refuse,
            figure=lambda ours, theirs: ours, less_is_better=True, note=about_refusals),
    )

    def prepare(self):
        world = self.world
        world.catalogue.grow(1_000 if world.short else OFFERS)
        self.health = free_address()
        world.catalogue.start(UNCACHED, f"--health-listen={self.health}")
        self.requests = searches.mix(searches.Words(world.cluster),
                                     200 if world.short else REQUESTS)
        self.theirs()

    def close(self):
        self.world.catalogue.stop()

    def _load(self, **options):
        world = self.world
        return world.load.call(world.catalogue.address, SEARCH_OFFERS, self.requests,
                               world.warm_up, world.seconds, **options)

    def theirs(self):
        report = self._load(clients=CLIENTS)
        if report["refused"]["count"]:
            raise Failed(f"searches were refused: {report['refused']['reasons']}")
        self.most = report["answered"]["rate"]
        return report["answered"]

    def ours(self):
        world = self.world
        health = {}
        probe = threading.Thread(target=lambda: health.update(probe_health(
            world.binaries, self.health, world.warm_up + world.seconds)))
        probe.start()
        try:
            report = self._load(rate=TIMES * self.most)
        finally:
            probe.join()
        refused = report["refused"]
        # In half a second the queue need not have filled.
        expected = set(refused["reasons"]) <= {"OVERLOADED"}
        if not expected or (not refused["count"] and not world.short):
            raise Failed(f"refused otherwise than expected: {refused['reasons']}")
        if health.get("refused", {"count": 1})["count"]:
            raise Failed(f"health was not told: {health}")
        return report["answered"] | {
            "refused_p50_ms": refused["p50_ms"], "refused_p99_ms": refused["p99_ms"],
            "refused_rate": refused["rate"], "health_max_ms": health["answered"]["max_ms"]}
