"""The curves of a comparison as rows: what was measured during training, and the rates that were declared."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from loganneal.studies.arms import ARMS
from loganneal.studies.comparison import FinishedRun

Summary = dict[str, Any]


class CurveRow(NamedTuple):
    """One point of one run's curve; accuracies in [0, 1]."""

    arm: str
    replicate: int
    trial: int
    peak_lr: float
    chosen: bool
    step: int
    lr: float
    loss: float
    validation_accuracy: float | None


class RateRow(NamedTuple):
    """The rate of one arm at one step, as a share of its peak rate."""

    arm: str
    step: int
    rate_over_peak: float


def curve_rows(summary: Summary, finished: Sequence[FinishedRun]) -> list[CurveRow]:
    """The points of every run that counted; a diverged run's curve stops where it did."""
    counted = {
        (arm["name"], trial["replicate"], trial["trial"]): trial["chosen"]
        for arm in summary["arms"]
        for trial in arm["trials"]
    }
    rows = []
    for run, record in finished:
        chosen = counted.get((run.arm, run.replicate, run.trial))
        if chosen is not None:
            place = (run.arm, run.replicate, run.trial, run.peak, chosen)
            rows += [CurveRow(*place, *point) for point in record.metrics]
    return sorted(rows, key=lambda row: (row.replicate, row.arm, row.trial, row.step))


def rate_rows(summary: Summary) -> list[RateRow]:
    """The declared rate of every arm at every step, as a share of the peak."""
    steps = summary["declaration"]["steps"]
    return [
        RateRow(name, step, float(rate))
        for name in summary["declaration"]["arms"]
        for step, rate in enumerate(ARMS[name].build(1.0, steps).curve(steps))
    ]
