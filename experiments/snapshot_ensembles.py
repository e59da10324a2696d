"""Is an ensemble of the snapshots of one run better than its last weights, or than one cycle? From the runs of a study.

python experiments/snapshot_ensembles.py records/restarts-at-length/result.json records/runs

The runs are those that the study chose by the last weights. It did not declare this question, so the answer is
exploratory.
"""

import json
import sys
from pathlib import Path

from chosen_runs import chosen_runs, difference

from loganneal.runs import Journal
from loganneal.studies import ComparisonResult, StudyResult, read_result

ARMS = ("cla-2", "cla-4")
ENSEMBLE, LAST = "snapshot_ensemble", "last"


def main() -> None:
    """Write the table beside the result."""
    result, journal = Path(sys.argv[1]), Journal(Path(sys.argv[2]))
    rows = table(read_result(result), journal)
    result.with_name("ensembles.json").write_text(json.dumps(rows, indent=1) + "\n")


def table(study: StudyResult, journal: Journal) -> list[dict[str, object]]:
    """One row for each comparison and arm."""
    return [_row(comparison, arm, journal) for comparison in study.comparisons for arm in ARMS]


def _row(comparison: ComparisonResult, arm: str, journal: Journal) -> dict[str, object]:
    """The differences of an arm's ensembles to its last weights, and to the last weights of the reference."""
    ensembles = _scores(comparison, arm, ENSEMBLE, journal)
    against = {
        "last_weights": _scores(comparison, arm, LAST, journal),
        "one_cycle": _scores(comparison, comparison.reference.name, LAST, journal),
    }
    differences = {name: difference(ensembles, other) for name, other in against.items()}
    return {"comparison": comparison.label, "arm": arm, **differences}


def _scores(comparison: ComparisonResult, arm: str, weights: str, journal: Journal) -> list[float]:
    """Test scores of some weights of an arm's chosen runs, as they are shown."""
    factor = comparison.declaration.metric.factor
    return [factor * record.averages[weights]["test_score"] for record in chosen_runs(comparison, arm, journal)]


if __name__ == "__main__":
    main()
