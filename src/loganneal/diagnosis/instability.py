"""The rule for unstable training."""

import numpy as np
from numpy.typing import NDArray

from loganneal.diagnosis import needs
from loganneal.diagnosis import thresholds as limits
from loganneal.diagnosis.cycles import Cycle, opening
from loganneal.diagnosis.finding import Finding, Run, span
from loganneal.diagnosis.measures import bar, levels, middle, shares, trend_z
from loganneal.diagnosis.rule import Rule


def unstable(run: Run) -> Finding | None:
    """The loss is not finite, or the opening of a cycle is above L0, or the loss ends far above where it had been.

    An opening is above L0 if more than 25% of it is above 1.25 times L0, or higher if the losses scatter; or if more
    than 70% is above L0, and the loss then falls over the cycle, as the rate does: if the loss never falls, the run
    learns nothing, which is a different failure.
    """
    if run.broken:
        return _broken(run)
    asked = [number for number, cycle in enumerate(run.cycles) if cycle.stop - cycle.peak >= limits.CYCLE_ROWS]
    found = [_risen(run, number) or _held_up(run, number) for number in asked]
    opened = max(filter(None, found), key=lambda finding: finding.numbers["share_above"], default=None)
    return opened or not_recovered(run)


def opened_badly(run: Run) -> Finding | None:
    """The same for a run that has reached the end of the last cycle's opening: more than 25% is above 1.25 L0.

    The other half of the rule needs the whole cycle.
    """
    *before, last = run.cycles
    whole = last._replace(stop=last.peak + round((last.stop - last.peak) / limits.OPENING_SHARE))
    return _risen(run._replace(cycles=[*before, whole]), len(before))


def _is_broken(run: Run) -> bool:
    return run.broken


def _broken(run: Run) -> Finding:
    lost = np.flatnonzero(~np.isfinite(run.log.loss))
    row = int(lost[0]) if len(lost) else len(run.log.step) - 1
    number = max(sum(cycle.start <= row for cycle in run.cycles) - 1, 0)
    peak = run.cycles[number].peak
    where = span(run.log, min(peak, row), row + 1)
    return Finding((_lost(run, lost, where[1]),), where, {}, number + 1)


def _lost(run: Run, lost: NDArray[np.intp], step: int) -> str:
    """Which losses are not finite."""
    if not len(lost):
        return f"The loss is no longer finite after step {step}."
    count, rows = len(lost), len(run.log.loss)
    if count == rows - lost[0]:
        return f"The loss is no longer finite at step {step}."
    ending = "the last is not finite either" if lost[-1] == rows - 1 else "later ones are"
    said = f"{count} of {rows} losses are not finite, the first" if count > 1 else "One loss is not finite,"
    return f"{said} at step {step}; {'the run then diverged' if run.log.diverged else ending}."


def _risen(run: Run, number: int) -> Finding | None:
    high = run.first + bar(run.scatter) * abs(run.first)
    share, rows = _share_above(run, number, high)
    enough = share > limits.UNSTABLE_SHARE and rows >= limits.UNSTABLE_ROWS
    return _finding(run, number, share, high) if enough else None


def not_recovered(run: Run) -> Finding | None:
    """The loss ends far above its lowest level, at a rate that is no higher than there.

    Args:
        run: A run with learning rates and finite losses above 0.
    """
    *before, last = levels(shares(run.log.loss, run.first))
    if not before:
        return None
    number = int(np.argmin([level.mean for level in before]))
    low = before[number]
    rise, error = last.mean - low.mean, float(np.hypot(last.error, low.error))
    there, here = (float(np.median(run.log.lr[level.start : level.stop])) for level in (low, last))
    if rise <= limits.RISEN or rise <= limits.RISEN_ERRORS * error or here > there:
        return None
    where = span(run.log, low.stop, last.stop)
    then, now = (f"{level.mean * run.first:.4g}" for level in (low, last))
    evidence = (
        f"From step {where[0]} on the loss rises and does not come back: its mean was {then} over the "
        f"{low.stop - low.start} rows before, and is {now} over the last {last.stop - last.start}."
    )
    cycle = max(sum(cycle.start <= low.stop for cycle in run.cycles), 1)
    return Finding((evidence,), where, {"rise": rise}, cycle)


def _held_up(run: Run, number: int) -> Finding | None:
    high = run.first + limits.FIRST_ERROR * run.scatter * abs(run.first)
    share, rows = _share_above(run, number, high)
    if not (share > limits.HELD_UP_SHARE and rows > limits.HELD_UP_SHARE * limits.HELD_UP_ROWS):
        return None
    whole = slice(run.cycles[number].peak, run.cycles[number].stop)
    falls = trend_z(run.log.step[whole], run.log.loss[whole]) <= -limits.TREND_Z
    return _finding(run, number, share, high) if falls else None


def _finding(run: Run, number: int, share: float, high: float) -> Finding:
    where = span(run.log, *opening(run.cycles[number]))
    above = (
        f"In steps {where[0]} to {where[1]}, the opening of cycle {number + 1}, {share:.0%} of the losses lie above "
        f"{high:.4g}; the loss at the start is {run.first:.4g}."
    )
    evidence = (above, *_gradients(run, run.cycles[number]))
    return Finding(evidence, where, {"share_above": share}, number + 1)


def _share_above(run: Run, number: int, high: float) -> tuple[float, int]:
    """The share, and the number, of the losses in the opening of a cycle that are above a level."""
    above = run.log.loss[slice(*opening(run.cycles[number]))] > high
    return float(np.mean(above)), int(np.sum(above))


def _gradients(run: Run, cycle: Cycle) -> tuple[str, ...]:
    """Shown, but not used to decide: it separated nothing."""
    there, before = middle(run.log.grad_norm[slice(*opening(cycle))]), middle(run.log.grad_norm[: cycle.peak])
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
    needs=tuple(needs.unless(need, _is_broken) for need in (needs.RATE, needs.SCALE, needs.OPENING)),
    find=unstable,
    sentence=_sentence,
    advice=_steadier,
)
