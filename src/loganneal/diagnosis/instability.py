"""The rule for unstable training."""

import numpy as np

from loganneal.diagnosis import needs
from loganneal.diagnosis import thresholds as limits
from loganneal.diagnosis.cycles import Cycle
from loganneal.diagnosis.finding import Finding, Run, span
from loganneal.diagnosis.measures import middle, trend_z
from loganneal.diagnosis.rule import Rule


def unstable(run: Run) -> Finding | None:
    """The loss is not finite, or the opening of a cycle is above L0.

    That is, more than 25% of the opening is above 1.25 times L0; or more than 70% is above L0, and the loss then
    falls over the cycle, as the rate does: if the loss never falls, the run learns nothing, which is a different
    failure.
    """
    if run.broken:
        return _broken(run)
    asked = [number for number, cycle in enumerate(run.cycles) if cycle.stop - cycle.peak >= limits.CYCLE_ROWS]
    found = [_risen(run, number) or _held_up(run, number) for number in asked]
    return max(filter(None, found), key=lambda finding: finding.numbers["share_above"], default=None)


def opened_badly(run: Run) -> Finding | None:
    """The same for a run that has reached the end of the last cycle's opening: more than 25% is above 1.25 L0.

    The other half of the rule needs the whole cycle.
    """
    *before, last = run.cycles
    whole = last._replace(stop=last.peak + round((last.stop - last.peak) / limits.OPENING_SHARE))
    return _risen(run._replace(cycles=[*before, whole]), len(before))


def _broken(run: Run) -> Finding:
    lost = np.flatnonzero(~np.isfinite(run.log.loss))
    row = int(lost[0]) if len(lost) else len(run.log.step) - 1
    number = max(sum(cycle.start <= row for cycle in run.cycles) - 1, 0)
    opening = run.cycles[number].peak
    where = span(run.log, min(opening, row), row + 1)
    when = "at" if len(lost) else "after"
    return Finding((f"The loss is no longer finite {when} step {where[1]}.",), where, {}, number + 1)


def _risen(run: Run, number: int) -> Finding | None:
    bar = run.first + limits.BAR * abs(run.first)
    share, rows = _share_above(run, number, bar)
    enough = share > limits.UNSTABLE_SHARE and rows >= limits.UNSTABLE_ROWS
    return _finding(run, number, share, bar) if enough else None


def _held_up(run: Run, number: int) -> Finding | None:
    share, rows = _share_above(run, number, run.first)
    if not (share > limits.HELD_UP_SHARE and rows > limits.HELD_UP_SHARE * limits.HELD_UP_ROWS):
        return None
    whole = slice(run.cycles[number].peak, run.cycles[number].stop)
    falls = trend_z(run.log.step[whole], run.log.loss[whole]) <= -limits.TREND_Z
    return _finding(run, number, share, run.first) if falls else None


def _finding(run: Run, number: int, share: float, bar: float) -> Finding:
    where = span(run.log, *_opening(run.cycles[number]))
    above = (
        f"In steps {where[0]} to {where[1]}, the opening of cycle {number + 1}, {share:.0%} of the losses lie above "
        f"{bar:.4g}; the loss at the start is {run.first:.4g}."
    )
    evidence = (above, *_gradients(run, run.cycles[number]))
    return Finding(evidence, where, {"share_above": share}, number + 1)


def _opening(cycle: Cycle) -> tuple[int, int]:
    """Rows from the peak on, where a warmup is over."""
    rows = max(round(limits.OPENING_SHARE * (cycle.stop - cycle.peak)), limits.OPENING_ROWS)
    return cycle.peak, min(cycle.peak + rows, cycle.stop)


def _share_above(run: Run, number: int, bar: float) -> tuple[float, int]:
    """The share, and the number, of the losses in the opening of a cycle that are above a bar."""
    above = run.log.loss[slice(*_opening(run.cycles[number]))] > bar
    return float(np.mean(above)), int(np.sum(above))


def _gradients(run: Run, cycle: Cycle) -> tuple[str, ...]:
    """Shown, but not used to decide: it separated nothing."""
    there, before = middle(run.log.grad_norm[slice(*_opening(cycle))]), middle(run.log.grad_norm[: cycle.peak])
    if np.isnan(there) or np.isnan(before):
        return ()
    return (f"The median norm of the gradient is {there:.3g} there and {before:.3g} before.",)


def _sentence(finding: Finding) -> str:
    return f"Training is unstable{f' in cycle {finding.cycle}' if finding.cycle > 1 else ''}."


def _steadier(finding: Finding) -> tuple[str, ...]:
    lower = "Lower max_lr."
    clip = "Apart from the schedule: clip the gradients."
    if finding.cycle > 1:  # the first cycle was survived at the full peak
        return "Lower the later peaks: peak_decay below 1.", "Warm up each cycle: restart_warmup_share.", lower, clip
    return lower, "Warm up for longer: warmup_steps.", clip


UNSTABLE = Rule(
    name="unstable",
    needs=tuple(map(needs.unless_broken, (needs.RATE, needs.SCALE, needs.OPENING))),
    find=unstable,
    sentence=_sentence,
    advice=_steadier,
)
