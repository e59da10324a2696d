"""Could a run be ended early by its curve? What the ranking of runs part of the way says about the ranking at the end.

python experiments/half_time.py records records/early-stopping/half_time.json
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from chosen_runs import record_of
from scipy import stats

from loganneal.runs import Journal, Record
from loganneal.studies import ComparisonResult, read_result
from loganneal.studies.result import TrialResult

STUDIES = ("cifar10", "digits")
SHARES = (0.3, 0.5, 0.7, 0.9)

LAST_ROWS = 3
"""Rows of a curve whose mean is its loss at a step."""

Runs = Mapping[str, list[tuple[TrialResult, Record]]]
"""Trials of each arm with their records."""


def main() -> None:
    """Write the table of every study."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    found = {name: _of_study(folder, name) for name in STUDIES}
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(found, indent=1) + "\n")


def _of_study(folder: Path, name: str) -> list[dict[str, float]]:
    comparison = read_result(folder / name / "result.json").comparisons[0]
    runs = _runs(comparison, Journal(folder / "runs"))
    return [_row(comparison, runs, share) for share in SHARES]


def _runs(comparison: ComparisonResult, journal: Journal) -> Runs:
    return {
        arm.name: [(trial, record_of(trial, comparison, journal)) for trial in arm.trials] for arm in comparison.arms
    }


def _row(comparison: ComparisonResult, runs: Runs, share: float) -> dict[str, float]:
    """Rank correlation of the arms with the end, and in how many replicates halving drops the best configuration."""
    chosen = [
        np.mean([_loss(record, share) for trial, record in runs[arm.name] if trial.chosen]) for arm in comparison.arms
    ]
    scores = [arm.scores.mean for arm in comparison.arms if arm.scores]
    lost = [_drops_the_best(runs, replicate, share) for replicate in range(comparison.replicates_done)]
    return {
        "share": share,
        "rank_correlation": float(stats.spearmanr(-np.array(chosen), scores).statistic),
        "best_dropped": sum(lost),
        "replicates": len(lost),
    }


def _drops_the_best(runs: Runs, replicate: int, share: float) -> bool:
    """Whether the configuration that is best on validation at the end is in the worse half part of the way."""
    of_replicate = [pair for pairs in runs.values() for pair in pairs if pair[0].replicate == replicate]
    losses = [_loss(record, share) for _, record in of_replicate]
    best = int(np.argmax([trial.validation_score for trial, _ in of_replicate]))
    return losses[best] > float(np.median(losses))


def _loss(record: Record, share: float) -> float:
    """Training loss after a share of the steps; infinite for a run that diverged before."""
    rows = [row.loss for row in record.metrics if row.step <= share * record.spec.steps]
    diverged = record.status == "diverged" and record.metrics[-1].step <= share * record.spec.steps
    return np.inf if diverged else float(np.mean(rows[-LAST_ROWS:]))


if __name__ == "__main__":
    main()
