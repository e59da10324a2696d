"""Whether the learning rates that were recorded in a run are those of its schedule, and if not, why."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from loganneal import Schedule
from loganneal.runs.launch import SeenRates
from loganneal.studies.judge.rate_causes import MOST_STEPPED, began_again, causes, plainly
from loganneal.studies.judge.rate_curve import SKIPPED_SHARE, TOLERANCE, Match, RateCurve, may_skip, skipped

FACTOR_TOLERANCE = 1e-4
"""How far the constant factor may differ between runs."""

FEWEST_LOGGED = 3
"""Logged rates from which it can be told where the next would have been."""

LONGEST_GAP = 1.5
"""A gap between logged rates may be longer than those before by this factor, if rows are logged by time."""

LARGELY = 0.95
"""Share of the updates from which a gradient scaler may be what left out the others."""

KEPT = 40
"""Number of rates that a record keeps, for a reader."""

NOT_SEEN = (
    "no learning rate was recorded, so nothing can be concluded: call trial.watch(optimizer), or report it with "
    "trial.report(step, lr=...)"
)


@dataclass(frozen=True)
class RatesVerdict:
    """The verdict on the rates of a run.

    Args:
        seen: The rates, thinned, with how they agree with the schedule; None if none were recorded.
        problem: Why they do not agree, as a sentence without its full stop; "" if they do.
    """

    seen: SeenRates | None
    problem: str


def judge_rates(
    schedule: Schedule,
    steps: int,
    seen: SeenRates | None,
    others: Mapping[str, Schedule] | None = None,
    *,
    whole: bool = True,
) -> RatesVerdict:
    """Compare the rates of a run with its schedule.

    Args:
        schedule: The schedule of the run.
        steps: Number of updates.
        seen: The recorded rates; None if there are none.
        others: The schedules of the other arms at the same peak, by name: one of them may have been used instead.
        whole: Whether the run was completed; the updates of a probe are not counted.

    Example:
        >>> import loganneal as la
        >>> schedule = la.Cosine(0.1, 100)
        >>> seen = SeenRates(source="optimizer", step=tuple(range(100)), rate=(0.1,) * 100, updates=100)
        >>> judge_rates(schedule, 100, seen).problem
        'the schedule was not used: the optimizer kept 0.1 throughout'
        >>> seen = SeenRates(source="optimizer", step=tuple(range(100)), rate=tuple(schedule.curve(100)), updates=100)
        >>> judge_rates(schedule, 100, seen).problem
        ''
    """
    if seen is None or not seen.rate:
        return RatesVerdict(None, NOT_SEEN)
    curve = RateCurve(schedule, steps, seen)
    match = curve.match(schedule)
    problem = _problem(curve, match, others or {}, whole)
    agreed = dataclasses.asdict(match) if match is not None else {}
    return RatesVerdict(dataclasses.replace(_thinned(seen), **agreed), problem)


def factor_problem(factor: float, peak: float, known: Mapping[float, float]) -> str:
    """Why the constant factors of runs with different peaks do not agree; "" if they do.

    Args:
        factor: The factor of this run.
        peak: The peak rate of this run.
        known: The factors of other runs of the comparison, by their peak rates.

    Example:
        >>> factor_problem(0.5, 0.2, {0.1: 1.0})
        'the peak rate is ignored: the optimizer had 1 times what was asked with a peak of 0.1, 0.5 times with 0.2'
    """
    for other, there in known.items():
        if abs(factor - there) > FACTOR_TOLERANCE * max(abs(factor), abs(there)):
            ignored = "the peak rate is ignored" if other != peak else "the learning rate is changed from run to run"
            return (
                f"{ignored}: the optimizer had {there:g} times what was asked with a peak of {other:g}, "
                f"{factor:g} times with {peak:g}"
            )
    return ""


def _problem(curve: RateCurve, match: Match | None, others: Mapping[str, Schedule], whole: bool) -> str:
    if curve.seen.uneven:
        return "the optimizer's groups of parameters follow different curves: each needs the schedule, times a constant"
    if len(curve.seen.begins) > 1:
        return _resumed(curve, whole)
    missing = skipped(curve) if match is None else 0
    if missing is None:
        return next(causes(curve, others), plainly(curve))
    if missing > may_skip(curve.steps):
        return next(causes(curve, others), _too_many_skipped(missing, curve.steps))
    return _count(curve) if whole else ""


def _too_many_skipped(missing: int, steps: int) -> str:
    return (
        f"{missing:,} updates were skipped, as by a gradient scaler, but only {may_skip(steps):,} of {steps:,} may be: "
        "lower its init_scale, or train for more steps"
    )


def _count(curve: RateCurve) -> str:
    """Why the number of updates is wrong; "" if it is not. One more is accepted, since nanoGPT makes one more."""
    updates, steps = curve.seen.updates, curve.steps
    if updates is None:
        return _reach(curve)
    if steps * (1 - SKIPPED_SHARE) <= updates <= steps + 1:
        return ""
    for parts in range(2, MOST_STEPPED + 1):
        if abs(updates * parts - steps) <= parts:
            made = f"{updates:,} updates of {steps:,} were made"
            return f"steps are counted in batches, not in updates: {made}, one in {parts}"
    scaler = "; if a gradient scaler skipped some, lower its init_scale" if updates > LARGELY * steps else ""
    return f"{updates:,} updates were made, and {steps:,} were asked for: the schedule was not used to its end{scaler}"


def _reach(curve: RateCurve) -> str:
    """Why rates that a script logged end too early; "" if the next row may lie at the end of the run or beyond."""
    step = curve.step + 1.0
    if len(step) < FEWEST_LOGGED:
        return ""
    even, geometric = step[-1] + LONGEST_GAP * np.max(np.diff(step)), step[-1] * (step[-1] / step[-2])
    if max(even, geometric) >= curve.steps * (1 - SKIPPED_SHARE):
        return ""
    return (
        f"the last learning rate was logged at update {step[-1]:,.0f} of {curve.steps:,}: the schedule was not used "
        "to its end, or the rates after that were not logged"
    )


def _resumed(curve: RateCurve, whole: bool) -> str:
    """Judge several processes in turn: the last one either did everything, or continued where another had been."""
    begin = curve.seen.begins[-1]
    last, done = curve.rate[begin:], len(curve.rate) - begin
    if not done:
        return NOT_SEEN
    places = np.arange(done)
    tolerance = TOLERANCE * curve.schedule.max_lr
    for start in range(min(begin, curve.steps) + 1):
        if (np.abs(last - curve.asked(curve.schedule, start + places)) <= tolerance).all():
            return _resumed_at(start, done, begin, curve.steps) if whole else ""
    return plainly(curve)


def _resumed_at(start: int, done: int, begin: int, steps: int) -> str:
    if steps * (1 - SKIPPED_SHARE) <= start + done <= steps + 1:
        return ""
    if start == 0 and done < steps:
        return began_again(begin)
    return f"{start + done:,} updates were made, and {steps:,} were asked for: the schedule was not used to its end"


def _thinned(seen: SeenRates) -> SeenRates:
    places = np.unique(np.linspace(0, len(seen.step) - 1, min(KEPT, len(seen.step))).astype(int))
    step, rate = (tuple(values[place] for place in places) for values in (seen.step, seen.rate))
    return dataclasses.replace(seen, step=step, rate=rate)
