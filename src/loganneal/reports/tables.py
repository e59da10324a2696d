"""The table of a comparison, for Markdown, spreadsheets and the terminal."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from rich.table import Table

from loganneal.studies.verdicts import p_text

Summary = dict[str, Any]

CSV_COLUMNS = (
    "name",
    "title",
    "reference",
    "peak_lr",
    "mean",
    "sd",
    "difference_mean",
    "difference_sd",
    "interval95_low",
    "interval95_high",
    "p",
    "p_holm",
    "verdict",
    "replicates_to_settle",
    "diverged",
    "mean_rate_over_peak",
)


def header(summary: Summary) -> tuple[str, ...]:
    """The column names of `rows`."""
    return (
        "Arm",
        "Best peak rate",
        "Test accuracy, %",
        f"Against {_reference(summary)}, points [95 %]",
        "p",
        "Verdict",
    )


def rows(summary: Summary) -> list[tuple[str, ...]]:
    """One row an arm, as text: the best setting, mean ± standard deviation, difference [95 % interval], verdict.

    Args:
        summary: What `loganneal.studies.conclude.conclude` makes.
    """
    return [_row(arm) for arm in summary["arms"]]


def to_markdown(summary: Summary) -> str:
    """The table as GitHub's Markdown."""
    lines = [header(summary), ["---", "---:", "---:", "---:", "---:", "---"], *rows(summary)]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def to_csv(summary: Summary) -> str:
    """The table's numbers, unrounded; an empty cell where there is none."""
    text = io.StringIO()
    writer = csv.DictWriter(text, CSV_COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for arm in summary["arms"]:
        low, high = arm["interval95"] or (None, None)
        peak = (arm["best_setting"] or {}).get("peak_lr")
        writer.writerow({**arm, "peak_lr": peak, "interval95_low": low, "interval95_high": high})
    return text.getvalue()


def to_rich(summary: Summary) -> Table:
    """The table for a terminal."""
    table = Table(header_style="bold", box=None, pad_edge=False)
    for number, name in enumerate(header(summary)):
        table.add_column(name, justify="right" if 0 < number < 5 else "left", no_wrap=number != 3)
    for cells in rows(summary):
        table.add_row(*cells[:-1], f"[{_STYLES.get(cells[-1], 'default')}]{cells[-1]}[/]")
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
    "reference": "dim",
}


def _row(arm: Summary) -> tuple[str, ...]:
    if arm["mean"] is None:
        return (arm["title"], "", "", "", "", "")
    peak, score = f"{arm['best_setting']['peak_lr']:#.2g}", _plus_minus(arm["mean"], arm["sd"])
    if arm["reference"]:
        return (arm["title"], peak, score, "", "", "reference")
    p = p_text(arm["p_holm"]).removeprefix("= ")
    return (arm["title"], peak, score, _difference(arm), p, arm["verdict"])


def _plus_minus(mean: float, sd: float | None) -> str:
    return f"{mean:.2f}" if sd is None else f"{mean:.2f} ± {sd:.2f}"


def _difference(arm: Summary) -> str:
    if arm["interval95"] is None:
        return f"{arm['difference_mean']:+.2f}"
    low, high = arm["interval95"]
    return f"{arm['difference_mean']:+.2f} [{low:+.2f}, {high:+.2f}]"


def _reference(summary: Summary) -> str:
    return next(str(arm["title"]) for arm in summary["arms"] if arm["reference"])
