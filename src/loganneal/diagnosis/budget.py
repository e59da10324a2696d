"""The rules for cycles and budgets that do not fit."""

import numpy as np

from loganneal.diagnosis import thresholds as limits
from loganneal.diagnosis.finding import Finding, Run, span


def cycles_too_short(run: Run) -> Finding | None:
    """Three or more cycles, all shorter than an epoch."""
    epoch = run.log.steps_per_epoch
    if epoch is None or len(run.cycles) < limits.SHORT_CYCLES:
        return None
    starts = [run.cycles[0].peak, *(cycle.start for cycle in run.cycles[1:])]  # a warmup does not count
    longest = float(max(np.diff(run.log.step[starts])))  # the last may be cut
    if longest >= epoch:
        return None
    evidence = f"{len(run.cycles)} cycles, the longest of {longest:.0f} steps; an epoch has {epoch:.0f}."
    numbers = {"cycles": float(len(run.cycles)), "longest": longest, "steps_per_epoch": float(epoch)}
    return Finding("cycles too short", (evidence,), span(run.log, 0, len(run.log.step)), numbers)


def ends_at_a_high_rate(run: Run) -> Finding | None:
    """The last rate is above 20 % of the highest."""
    share = float(run.log.lr[-1]) / run.log.peak if run.log.peak > 0 else 0.0
    if share <= limits.LOW_RATE:
        return None
    evidence = f"The last rate, {run.log.lr[-1]:.4g}, is {share:.0%} of the highest, {run.log.peak:.4g}."
    where = span(run.log, run.cycles[-1].start, len(run.log.step))
    return Finding("ends at a high rate", (evidence,), where, {"last_share": share}, len(run.cycles))
