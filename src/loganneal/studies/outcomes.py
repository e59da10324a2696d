"""What tuning gave each arm, from the records of the complete replicates."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loganneal.lab.records import Record
from loganneal.studies.comparison import Comparison, FinishedRun
from loganneal.studies.selection import Trial, best

Replicate = dict[str, tuple[FinishedRun, ...]]
"""The trials of every arm in one replicate, in the order drawn."""


@dataclass(frozen=True)
class ArmOutcome:
    """The runs of one arm, replicate by replicate, and what tuning chose among them.

    Args:
        name: The arm.
        runs: For each complete replicate its trials, in the order drawn.
        floor: Accuracy that a diverged run counts as, in [0, 1].
    """

    name: str
    runs: tuple[tuple[FinishedRun, ...], ...]
    floor: float

    @property
    def trials(self) -> tuple[tuple[Trial, ...], ...]:
        """The runs as tuning sees them."""
        return tuple(tuple(as_trial(run, self.floor) for run in replicate) for replicate in self.runs)

    @property
    def chosen(self) -> tuple[FinishedRun, ...]:
        """The run that validation chose in each replicate."""
        return tuple(runs[best(trials)] for runs, trials in zip(self.runs, self.trials, strict=True))

    @property
    def scores(self) -> tuple[float, ...]:
        """Test accuracy of the chosen runs, in points."""
        return tuple(100 * as_trial(run, self.floor).test for run in self.chosen)

    @property
    def peaks(self) -> tuple[float, ...]:
        """Peak rates of the chosen runs."""
        return tuple(run.planned.peak for run in self.chosen)


def as_trial(run: FinishedRun, floor: float) -> Trial:
    """One run as tuning sees it; a diverged one counts at the floor."""
    validation, test = run.record.validation_accuracy, run.record.test_accuracy
    if validation is None or test is None:
        return Trial(run.planned.peak, floor, floor, diverged=True)
    return Trial(run.planned.peak, validation, test)


def complete_replicates(comparison: Comparison, finished: Sequence[FinishedRun]) -> tuple[list[Replicate], int]:
    """The replicates of which every run is there, and how many were left out for mixing kinds of device.

    Runs of different device kinds are never paired.
    """
    complete = [
        replicate
        for number in range(comparison.replicates)
        if (replicate := _replicate(comparison, finished, number)) is not None
    ]
    alike = [replicate for replicate in complete if len(_devices(replicate)) == 1]
    return alike, len(complete) - len(alike)


def arm_outcomes(comparison: Comparison, replicates: Sequence[Replicate], floor: float) -> dict[str, ArmOutcome]:
    """The outcome of every arm, by its name."""
    return {arm: ArmOutcome(arm, tuple(replicate[arm] for replicate in replicates), floor) for arm in comparison.arms}


def loss_cut(outcome: ArmOutcome) -> float:
    """Median share of its first training loss that the chosen run has lost at the last step."""
    return float(np.median([_cut(run.record) for run in outcome.chosen]))


def _cut(record: Record) -> float:
    if record.status == "diverged" or len(record.metrics) < 2:
        return 0.0
    return 1 - record.metrics[-1].loss / record.metrics[0].loss


def _replicate(comparison: Comparison, finished: Sequence[FinishedRun], number: int) -> Replicate | None:
    found = sorted((run for run in finished if run.planned.replicate == number), key=lambda run: run.planned.trial)
    by_arm = {arm: tuple(run for run in found if run.planned.arm == arm) for arm in comparison.arms}
    whole = all(len(runs) == comparison.trials for runs in by_arm.values())
    return by_arm if whole else None


def _devices(replicate: Replicate) -> set[str]:
    return {str(run.record.environment.get("device")) for runs in replicate.values() for run in runs}
