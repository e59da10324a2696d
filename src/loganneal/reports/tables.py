"""The table of a comparison for spreadsheets and for the terminal."""

import csv
import io
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from loganneal.reports.terminal.console import cell
from loganneal.studies.result import ArmResult, ArmScores, ComparisonResult, EqualMeanRate, Interval, Judged
from loganneal.studies.tables import header, rows

CSV_COLUMNS = (
    *("name", "title", "reference", "peak_lr", "mean", "median", "sd"),
    *("difference_mean", "difference_sd", "interval95_low", "interval95_high", "p", "p_holm", "correlation"),
    *("verdict", "small", "not_worse", "replicates_to_settle", "diverged", "mean_rate_over_peak"),
    *("equal_mean_rate_difference", "equal_mean_rate_interval95_low", "equal_mean_rate_interval95_high"),
    "equal_mean_rate_replicates",
)


def to_csv(comparison: ComparisonResult) -> str:
    """The table's numbers, unrounded; an empty cell if there is none."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows(_cells(arm, arm is comparison.reference) for arm in comparison.arms)
    return text.getvalue()


def to_rich(comparison: ComparisonResult) -> Table:
    """The table for a terminal."""
    table = Table(header_style="bold", box=None, pad_edge=False)
    for number, name in enumerate(header(comparison)):
        table.add_column(cell(name), justify="right" if 0 < number < 5 else "left", no_wrap=number != 3)
    for cells in rows(comparison):
        verdict = Text(cells[-1], _STYLES.get(cells[-1], ""))
        table.add_row(*map(cell, cells[:-1]), verdict)
    return table


def csv_text(columns: Sequence[str], lines: Sequence[Sequence[object]]) -> str:
    r"""Rows as CSV with a header: floats to six digits, None as an empty cell.

    >>> csv_text(("a", "b"), [(1 / 3, None)])
    'a,b\n0.333333,\n'
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([f"{cell:.6g}" if isinstance(cell, float) else cell for cell in line] for line in lines)
    return text.getvalue()


_STYLES = {
    "win": "bold green",
    "loss": "bold red",
    "tie": "cyan",
    "inconclusive": "yellow",
    "no verdict": "yellow",
    "reference": "dim",
}


def _cells(arm: ArmResult, reference: bool) -> tuple[object, ...]:
    """One row, in the order of `CSV_COLUMNS`."""
    return (
        *(arm.name, arm.title, reference),
        *_scores(arm.scores),
        *_judged(arm.judged),
        *(arm.scores.diverged if arm.scores else None, arm.mean_rate_over_peak),
        *_equal_mean_rate(arm.equal_mean_rate),
    )


def _scores(scores: ArmScores | None) -> tuple[object, ...]:
    if scores is None:
        return (None,) * 4
    return scores.best_setting["peak_lr"], scores.mean, scores.median, scores.sd


def _judged(judged: Judged | None) -> tuple[object, ...]:
    if judged is None:
        return (None,) * 11
    paired, verdict = judged.paired, judged.verdict
    numbers = (paired.mean, paired.sd, *ends(paired.interval95), paired.p, judged.p_holm, paired.correlation)
    return *numbers, verdict.name, verdict.small, verdict.not_worse, verdict.replicates_to_settle


def _equal_mean_rate(found: EqualMeanRate | None) -> tuple[object, ...]:
    return (None,) * 4 if found is None else (found.mean, *ends(found.interval95), found.replicates)


def ends(interval: Interval | None) -> tuple[float | None, float | None]:
    """Both ends of an interval, both None if there is none."""
    return interval or (None, None)
