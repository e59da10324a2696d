"""A prediction in words."""

import json
from collections.abc import Mapping, Sequence

from loganneal.prediction.curves import Run
from loganneal.prediction.own_schedule import own_schedule
from loganneal.prediction.prediction import Choice, Prediction, SchedulePrediction
from loganneal.prediction.track_record import TrackRecord
from loganneal.schedules import Schedule
from loganneal.schedules._peak_factor import KNOWN_FAILURES, NARROWEST, WIDEST, peak_factor

HEADER = ("schedule", "difference", "range over the laws", "verdict", "tuned peak")

PEAK = (
    f"Tuned peak: the factor by which a peak tuned for the log's schedule should change, from a convex bound,\n"
    f"{KNOWN_FAILURES}.\n"
    f"It is left out for rates that rise after the warmup, and for factors outside {NARROWEST:g} to {WIDEST:g}."
)
"""Accompanies every table and JSON with factors."""


def text(prediction: Prediction, record: TrackRecord, factors: Mapping[str, float]) -> str:
    """The prediction for a terminal.

    Args:
        prediction: What was predicted.
        record: How often such predictions were right.
        factors: The factors that `peak_factors` returns.
    """
    if prediction.refusal:
        return "\n".join([prediction.refusal, *_probe_lines(prediction)])
    order = sorted(prediction.schedules, key=lambda one: (one.difference is None, one.difference or 0.0))
    parts = [
        f"Final {prediction.quantity} relative to the run in the first log, "
        f"after {prediction.total_steps:,} {prediction.unit}:",
        "",
        *_aligned([HEADER, *(_cells(one, factors) for one in order)]),
        "",
        *(choice_sentence(one) for one in prediction.choices),
        "",
        record.sentence(prediction.log_class),
        *filter(None, [record.experimental]),
        *([PEAK] if factors else []),
    ]
    return "\n".join(parts)


def peak_factors(run: Run, schedules: Mapping[str, Schedule], steps: int) -> dict[str, float]:
    """The factor for a tuned peak, for the schedules for which it can be said.

    Args:
        run: The run whose peak was tuned.
        schedules: By name.
        steps: The budget.
    """
    own = own_schedule(run.log) if run.schedule is None else run.schedule
    found = {name: peak_factor(own, one, steps) for name, one in schedules.items()} if steps == run.steps else {}
    return {name: round(factor, 3) for name, factor in found.items() if factor is not None}


def choice_sentence(choice: Choice) -> str:
    """The best value of a family's parameter."""
    near = f"{choice.low:g} to {choice.high:g}" if choice.low < choice.high else "no other value"
    return f"Best {choice.parameter} of {choice.family}: {choice.best:g}; within 0.5% of its loss: {near}."


def _cells(one: SchedulePrediction, factors: Mapping[str, float]) -> tuple[str, ...]:
    factor = f"x {factors[one.name]:.2f}" if one.name in factors else ""
    if one.difference is None or one.low is None or one.high is None:
        return one.name, "", "", f"{one.verdict}: {one.reason}", factor
    verdict = f"{one.verdict}: {one.reason}" if one.reason else one.verdict
    return one.name, percent(one.difference), f"{percent(one.low)} to {percent(one.high)}", verdict, factor


def percent(share: float) -> str:
    """A share in per cent; zero has no minus sign.

    >>> percent(-0.0001), percent(0.0512)
    ('+0.0%', '+5.1%')
    """
    return f"{round(100 * share, 1) + 0.0:+.1f}%"


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _probe_lines(prediction: Prediction) -> list[str]:
    make = prediction.make
    if make is None:
        return []
    train = f"  loganneal train --schedule probe.json --steps {make.total_steps} ..., with probe.json:"
    return [
        *_counted(prediction.unit),
        "",
        f"  import loganneal as la; schedule = la.{make.code}",
        train if prediction.unit == "updates" else "  As JSON:",
        f"  {json.dumps(make.schedule)}",
        "",
        "In a framework: loganneal.torch.ScheduleLR(optimizer, schedule), loganneal.optax.as_optax(schedule), or",
        f"loganneal.keras.ScheduleLR(schedule). The peak stays {make.max_lr:g}.",
    ]


def _counted(unit: str) -> list[str]:
    """What the steps of a probe are, unless they are updates."""
    if unit == "updates":
        return []
    more = "; schedule.in_steps(steps_per_epoch) counts updates" if unit == "epochs" else ""
    return [f"The log counts {unit}, and so does this schedule{more}."]
