"""The rules for cycles and budgets that do not fit."""

import numpy as np

from loganneal.diagnosis import needs
from loganneal.diagnosis import thresholds as limits
from loganneal.diagnosis.finding import Finding, Run, span
from loganneal.diagnosis.rule import Rule


def cycles_too_short(run: Run) -> Finding | None:
    """Three or more cycles, all shorter than an epoch, wherever between the rows the restarts may be."""
    epoch = run.log.steps_per_epoch
    if epoch is None or len(run.cycles) < limits.SHORT_CYCLES:
        return None
    starts = [run.cycles[0].peak, *(cycle.start for cycle in run.cycles[1:])]  # a warmup does not count
    longest = float(max(np.diff(run.log.step[starts])))  # the last may be cut
    if longest + run.log.spacing - 1 >= epoch:
        return None
    evidence = f"{len(run.cycles)} cycles, the longest of {longest:.0f} steps; an epoch has {epoch:.0f}."
    numbers = {"cycles": float(len(run.cycles)), "longest": longest, "steps_per_epoch": float(epoch)}
    return Finding((evidence,), span(run.log, 0, len(run.log.step)), numbers)


CYCLES_TOO_SHORT = Rule(
    name="cycles too short",
    needs=(needs.RATE, needs.EPOCH, needs.RESOLUTION),
    find=cycles_too_short,
    sentence=lambda _: "The cycles are too short: each is over before the data have been seen once.",
    advice=lambda _: ("Make the cycles longer than an epoch: a larger cycle_steps, fewer cycles.",),
)


def ends_at_a_high_rate(run: Run) -> Finding | None:
    """The last rate is above 20% of the highest."""
    share = float(run.log.lr[-1]) / run.log.peak
    if share <= limits.LOW_RATE:
        return None
    evidence = f"The last rate, {run.log.lr[-1]:.4g}, is {share:.0%} of the highest, {run.log.peak:.4g}."
    where = span(run.log, run.cycles[-1].start, len(run.log.step))
    return Finding((evidence,), where, {"last_share": share}, len(run.cycles))


ENDS_AT_A_HIGH_RATE = Rule(
    name="ends at a high rate",
    needs=(needs.RATE, needs.FALLS, needs.END),
    find=ends_at_a_high_rate,
    sentence=lambda _: "The run ends at a high rate, before a cycle is over.",
    advice=lambda _: (
        "Let the last cycle end with the budget: fit(total_steps=..., cycles=...).",
        "If the run was stopped, or is still running, ignore this.",
    ),
)
