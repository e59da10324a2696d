"""What tuning chose for each arm, from the records of the complete replicates."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from loganneal.data.metric import ACCURACY, Metric
from loganneal.runs.record import Record
from loganneal.studies.declare.comparison import Comparison, FinishedRun
from loganneal.studies.judge.selection import Trial, best

Replicate = dict[str, tuple[FinishedRun, ...]]
"""The trials of every arm in one replicate, in the order drawn."""

COUNTED = ("completed", "diverged")
"""Outcomes of runs that count; a diverged one counts at the floor."""

_AVERAGES = {"snapshots": "snapshot_average"}
"""Averages of the weights that are named differently in a record and in an arm."""


@dataclass(frozen=True)
class ArmOutcome:
    """The runs of one arm, replicate by replicate, and what tuning chose among them.

    Args:
        name: Name of the arm.
        runs: The runs of each complete replicate, in the order drawn.
        trials: The same runs as tuning sees them.
        metric: The metric.
    """

    name: str
    runs: tuple[tuple[FinishedRun, ...], ...]
    trials: tuple[tuple[Trial, ...], ...]
    metric: Metric = ACCURACY

    @cached_property
    def places(self) -> tuple[int, ...]:
        """The index of the trial that validation chose in each replicate."""
        return tuple(best(trials, self.metric.sign) for trials in self.trials)

    @property
    def chosen(self) -> tuple[FinishedRun, ...]:
        """The run that validation chose in each replicate."""
        return tuple(runs[place] for runs, place in zip(self.runs, self.places, strict=True))

    @property
    def scores(self) -> tuple[float, ...]:
        """Test scores of the chosen runs, as they are shown."""
        chosen = zip(self.trials, self.places, strict=True)
        return tuple(self.metric.factor * trials[place].test for trials, place in chosen)

    @property
    def peaks(self) -> tuple[float, ...]:
        """Peak rates of the chosen runs."""
        return tuple(run.planned.peak for run in self.chosen)


def as_trial(run: FinishedRun, floor: float, averaging: str | None = None) -> Trial:
    """One run as tuning sees it; a diverged one counts at the floor.

    Args:
        run: The run with its record.
        floor: The score of a diverged run.
        averaging: The average of the weights whose scores count; None for the last weights.
    """
    validation, test = _scores(run.record, averaging)
    if validation is None or test is None:
        return Trial(run.planned.peak, floor, floor, diverged=True)
    return Trial(run.planned.peak, validation, test)


def complete_replicates(comparison: Comparison, finished: Iterable[FinishedRun]) -> tuple[list[Replicate], int]:
    """The replicates with all their runs, and how many were left out for mixing kinds of device.

    Runs of different device kinds are never paired. A failed run counts as missing.
    """
    found: dict[int, list[FinishedRun]] = defaultdict(list)
    for run in finished:
        if run.record.status in COUNTED:
            found[run.planned.replicate].append(run)
    complete = [
        replicate
        for number in range(comparison.replicates)
        if (replicate := _replicate(comparison, found[number])) is not None
    ]
    alike = [replicate for replicate in complete if len(_devices(replicate)) == 1]
    return alike, len(complete) - len(alike)


def arm_outcomes(comparison: Comparison, replicates: Sequence[Replicate]) -> dict[str, ArmOutcome]:
    """The outcome of every arm, by its name.

    If the floor is infinite, a diverged run counts as the worst score of the comparison.
    """
    runs = {arm: tuple(replicate[arm] for replicate in replicates) for arm in comparison.arms}
    averages = {arm: comparison.arm(arm).averaging for arm in comparison.arms}
    floor, metric = comparison.data.floor, comparison.data.metric
    if math.isinf(floor):
        floor = _worst(runs, averages, metric)
    return {arm: ArmOutcome(arm, own, _as_trials(own, floor, averages[arm]), metric) for arm, own in runs.items()}


def shown_margin(comparison: Comparison, reference: ArmOutcome) -> float:
    """The margin of a tie, as the metric is shown; a relative one is a share of the reference's mean score."""
    margin = comparison.data.metric.margin(comparison.margin)
    return margin * abs(float(np.mean(reference.scores))) if comparison.relative_margin else margin


def loss_cut(outcome: ArmOutcome) -> float:
    """Median share of the first training loss by which the chosen runs reduced it at the last step."""
    return float(np.median([_cut(run.record) for run in outcome.chosen]))


def _as_trials(
    runs: Sequence[Sequence[FinishedRun]], floor: float, averaging: str | None
) -> tuple[tuple[Trial, ...], ...]:
    return tuple(tuple(as_trial(run, floor, averaging) for run in replicate) for replicate in runs)


def _scores(record: Record, averaging: str | None) -> tuple[float | None, float | None]:
    if averaging is None:
        return record.validation_score, record.test_score
    found = record.averages.get(_AVERAGES.get(averaging, averaging), {})
    return found.get("validation_score"), found.get("test_score")


def _worst(
    runs: Mapping[str, Sequence[Sequence[FinishedRun]]], averages: Mapping[str, str | None], metric: Metric
) -> float:
    found = [
        score
        for arm, replicates in runs.items()
        for replicate in replicates
        for run in replicate
        for score in _scores(run.record, averages[arm])
        if score is not None
    ]
    return min(found, key=lambda score: metric.sign * score, default=0.0)


def _cut(record: Record) -> float:
    if record.status == "diverged" or len(record.metrics) < 2:
        return 0.0
    losses = [row.loss for row in record.metrics if not math.isnan(row.loss)]  # a script may report none in a row
    if len(losses) < 2:
        return 0.0
    first, last = losses[0], losses[-1]
    return 1 - last / first if first > 0 else 1.0  # a user's own loss that starts below 0 has no share to lose


def _replicate(comparison: Comparison, found: Sequence[FinishedRun]) -> Replicate | None:
    by_arm: dict[str, list[FinishedRun]] = {arm: [] for arm in comparison.arms}
    for run in sorted(found, key=lambda run: run.planned.trial):
        if run.planned.arm in by_arm:
            by_arm[run.planned.arm].append(run)
    whole = all(len(runs) == comparison.trials for runs in by_arm.values())
    return {arm: tuple(runs) for arm, runs in by_arm.items()} if whole else None


def _devices(replicate: Replicate) -> set[tuple[str, str]]:
    """Kinds of device, and digests of code, which are not mixed either."""
    facts = [run.record.environment for runs in replicate.values() for run in runs]
    return {(str(one.get("device")), str(one.get("code"))) for one in facts}
