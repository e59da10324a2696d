"""Why the learning rates that were seen are not those of the schedule: the known causes, each in a sentence."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from loganneal import Schedule
from loganneal.studies.judge.rate_curve import TOLERANCE, Places, RateCurve

MOST_STEPPED = 64
"""Largest number of scheduler steps per update that is looked for."""

STRAIGHT = 1e-3
"""Largest deviation from a line at which a curve counts as straight, as a share of its highest rate."""


def causes(curve: RateCurve, others: Mapping[str, Schedule]) -> Iterator[str]:
    """What is wrong with rates that are not the schedule's, the simplest explanation first.

    Args:
        curve: The rates.
        others: The schedules of the other arms at the same peak, by name.
    """
    for explain in (_constant, _begun_again, _stepped_often, _stepped_seldom, _stretched):
        if sentence := explain(curve):
            yield sentence
    for name, schedule in others.items():
        if curve.match(schedule) is not None:
            yield f"the rates are those of the arm {name!r}: another run's configuration was used"
    if sentence := _straight(curve):  # after the arms, one of which may be a line
        yield sentence


def _constant(curve: RateCurve) -> str:
    if np.ptp(curve.rate) > TOLERANCE * curve.rate.max():
        return ""
    return f"the schedule was not used: the optimizer kept {curve.rate[0]:g} throughout"


def _begun_again(curve: RateCurve) -> str:
    """The schedule up to some update, and from there on the schedule from its beginning."""
    place = curve.first_wrong()
    if not place:
        return ""
    again = curve.asked(curve.schedule, curve.step[place:] - curve.step[place])
    if (np.abs(curve.rate[place:] - again) <= curve.tolerance(curve.schedule.max_lr)[place:]).all():
        return began_again(int(curve.step[place]))
    return ""


def began_again(update: int) -> str:
    """The sentence for a schedule that was not resumed."""
    return f"the schedule began again at step 0 at update {update:,}: resumed without the scheduler's state"


def _stepped_often(curve: RateCurve) -> str:
    for times in range(2, MOST_STEPPED + 1):
        if _fits(curve, lambda step, times=times: step * times):  # type: ignore[misc] # bound as a default
            return f"stepped {times} times per update, like a scheduler that accelerate prepared for {times} processes"
    return ""


def _stepped_seldom(curve: RateCurve) -> str:
    changes = np.flatnonzero(np.abs(np.diff(curve.rate)) > TOLERANCE * curve.rate.max())
    if len(changes) < 1:
        return ""
    gaps = {int(curve.step[changes[0] + 1] - curve.first), *np.diff(curve.step[changes]).tolist()}
    for each in sorted(gap for gap in gaps if gap > 1):
        if _fits(curve, lambda step, each=each: step // each):  # type: ignore[misc]
            return (
                f"stepped once in {each:,} updates, perhaps once per epoch, as Lightning does unless interval is 'step'"
            )
    return ""


def _stretched(curve: RateCurve) -> str:
    for parts in range(2, MOST_STEPPED + 1):
        asked = np.asarray(curve.schedule(curve.step / parts), dtype=float)
        if curve.agrees(asked) is not None:
            return f"steps are counted in batches, not in updates: the curve is {parts} times too long"
    return ""


def _straight(curve: RateCurve) -> str:
    """A straight line to 0, perhaps after a warmup."""
    top = int(np.argmax(curve.rate))
    end = max(curve.steps, int(curve.step[-1]) + 1)
    line = (end - curve.step[top:]) / (end - curve.step[top])
    if len(line) < 3 or (np.abs(curve.rate[top:] - curve.rate[top] * line) > STRAIGHT * curve.rate[top]).any():
        return ""
    return (
        "the rates are a straight line to 0, the Trainer's own default scheduler: the Trainer did not get the schedule"
    )


def plainly(curve: RateCurve) -> str:
    """The first rate that is wrong, if no cause is known."""
    place, asked = curve.first_wrong(), curve.asked(curve.schedule, curve.step)
    return (
        f"the rates are not those of the schedule: at update {int(curve.step[place]):,} the optimizer had "
        f"{curve.rate[place]:g} instead of {asked[place]:g}"
    )


def _fits(curve: RateCurve, moved: Callable[[Places], Places]) -> bool:
    """Whether the curve is the schedule at other updates, to within one update."""
    return any(curve.agrees(curve.asked(curve.schedule, moved(curve.step + late))) is not None for late in (0, 1, -1))
