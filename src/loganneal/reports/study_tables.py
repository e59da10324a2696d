"""The further tables of a report: pairs of rivals, diagnoses, comparisons side by side, and budgets."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from loganneal.data.metric import bracketed
from loganneal.reports.tables import csv_text, markdown, score_text

Summary = dict[str, Any]


class Table(NamedTuple):
    """A table as text for readers, and as numbers for machines."""

    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    columns: tuple[str, ...]
    values: list[tuple[object, ...]]

    def to_markdown(self) -> str:
        """As GitHub's Markdown."""
        return markdown(self.header, self.rows)

    def to_csv(self) -> str:
        """The numbers; an empty cell where there is none."""
        return csv_text(self.columns, self.values)


def exploratory_table(summary: Summary) -> Table:
    """Differences between rivals, which nobody declared a test for."""
    decimals = summary["declaration"]["metric"]["decimals"]
    unit = summary["declaration"]["metric"]["unit"]
    pairs = summary["exploratory"]
    unit = f", {unit}" if unit else ""
    return Table(
        ("Pair", f"Difference{unit} [95 %], exploratory"),
        [
            (f"{pair['first']} against {pair['second']}", bracketed(pair["mean"], pair["interval95"], decimals))
            for pair in pairs
        ],
        ("first", "second", "difference_mean", "interval95_low", "interval95_high"),
        [(pair["first"], pair["second"], pair["mean"], *(pair["interval95"] or (None, None))) for pair in pairs],
    )


def diagnoses_table(counts: Mapping[str, Mapping[str, int]]) -> Table:
    """How many of each arm's chosen runs have each diagnosis."""
    names = sorted({name for own in counts.values() for name in own}, key=lambda name: (name != "healthy", name))
    values: list[tuple[object, ...]] = [(arm, *(own.get(name, 0) for name in names)) for arm, own in counts.items()]
    header = ("Arm", *(name.capitalize() for name in names))
    return Table(header, [tuple(map(str, row)) for row in values], ("arm", *names), values)


def overview_table(study: Summary) -> Table:
    """The comparisons of a study side by side: a row each, a column for each rival."""
    first = study["comparisons"][0]
    rivals = [arm["title"] for arm in first["arms"] if not arm["reference"]]
    reference = next(arm["title"] for arm in first["arms"] if arm["reference"])
    return Table(
        ("Comparison", f"{reference}, test score", *rivals),
        [_overview_row(one) for one in study["comparisons"]],
        ("comparison", "arm", "verdict", "difference_mean", "interval95_low", "interval95_high", "p_holm", "margin"),
        [line for one in study["comparisons"] for line in _overview_lines(one)],
    )


def budget_table(task: Summary) -> Table:
    """Median final score of every arm with every budget, and its steps to target."""
    decimals, steps = task["metric"]["decimals"], task["steps"]
    return Table(
        ("Arm", *(f"{budget:,} steps" for budget in steps), f"Steps to {task['target']:.{decimals}f}"),
        [
            (
                arm["title"],
                *(f"{median:.{decimals}f}" for median in arm["medians"]),
                "not reached" if arm["steps_to_target"] is None else f"{arm['steps_to_target']:,}",
            )
            for arm in task["arms"]
        ],
        ("arm", *(f"median_{budget}" for budget in steps), "steps_to_target"),
        [(arm["name"], *arm["medians"], arm["steps_to_target"]) for arm in task["arms"]],
    )


def _overview_row(one: Summary) -> tuple[str, ...]:
    decimals = one["declaration"]["metric"]["decimals"]
    reference = next(arm for arm in one["arms"] if arm["reference"])
    score = "" if reference["mean"] is None else score_text(reference, decimals)
    return (one["label"], score, *(_cell(arm, decimals) for arm in one["arms"] if not arm["reference"]))


def _cell(arm: Summary, decimals: int) -> str:
    if arm["verdict"] is None:
        return ""
    return f"{arm['verdict']} {bracketed(arm['difference_mean'], arm['interval95'], decimals)}"


def _overview_lines(one: Summary) -> list[tuple[object, ...]]:
    margin = one["declaration"]["margin"]
    return [
        (
            one["label"],
            arm["name"],
            arm["verdict"],
            arm["difference_mean"],
            *(arm["interval95"] or (None, None)),
            arm["p_holm"],
            margin,
        )
        for arm in one["arms"]
        if not arm["reference"]
    ]
