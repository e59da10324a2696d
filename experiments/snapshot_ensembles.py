"""Is an ensemble of the snapshots of one run better than its last weights, or than one cycle? From the runs of a study.

python experiments/snapshot_ensembles.py records/restarts-at-length/result.json records/runs

The runs are those that the study chose by the last weights. It did not declare this question, so the answer is
exploratory.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from loganneal.runs import Journal
from loganneal.studies import ComparisonResult, StudyResult, read_result
from loganneal.studies.judge.statistics import compare_pairs

ARMS = ("cla-2", "cla-4")
ENSEMBLE, LAST = "snapshot_ensemble", "last"


def main() -> None:
    """Write the table beside the result."""
    result, journal = Path(sys.argv[1]), Journal(Path(sys.argv[2]))
    rows = table(read_result(result), journal)
    result.with_name("ensembles.json").write_text(json.dumps(rows, indent=1) + "\n")


def table(study: StudyResult, journal: Journal) -> list[dict[str, object]]:
    """One row for each comparison and arm."""
    return [row(comparison, arm, journal) for comparison in study.comparisons for arm in ARMS]


def row(comparison: ComparisonResult, arm: str, journal: Journal) -> dict[str, object]:
    """The differences of an arm's ensembles to its last weights, and to the last weights of the reference."""
    ensembles = scores(comparison, arm, ENSEMBLE, journal)
    against = {
        "last_weights": scores(comparison, arm, LAST, journal),
        "one_cycle": scores(comparison, comparison.reference.name, LAST, journal),
    }
    differences = {name: difference(ensembles, other) for name, other in against.items()}
    return {"comparison": comparison.label, "arm": arm, **differences}


def difference(first: Sequence[float], second: Sequence[float]) -> dict[str, object]:
    """Mean and 95 % interval of the paired differences."""
    paired = compare_pairs(first, second)
    return {"mean": round(paired.mean, 4), "interval95": [round(end, 4) for end in paired.interval95 or ()]}


def scores(comparison: ComparisonResult, arm: str, weights: str, journal: Journal) -> list[float]:
    """Test scores of some weights of an arm's chosen runs, one a replicate, as they are shown."""
    found = []
    for trial in comparison.arm(arm).trials:
        if trial.chosen:
            record = journal.find(comparison.declaration.workload, trial.record)
            if record is None:
                raise SystemExit(f"The journal lacks the run {trial.record}.")
            found.append(comparison.declaration.metric.factor * record.averages[weights]["test_score"])
    return found


if __name__ == "__main__":
    main()
