"""How far are the arms of a study from its reference part of the way? By the validation scores of the runs it chose.

python experiments/part_of_the_way.py records/paper-networks/result.json records/runs

Differences have the sign of the verdicts: a positive one favours the rival.
"""

import json
import sys
from pathlib import Path

from chosen_runs import chosen_runs, difference

from loganneal.runs import Journal
from loganneal.studies import ComparisonResult, StudyResult, read_result

Scores = dict[int, list[float]]
"""By the number of updates, the validation score of each replicate."""


def main() -> None:
    """Write the table beside the result."""
    result, journal = Path(sys.argv[1]), Journal(Path(sys.argv[2]))
    rows = table(read_result(result), journal)
    result.with_name("part-of-the-way.json").write_text(json.dumps(rows, indent=1) + "\n")


def table(study: StudyResult, journal: Journal) -> list[dict[str, object]]:
    """One row for each comparison that has replicates, rival and number of updates at which the runs were scored."""
    found = [comparison for comparison in study.comparisons if comparison.replicates_done]
    return [row for comparison in found for row in _rows(comparison, journal)]


def _rows(comparison: ComparisonResult, journal: Journal) -> list[dict[str, object]]:
    reference = _scores(comparison, comparison.reference.name, journal)
    sign = comparison.declaration.metric.sign
    return [
        {
            "comparison": comparison.label,
            "arm": rival.name,
            "updates": step,
            **difference(scores, reference[step], sign),
        }
        for rival in comparison.rivals
        for step, scores in _scores(comparison, rival.name, journal).items()
        if step in reference
    ]


def _scores(comparison: ComparisonResult, arm: str, journal: Journal) -> Scores:
    """The scores of an arm's runs, as they are shown, where no run has diverged yet."""
    found: Scores = {}
    runs = chosen_runs(comparison, arm, journal)
    for record in runs:
        for row in record.metrics:
            if row.validation_score is not None:
                found.setdefault(row.step, []).append(comparison.declaration.metric.factor * row.validation_score)
    return {step: scores for step, scores in found.items() if len(scores) == len(runs)}


if __name__ == "__main__":
    main()
