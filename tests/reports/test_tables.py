"""Tables say what the summary says."""

import copy
import csv
import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from loganneal.reports.tables import to_csv, to_rich
from loganneal.studies.declare.arms import Arm
from loganneal.studies.declare.comparison import Comparison
from loganneal.studies.judge.conclude import conclude
from loganneal.studies.result import ComparisonResult
from loganneal.studies.tables import header, rows, to_markdown


def test_rows_hold_the_verdict(result: ComparisonResult) -> None:
    """Each arm has a row with its mean, its difference with interval, and its verdict."""
    cla, cosine, linear = rows(result)
    assert cla[0] == "CLA (base 10, 2 cycles)"
    assert cla[3].startswith("-2.00 [")
    assert (cla[5], cosine[5], linear[5]) == ("loss", "reference", "tie")
    assert cosine[2].startswith("90.70 ± ")


def test_markdown_is_a_table(result: ComparisonResult) -> None:
    """Every line of the Markdown has as many cells as the header."""
    lines = to_markdown(result).splitlines()
    assert len(lines) == 2 + 3
    assert {line.count("|") for line in lines} == {len(header(result)) + 1}


def test_csv_keeps_the_numbers(result: ComparisonResult) -> None:
    """The CSV contains the unrounded numbers of the summary, and empty cells for the reference."""
    lines = {line["name"]: line for line in csv.DictReader(io.StringIO(to_csv(result)))}
    judged = result.arm("cla").judged
    assert judged is not None
    assert judged.paired.interval95 is not None
    assert float(lines["cla"]["difference_mean"]) == judged.paired.mean
    assert float(lines["cla"]["interval95_low"]) == judged.paired.interval95[0]
    assert float(lines["cla"]["p_holm"]) == judged.p_holm
    assert (lines["cosine"]["reference"], lines["cla"]["reference"]) == ("True", "False")
    assert lines["cosine"]["difference_mean"] == lines["cosine"]["verdict"] == ""


def test_terminal_table_fits(result: ComparisonResult) -> None:
    """In 110 columns no cell of the terminal's table is cut or wrapped; a heading may take two lines."""
    console = Console(width=110, record=True, file=io.StringIO())
    console.print(to_rich(result))
    text = console.export_text()
    assert len(text.splitlines()) <= 5
    assert all(cell in text for cells in rows(result) for cell in cells)


@pytest.mark.parametrize("write", [to_markdown, to_csv])
def test_nothing_finished(write: Callable[[ComparisonResult], str], comparison: Comparison) -> None:
    """Before the first replicate is complete, there is a table with empty cells."""
    assert "Cosine" in write(conclude(comparison, []))


def test_diverged_runs_stand_beside_the_mean(result: ComparisonResult) -> None:
    """The mean of an arm with a diverged run is followed by their number."""
    assert rows(result)[2][2].endswith("(1 diverged)")


def nastily_titled(arm: Arm) -> Arm:
    """An arm whose title no declaration would accept, but that a damaged file might contain."""
    nasty = copy.copy(arm)
    object.__setattr__(nasty, "title", "[bold]a|b\n<i>")
    return nasty


def test_cells_are_not_markup(result: ComparisonResult) -> None:
    """Brackets, bars and line breaks in a title stay in their cell, in Markdown and in the terminal."""
    arms = tuple(replace(one, arm=nastily_titled(one.arm)) for one in result.arms)
    nasty = replace(result, arms=arms)
    assert {line.count(" | ") for line in to_markdown(nasty).splitlines()} == {len(header(result)) - 1}
    assert "a\\|b &lt;i>" in to_markdown(nasty)
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(to_rich(nasty))
    assert "[bold]a|b" in console.export_text()
