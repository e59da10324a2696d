"""The recorded learning rates of a run as a curve, and whether it is that of a schedule."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loganneal import Schedule
from loganneal.runs.launch import SeenRates

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

TOLERANCE = 1e-5
"""Largest difference between recorded and scheduled rate, over the peak; float32 rounds by 6e-8, printing by more."""

PRINTED_DIGITS = 3
"""Fewest significant digits with which a logged rate is assumed to have been printed."""

OFFSETS = (0, 1, -1)
"""Updates by which a curve may be late, since a scheduler may be stepped before or after the optimizer."""

LARGEST_SKIPPED = 0.1
"""Share of skipped updates up to which they are counted."""

SKIPPED_SHARE = 0.005
"""Share of updates that a gradient scaler may skip."""


@dataclass(frozen=True)
class Match:
    """How a recorded curve agrees with a schedule: it is `factor` times the schedule, `offset` updates late."""

    factor: float
    offset: int
    largest_error: float


class RateCurve:
    """The learning rates that were recorded in a run.

    Args:
        schedule: The schedule of the run.
        steps: Number of updates.
        seen: The recorded rates.
    """

    def __init__(self, schedule: Schedule, steps: int, seen: SeenRates) -> None:
        self.schedule, self.steps, self.seen = schedule, steps, seen
        self.step = np.array(seen.step, dtype=np.int64)
        self.rate = np.array(seen.rate, dtype=float)
        self.first = int(self.step[0])

    def asked(self, schedule: Schedule, places: Places) -> Numbers:
        """The rates of a schedule at these updates; an update before the first has the rate of the first."""
        rates: Numbers = np.asarray(schedule(np.maximum(places, 0)), dtype=float)
        return rates

    def match(self, schedule: Schedule) -> Match | None:
        """How the curve agrees with a schedule, up to a constant factor and one update."""
        found = (self.agrees(self.asked(schedule, self.step - offset), offset) for offset in OFFSETS)
        return next((one for one in found if one is not None), None)

    def agrees(self, asked: Numbers, offset: int = 0) -> Match | None:
        """Whether the curve is a multiple of another one, by a factor of 1 if that suffices."""
        largest = float(np.abs(asked).max())
        if largest == 0.0:
            return None
        fitted = float(asked @ self.rate / (asked @ asked))
        for factor in (1.0, fitted):
            errors = np.abs(self.rate - factor * asked)
            if factor > 0 and (errors <= self.tolerance(factor * self.schedule.max_lr)).all():
                return Match(factor, offset, float(errors.max() / (factor * self.schedule.max_lr)))
        return None

    def first_wrong(self) -> int:
        """The position of the first rate that is not the schedule's; 0 also if there is none."""
        off = np.abs(self.rate - self.asked(self.schedule, self.step)) > self.tolerance(self.schedule.max_lr)
        return int(np.argmax(off))

    def tolerance(self, peak: float) -> Numbers:
        """How far each recorded rate may be off; for logged ones, half a unit of the last digit more."""
        exact: Numbers = np.full(len(self.rate), TOLERANCE * peak)
        if self.seen.source == "optimizer":
            return exact
        printed: Numbers = exact + np.array([_half_unit(rate) for rate in self.rate.tolist()])
        return printed


def _half_unit(rate: float) -> float:
    """Half a unit of the last digit that a rate shows, assuming at least three digits."""
    if rate == 0.0:
        return 0.0
    exponent = f"{rate:.16e}".split("e")[1]
    shown = max(len(repr(rate).split("e")[0].replace(".", "").strip("0")), PRINTED_DIGITS)
    return 0.5 * 10.0 ** (int(exponent) - shown + 1)


def skipped(curve: RateCurve) -> int | None:
    """How many updates were skipped, as a gradient scaler does, if the curve is the schedule otherwise; else None."""
    if curve.seen.source != "optimizer":
        return None
    asked = np.asarray(curve.schedule(np.arange(curve.steps + 1)), dtype=float)
    tolerance, place = TOLERANCE * curve.schedule.max_lr, 0
    most = max(1, int(LARGEST_SKIPPED * curve.steps))
    for number, rate in enumerate(curve.rate):
        while place - number <= most and place < len(asked) and abs(rate - asked[place]) > tolerance:
            place += 1
        if place - number > most or place >= len(asked):
            return None
        place += 1
    return place - len(curve.rate)


def may_skip(steps: int) -> int:
    """How many updates of a run may be skipped."""
    return max(1, int(SKIPPED_SHARE * steps))
