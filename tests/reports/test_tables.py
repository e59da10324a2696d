"""Tables say what the summary says."""

import csv
import io
from typing import Any

import pytest
from rich.console import Console

from loganneal.reports.tables import header, rows, to_csv, to_markdown, to_rich
from loganneal.studies.declare.comparison import Comparison
from loganneal.studies.result.conclude import conclude

Summary = dict[str, Any]


def test_rows_hold_the_verdict(summary: Summary) -> None:
    """Each arm has a row with its mean, its difference with interval, and its verdict."""
    cla, cosine, linear = rows(summary)
    assert cla[0] == "CLA (base 10, 2 cycles)"
    assert cla[3].startswith("-2.00 [")
    assert (cla[5], cosine[5], linear[5]) == ("loss", "reference", "tie")
    assert cosine[2].startswith("90.70 ± ")


def test_markdown_is_a_table(summary: Summary) -> None:
    """Every line of the Markdown has as many cells as the header."""
    lines = to_markdown(summary).splitlines()
    assert len(lines) == 2 + 3
    assert {line.count("|") for line in lines} == {len(header(summary)) + 1}


def test_csv_keeps_the_numbers(summary: Summary) -> None:
    """The CSV holds the unrounded numbers of the summary, and empty cells for the reference."""
    lines = {line["name"]: line for line in csv.DictReader(io.StringIO(to_csv(summary)))}
    assert float(lines["cla"]["difference_mean"]) == summary["arms"][0]["difference_mean"]
    assert float(lines["cla"]["interval95_low"]) == summary["arms"][0]["interval95"][0]
    assert lines["cosine"]["difference_mean"] == lines["cosine"]["verdict"] == ""


def test_terminal_table_fits(summary: Summary) -> None:
    """In 110 columns no cell of the terminal's table is cut or wrapped; a heading may take two lines."""
    console = Console(width=110, record=True, file=io.StringIO())
    console.print(to_rich(summary))
    text = console.export_text()
    assert len(text.splitlines()) <= 5
    assert all(cell in text for cells in rows(summary) for cell in cells)


@pytest.mark.parametrize("write", [to_markdown, to_csv])
def test_nothing_finished(write: Any, comparison: Comparison) -> None:
    """Before the first replicate is whole there is a table with empty cells."""
    assert "Cosine" in write(conclude(comparison, []))


def test_diverged_runs_stand_beside_the_mean(summary: Summary) -> None:
    """The mean of an arm with a diverged run is followed by their number."""
    assert rows(summary)[2][2].endswith("(1 diverged)")


def test_cells_are_not_markup(summary: Summary) -> None:
    """Brackets, bars and line breaks in a title stay in their cell, in Markdown and in the terminal."""
    arms = [{**arm, "title": "[bold]a|b\n<i>"} for arm in summary["arms"]]
    nasty = {**summary, "arms": arms}
    assert {line.count(" | ") for line in to_markdown(nasty).splitlines()} == {len(header(summary)) - 1}
    assert "a\\|b &lt;i>" in to_markdown(nasty)
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(to_rich(nasty))
    assert "[bold]a|b" in console.export_text()
