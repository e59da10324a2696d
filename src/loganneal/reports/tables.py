"""The table of a comparison, for Markdown, spreadsheets and the terminal."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from loganneal.data.metric import bracketed
from loganneal.studies.judge.verdicts import p_text

Summary = dict[str, Any]

CSV_COLUMNS = (
    "name",
    "title",
    "reference",
    "peak_lr",
    "mean",
    "median",
    "sd",
    "difference_mean",
    "difference_sd",
    "interval95_low",
    "interval95_high",
    "p",
    "p_holm",
    "correlation",
    "verdict",
    "small",
    "not_worse",
    "replicates_to_settle",
    "diverged",
    "mean_rate_over_peak",
    "equal_mean_rate_difference",
    "equal_mean_rate_interval95_low",
    "equal_mean_rate_interval95_high",
    "equal_mean_rate_replicates",
)


def header(summary: Summary) -> tuple[str, ...]:
    """The column names of `rows`."""
    metric = summary["declaration"]["metric"]
    unit = f", {metric['unit']}" if metric["unit"] else ""
    return (
        "Arm",
        "Best peak rate",
        f"Test {metric['label']}",
        f"Against {_reference(summary)}{unit} [95 %]",
        "p",
        "Verdict",
    )


def rows(summary: Summary) -> list[tuple[str, ...]]:
    """One row an arm, as text: the best setting, mean ± standard deviation, difference [95 % interval], verdict.

    Args:
        summary: What `loganneal.studies.result.conclude.conclude` makes.
    """
    decimals = summary["declaration"]["metric"]["decimals"]
    return [_row(arm, decimals) for arm in summary["arms"]]


def to_markdown(summary: Summary) -> str:
    """The table as GitHub's Markdown."""
    return markdown(header(summary), rows(summary))


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    r"""A table in GitHub's Markdown; the first and the last column stand to the left, the others to the right.

    >>> markdown(("Arm", "p", "Verdict"), [("a|b", "0.1", "tie")])
    '| Arm | p | Verdict |\n| --- | ---: | --- |\n| a\\|b | 0.1 | tie |\n'
    """
    rule = ["---", *["---:"] * (len(header) - 2), "---"]
    lines = [[_escaped(cell) for cell in header], rule, *([_escaped(cell) for cell in row] for row in rows)]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def _escaped(cell: str) -> str:
    """A cell that ends neither itself nor its line, nor is markup."""
    text = cell.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return " ".join(text.split())


def to_csv(summary: Summary) -> str:
    """The table's numbers, unrounded; an empty cell where there is none."""
    text = io.StringIO()
    writer = csv.DictWriter(text, CSV_COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for arm in summary["arms"]:
        low, high = arm["interval95"] or (None, None)
        peak = (arm["best_setting"] or {}).get("peak_lr")
        ends = {"peak_lr": peak, "interval95_low": low, "interval95_high": high}
        writer.writerow({**arm, **ends, **_equal_mean_rate(arm)})
    return text.getvalue()


def _equal_mean_rate(arm: Summary) -> Summary:
    found = arm["equal_mean_rate"]
    if not found:
        return {}
    low, high = found["interval95"] or (None, None)
    values = {"difference": found["mean"], "interval95_low": low, "interval95_high": high}
    return {f"equal_mean_rate_{name}": one for name, one in {**values, "replicates": found["replicates"]}.items()}


def to_rich(summary: Summary) -> Table:
    """The table for a terminal."""
    table = Table(header_style="bold", box=None, pad_edge=False)
    for number, name in enumerate(header(summary)):
        table.add_column(Text(name), justify="right" if 0 < number < 5 else "left", no_wrap=number != 3)
    for cells in rows(summary):
        verdict = Text(cells[-1], _STYLES.get(cells[-1], ""))
        table.add_row(*map(Text, cells[:-1]), verdict)  # a title with brackets is not markup
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


def score_text(arm: Summary, decimals: int) -> str:
    """Mean and standard deviation of an arm's test scores, with how many of its runs diverged."""
    spread = "" if arm["sd"] is None else f" ± {arm['sd']:.{decimals}f}"
    diverged = f" ({arm['diverged']} diverged)" if arm["diverged"] else ""
    return f"{arm['mean']:.{decimals}f}{spread}{diverged}"


def _row(arm: Summary, decimals: int) -> tuple[str, ...]:
    if arm["mean"] is None:
        return (arm["title"], "", "", "", "", "")
    peak, score = f"{arm['best_setting']['peak_lr']:#.2g}", score_text(arm, decimals)
    if arm["reference"]:
        return (arm["title"], peak, score, "", "", "reference")
    p = p_text(arm["p_holm"]).removeprefix("= ")
    difference = bracketed(arm["difference_mean"], arm["interval95"], decimals)
    return (arm["title"], peak, score, difference, p, arm["verdict"])


def _reference(summary: Summary) -> str:
    return next(str(arm["title"]) for arm in summary["arms"] if arm["reference"])
