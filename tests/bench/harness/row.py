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
    # The value of one sample on either side; None where the sample has none.
    value: Callable[[dict], Optional[float]]
    # From the medians of both sides; theirs is None where there is nothing to compare with.
    figure: Callable[[float, Optional[float]], float]
    less_is_better: bool = False
    # What the floor is compared with and in which unit, where that is not the figure.
    floor_unit: Optional[str] = None
    floor_figure: Optional[Callable[[float, Optional[float]], float]] = None
    # There is nothing to compare it with, though other rows of the measurement have another side.
    alone: bool = False
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

    def values(self, samples):
        values = (self.row.value(sample) for sample in samples)
        return [value for value in values if value is not None]

    def median(self, samples):
        values = self.values(samples)
        return statistics.median(values) if values else None

    @property
    def figure(self):
        """None where no sample of ours has the value."""
        if not self.values(self.ours):
            return None
        return self.row.figure(self.median(self.ours), self.median(self.theirs))

    @property
    def reached(self):
        def meets(figure, bar):
            return figure <= bar if self.row.less_is_better else figure >= bar

        if self.figure is None:
            return "none"
        if self.row.also is not None and not self.row.also(self.ours):
            return "none"
        if meets(self.figure, self.row.goal):
            return "goal"
        of_floor = self.row.floor_figure or self.row.figure
        reaches = meets(of_floor(self.median(self.ours), self.median(self.theirs)), self.row.floor)
        return "floor" if reaches else "none"
