"""The curves of a comparison as rows: what was measured during training, and the rates that were declared."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from loganneal.runs import Record
from loganneal.studies.result import ArmResult, ComparisonResult, TrialResult

Records = Mapping[str, Record]
"""Runs by the keys of their specifications."""

ALL_CURVES = 2000
"""Up to this many runs, every curve becomes rows; beyond, only those of the chosen runs do. The records have all."""

RATE_POINTS = 10_000
"""Maximum number of steps at which a declared rate is written."""


class CurveRow(NamedTuple):
    """One point of one run's curve; scores are scaled as they are shown, and None if there is none."""

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


def wanted_trials(comparison: ComparisonResult) -> list[tuple[ArmResult, TrialResult]]:
    """The trials whose curves become rows, in order of replicate, arm and trial."""
    trials = [(arm, trial) for arm in comparison.arms for trial in arm.trials]
    if len(trials) > ALL_CURVES:
        trials = [(arm, trial) for arm, trial in trials if trial.chosen]
    return sorted(trials, key=lambda pair: (pair[1].replicate, pair[0].name, pair[1].trial))


def curve_rows(comparison: ComparisonResult, records: Records) -> list[CurveRow]:
    """The points of the runs that counted; a diverged run's curve stops where it did."""
    factor = comparison.declaration.metric.factor
    return [
        row
        for arm, trial in wanted_trials(comparison)
        if trial.record in records
        for row in _rows(arm.name, trial, records[trial.record], factor)
    ]


def rate_rows(comparison: ComparisonResult) -> list[RateRow]:
    """The declared rate of every arm, as a share of the peak: at every step, or at some steps of a long run."""
    steps = comparison.declaration.steps
    places = np.unique(np.linspace(0, steps - 1, min(steps, RATE_POINTS)).astype(np.int64))
    return [
        RateRow(one.name, int(step), float(rate))
        for one in comparison.arms
        for step, rate in zip(places, np.asarray(one.arm.build(1.0, steps)(places)), strict=True)
    ]


def chosen_records(comparison: ComparisonResult, records: Records) -> dict[str, list[Record]]:
    """The records of the runs that validation chose, by arm."""
    return {
        arm.name: [records[trial.record] for trial in arm.trials if trial.chosen and trial.record in records]
        for arm in comparison.arms
    }


def _rows(arm: str, trial: TrialResult, record: Record, factor: float) -> Iterator[CurveRow]:
    place = (arm, trial.replicate, trial.trial, trial.peak_lr, trial.chosen)
    for point in record.metrics:
        score = None if point.validation_score is None else factor * point.validation_score
        yield CurveRow(*place, point.step, point.lr, point.loss, point.grad_norm, score, point.validation_loss)


def by_arm(rows: Sequence[CurveRow]) -> dict[str, list[CurveRow]]:
    """Rows of the chosen runs, by arm."""
    found: dict[str, list[CurveRow]] = {}
    for row in rows:
        if row.chosen:
            found.setdefault(row.arm, []).append(row)
    return found
