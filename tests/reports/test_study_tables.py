"""The further tables say what the summaries say."""

import csv
import io

from loganneal.reports.study_tables import budget_table, diagnoses_table, exploratory_table, overview_table
from loganneal.studies.judge.budgets import budgets
from loganneal.studies.result import ComparisonResult, StudyResult


def test_pairs_of_rivals(result: ComparisonResult) -> None:
    """The pair has its difference and interval, and neither a p-value nor a verdict."""
    table = exploratory_table(result)
    ((pair, difference),) = table.rows
    assert pair == "cla against linear"
    assert difference.startswith("-2.00 [")
    (line,) = csv.DictReader(io.StringIO(table.to_csv()))
    assert set(line) == {"first", "second", "difference_mean", "interval95_low", "interval95_high"}


def test_overview(study_result: StudyResult) -> None:
    """Each comparison is a row with the reference's score and each rival's verdict and difference."""
    table = overview_table(study_result)
    assert table.header == ("Comparison", "Cosine, test score", "CLA (base 10, 2 cycles)", "Linear")
    assert [row[0] for row in table.rows] == ["100 steps", "200 steps"]
    assert table.rows[0][2].startswith("loss -2.00 [")
    assert len(table.to_csv().splitlines()) == 1 + 2 * 2


def test_budgets(study_result: StudyResult) -> None:
    """There are medians for each budget, and the steps to target, or a note that it is not reached."""
    (task,) = budgets(study_result)
    table = budget_table(task)
    assert table.header[:3] == ("Arm", "100 steps", "200 steps")
    assert {row[0]: row[-1] for row in table.rows}["CLA (base 10, 2 cycles)"] == "not reached"
    assert "| Cosine | 90.70 | 90.70 | 100 |" in table.to_markdown()


def test_diagnoses() -> None:
    """Every diagnosis found is a column, healthy first, and every arm a row."""
    table = diagnoses_table({"cla": {"unstable": 2, "healthy": 1}, "cosine": {}})
    assert table.header == ("Arm", "Healthy", "Unstable")
    assert table.rows == [("cla", "1", "2"), ("cosine", "0", "0")]
