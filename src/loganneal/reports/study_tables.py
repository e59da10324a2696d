"""The further tables of a report: pairs of rivals, diagnoses, comparisons side by side, and budgets."""

from collections.abc import Mapping
from typing import NamedTuple

from loganneal.reports.tables import csv_text, ends
from loganneal.studies.judge.budgets import ArmBudgets, Budgets
from loganneal.studies.result import ArmResult, ComparisonResult, StudyResult
from loganneal.studies.tables import markdown, overview_header, overview_rows


class Table(NamedTuple):
    """A table as text for readers, and as numbers for machines."""

    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    columns: tuple[str, ...]
    values: list[tuple[object, ...]]

    def to_markdown(self) -> str:
        """The table as GitHub Markdown."""
        return markdown(self.header, self.rows)

    def to_csv(self) -> str:
        """The numbers as CSV; an empty cell if there is none."""
        return csv_text(self.columns, self.values)


def exploratory_table(comparison: ComparisonResult) -> Table:
    """Differences between rivals, for which no test was declared."""
    metric, pairs = comparison.declaration.metric, comparison.exploratory
    unit = f", {metric.unit}" if metric.unit else ""
    return Table(
        ("Pair", f"Difference{unit} [95%], exploratory"),
        [(f"{pair.first} against {pair.second}", metric.bracketed(pair.mean, pair.interval95)) for pair in pairs],
        ("first", "second", "difference_mean", "interval95_low", "interval95_high"),
        [(pair.first, pair.second, pair.mean, *ends(pair.interval95)) for pair in pairs],
    )


def diagnoses_table(counts: Mapping[str, Mapping[str, int]]) -> Table:
    """How many of each arm's chosen runs have each diagnosis."""
    names = sorted({name for own in counts.values() for name in own}, key=lambda name: (name != "healthy", name))
    values: list[tuple[object, ...]] = [(arm, *(own.get(name, 0) for name in names)) for arm, own in counts.items()]
    header = ("Arm", *(name.capitalize() for name in names))
    return Table(header, [tuple(map(str, row)) for row in values], ("arm", *names), values)


def overview_table(study: StudyResult) -> Table:
    """The comparisons of a study side by side: one row each, with a column for each rival."""
    return Table(
        overview_header(study),
        overview_rows(study),
        ("comparison", "arm", "verdict", "difference_mean", "interval95_low", "interval95_high", "p_holm", "margin"),
        [line for one in study.comparisons for line in _overview_lines(one)],
    )


def budget_table(task: Budgets) -> Table:
    """Median final score of every arm with every budget, and its steps to target."""
    metric = task.declaration.metric
    return Table(
        ("Arm", *(f"{budget:,} steps" for budget in task.steps), f"Steps to {metric.number(task.target)}"),
        [(one.arm.title, *map(metric.number, one.medians), _reached(one)) for one in task.arms],
        ("arm", *(f"median_{budget}" for budget in task.steps), "steps_to_target"),
        [(one.arm.name, *one.medians, one.steps_to_target) for one in task.arms],
    )


def _reached(one: ArmBudgets) -> str:
    return "not reached" if one.steps_to_target is None else f"{one.steps_to_target:,}"


def _overview_lines(comparison: ComparisonResult) -> list[tuple[object, ...]]:
    return [_overview_line(comparison, arm) for arm in comparison.rivals]


def _overview_line(comparison: ComparisonResult, arm: ArmResult) -> tuple[object, ...]:
    margin = comparison.declaration.margin
    if arm.judged is None:
        return (comparison.label, arm.name, *(None,) * 5, margin)
    paired = arm.judged.paired
    numbers = (paired.mean, *ends(paired.interval95), arm.judged.p_holm)
    return (comparison.label, arm.name, arm.verdict, *numbers, margin)
