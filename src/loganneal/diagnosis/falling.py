"""The rule for a learning rate that falls too fast, and the note on a loss that hardly falls."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from loganneal.diagnosis import needs
from loganneal.diagnosis import thresholds as limits
from loganneal.diagnosis.cycles import Cycle, low_stretch
from loganneal.diagnosis.finding import Finding, Run, span
from loganneal.diagnosis.log import Numbers
from loganneal.diagnosis.measures import closing, mean, shares, trend
from loganneal.diagnosis.rule import Rule


def decay_too_fast(run: Run) -> Finding | None:
    """At least 60% of a cycle has a low rate, and over that stretch the loss still falls.

    It falls if its slope is three standard errors below 0, and if it loses more than 1% of L0 along its line. Cycles
    that have such a stretch are taken together: their z are added and divided by the square root of their number, and
    their losses averaged. The steps of a step schedule share one slope, each around its own mean.
    """
    low = [stretch for number, cycle in enumerate(run.cycles, 1) if (stretch := _low_stretch(run, number, cycle))]
    if not low or sum(len(stretch.rows) for stretch in low) < limits.TREND_ROWS:
        return None
    z, fall = sum(stretch.z for stretch in low) / len(low) ** 0.5, mean(np.array([stretch.fall for stretch in low]))
    if not (z <= -limits.TREND_Z and fall > limits.USEFUL_GAIN):
        return None
    return _finding(run, low, {"low_share": max(stretch.share for stretch in low), "trend_z": z, "fall": fall})


def _finding(run: Run, low: list["_LowStretch"], numbers: dict[str, float]) -> Finding:
    steepest = min(low, key=lambda stretch: stretch.z)
    where = span(run.log, steepest.rows[0], steepest.rows[-1] + 1)
    evidence = (
        f"In cycle {steepest.cycle} the rate is below {limits.LOW_RATE:.0%} of its peak for {steepest.share:.0%} "
        f"of the steps, {where[0]} to {where[1]}.",
        f"There{_and_like(len(low) - 1)} the loss still falls, by {numbers['fall']:.1%} of the initial loss; "
        f"its slope lies {-numbers['trend_z']:.1f} standard errors below 0.",
    )
    return Finding(evidence, where, numbers, steepest.cycle)


class _LowStretch(NamedTuple):
    cycle: int
    share: float
    rows: NDArray[np.intp]
    z: float
    fall: float


def _low_stretch(run: Run, number: int, cycle: Cycle) -> _LowStretch | None:
    """A low stretch that takes up most of its cycle, and the trend of the loss there."""
    rows = low_stretch(run.log.lr, cycle, limits.LOW_RATE)
    share = len(rows) / (cycle.stop - cycle.peak)
    if share < limits.LOW_RATE_SHARE or len(rows) < limits.STRETCH_ROWS:
        return None
    line = trend(run.log.step[rows], shares(run.log.loss[rows], run.first), _steps(run.log.lr, rows))
    return _LowStretch(number, share, rows, line.z, -line.change)


def _steps(lr: Numbers, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Where to split rows: where a constant rate drops, as in a step schedule, since the loss drops there too."""
    stood, falls = lr[rows[:-2]] == lr[rows[1:-1]], lr[rows[2:]] < (1 - limits.RATE_STEP) * lr[rows[1:-1]]
    places: NDArray[np.intp] = np.flatnonzero(stood & falls) + 2
    return places


def _and_like(others: int) -> str:
    return f" and in {others} other cycle{'s' * (others > 1)} like it" if others else ""


def _sentence(finding: Finding) -> str:
    where = f" in cycle {finding.cycle}" if finding.cycle > 1 else ""
    return f"The rate falls too fast{where}: it is low for most of the cycle, and the loss still falls."


def _slower(finding: Finding) -> tuple[str, ...]:
    return (
        "Lower the base: 1 gives linear decay, and below 1 the decay comes late.",
        "Or make the cycles longer: a larger cycle_steps, or fewer cycles.",
    )


DECAY_TOO_FAST = Rule(
    name="decay too fast",
    needs=(needs.RATE, needs.FINITE, needs.SCALE, needs.LOW_STRETCH),
    find=decay_too_fast,
    sentence=_sentence,
    advice=_slower,
)


def hardly_falls(run: Run) -> Finding | None:
    """The training loss at the end is still above 90% of L0."""
    share = closing(run.log.loss, run.first)
    if share <= limits.HARDLY:
        return None
    evidence = (f"At the end the training loss is {share:.0%} of its initial value.",)
    return Finding(evidence, span(run.log, 0, len(run.log.step)), {"left": share})


HARDLY_FALLS = Rule(
    name="hardly falls",
    needs=(needs.FINITE, needs.SCALE),
    find=hardly_falls,
    sentence=lambda _: (
        "The loss has hardly fallen: the peak may be far too low or too high; loganneal lr-range tells which."
    ),
)
