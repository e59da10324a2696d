"""What experiments on a finished study share: the runs that it chose, and paired differences."""

from collections.abc import Sequence

from loganneal.runs import Journal, Record
from loganneal.studies import ComparisonResult
from loganneal.studies.judge.statistics import compare_pairs
from loganneal.studies.result import TrialResult


def chosen_runs(comparison: ComparisonResult, arm: str, journal: Journal) -> list[Record]:
    """The records of the runs that an arm's validation scores chose, one a replicate."""
    return [record_of(trial, comparison, journal) for trial in comparison.arm(arm).trials if trial.chosen]


def record_of(trial: TrialResult, comparison: ComparisonResult, journal: Journal) -> Record:
    """The record of a trial."""
    record = journal.find(comparison.declaration.workload, trial.record)
    if record is None:
        raise SystemExit(f"The journal lacks the run {trial.record}.")
    return record


def difference(first: Sequence[float], second: Sequence[float], sign: int = 1) -> dict[str, object]:
    """Mean and 95% interval of the paired differences, rounded; positive ones favour the first if `sign` is 1."""
    paired = compare_pairs(first, second, sign)
    return {"mean": round(paired.mean, 4), "interval95": [round(end, 4) for end in paired.interval95 or ()]}
