"""The curves of a comparison as rows: what was measured during training, and the rates that were declared."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from loganneal.runs.record import Record
from loganneal.studies.declare.arms import Arm
from loganneal.studies.declare.comparison import FinishedRun
from loganneal.studies.declare.tuned_parameter import TunedParameter

Summary = dict[str, Any]
Counted = tuple[FinishedRun, bool]
"""A run that counted, and whether validation chose it."""

ALL_CURVES = 2000
"""Of so many runs every curve becomes rows; of more, those of the chosen runs. The records have all."""


class CurveRow(NamedTuple):
    """One point of one run's curve; scores are as they are shown, None where there is none."""

    arm: str
    replicate: int
    trial: int
    peak_lr: float
    chosen: bool
    step: int
    lr: float
    loss: float
    grad_norm: float | None
    validation_score: float | None
    validation_loss: float | None


class RateRow(NamedTuple):
    """The rate of one arm at one step, as a share of its peak rate."""

    arm: str
    step: int
    rate_over_peak: float


def counted_runs(summary: Summary, finished: Iterable[FinishedRun]) -> list[Counted]:
    """The runs of complete replicates, in order of replicate, arm and trial."""
    chosen = {
        (trial["replicate"], arm["name"], trial["trial"]): trial["chosen"]
        for arm in summary["arms"]
        for trial in arm["trials"]
    }
    placed = [((run.planned.replicate, run.planned.arm, run.planned.trial), run) for run in finished]
    return [(run, chosen[place]) for place, run in sorted(placed, key=lambda pair: pair[0]) if place in chosen]


def curve_rows(summary: Summary, finished: Iterable[FinishedRun]) -> list[CurveRow]:
    """The points of the runs that counted; a diverged run's curve stops where it did."""
    counted = counted_runs(summary, finished)
    wanted = counted if len(counted) <= ALL_CURVES else [pair for pair in counted if pair[1]]
    factor = summary["declaration"]["metric"]["factor"]
    return [row for run, chosen in wanted for row in _rows(run, chosen, factor)]


def rate_rows(summary: Summary) -> list[RateRow]:
    """The declared rate of every arm at every step, as a share of the peak."""
    steps = summary["declaration"]["steps"]
    return [
        RateRow(definition["name"], step, float(rate))
        for definition in summary["declaration"]["definitions"]
        for step, rate in enumerate(_arm(definition).build(1.0, steps).curve(steps))
    ]


def chosen_records(summary: Summary, finished: Iterable[FinishedRun]) -> dict[str, list[Record]]:
    """The records of the runs that validation chose, by arm."""
    found: dict[str, list[Record]] = {name: [] for name in summary["declaration"]["arms"]}
    for run, chosen in counted_runs(summary, finished):
        if chosen:
            found[run.planned.arm].append(run.record)
    return found


def _rows(run: FinishedRun, chosen: bool, factor: float) -> Iterator[CurveRow]:
    planned = run.planned
    for point in run.record.metrics:
        score = None if point.validation_score is None else factor * point.validation_score
        yield CurveRow(
            planned.arm,
            planned.replicate,
            planned.trial,
            planned.peak,
            chosen,
            point.step,
            point.lr,
            point.loss,
            point.grad_norm,
            score,
            point.validation_loss,
        )


def _arm(definition: Summary) -> Arm:
    knobs = tuple(TunedParameter(name, low, high) for name, (low, high) in definition["knobs"].items())
    return Arm(
        definition["name"], definition["name"], "#000000", definition["schedule"], definition["parameters"], knobs
    )


def by_arm(rows: Sequence[CurveRow]) -> dict[str, list[CurveRow]]:
    """Rows of the chosen runs, by arm."""
    found: dict[str, list[CurveRow]] = {}
    for row in rows:
        if row.chosen:
            found.setdefault(row.arm, []).append(row)
    return found
