"""What a row of the table is, and what was measured for it."""

import dataclasses
import statistics
from typing import Callable, Optional


@dataclasses.dataclass(frozen=True)
class Row:
    number: int
    what: str
    against: str
    # Of what is measured on both sides, and of the figure.
    unit: str
    figure_unit: str
    floor: float
    goal: float
    # The value of one sample on either side.
    value: Callable[[dict], float]
    # From the medians of both sides; theirs is None where there is nothing to compare with.
    figure: Callable[[float, Optional[float]], float]
    less_is_better: bool = False
    # What else must hold for the floor to be reached, given our samples.
    also: Optional[Callable[[list], bool]] = None
    # What else the table tells of our samples.
    note: Optional[Callable[[list], str]] = None


def ratio(ours, theirs):
    return ours / theirs if theirs else 0.0


def of_rate(sample):
    return sample["rate"]


def of_p99(sample):
    return sample["p99_ms"]


class Measurement:
    """Measures both sides of some rows. A file in tests/bench/rows defines one or more."""

    rows = ()
    # Tells it from others of the same rows.
    label = ""
    # Which methods take a sample in turn.
    sides = ("ours", "theirs")

    def __init__(self, world):
        self.world = world

    def prepare(self):
        """Starts what both sides need."""

    def ours(self):
        """One sample of ours: a dict with rate, p50_ms, p99_ms and what else the rows look at."""
        raise NotImplementedError

    def theirs(self):
        raise NotImplementedError

    def at_half_load(self, rate):
        """A sample under an open loop of so many calls a second; None where it makes no sense."""
        return None

    def close(self):
        """Stops what `prepare` started."""


@dataclasses.dataclass
class Result:
    row: Row
    ours: list
    theirs: list
    half_load: list

    def median(self, samples):
        if not samples:
            return None
        return statistics.median(self.row.value(sample) for sample in samples)

    def spread(self, samples):
        values = [self.row.value(sample) for sample in samples]
        return min(values), max(values)

    @property
    def figure(self):
        return self.row.figure(self.median(self.ours), self.median(self.theirs))

    @property
    def reached(self):
        def meets(bar):
            return self.figure <= bar if self.row.less_is_better else self.figure >= bar

        if self.row.also is not None and not self.row.also(self.ours):
            return "none"
        if meets(self.row.goal):
            return "goal"
        return "floor" if meets(self.row.floor) else "none"
