"""Figures show the numbers of the summary."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loganneal.reports.curves import curve_rows, rate_rows
from loganneal.reports.figures import (
    curves_figure,
    differences_figure,
    rates_figure,
    save,
    sensitivity_figure,
    to_svg,
)
from loganneal.studies.arms import ARMS
from loganneal.studies.comparison import FinishedRun

Summary = dict[str, Any]


def test_rates_are_the_schedules(summary: Summary) -> None:
    """The drawn rates are those of the schedules, as shares of the peak."""
    (axes,) = rates_figure(rate_rows(summary)).axes
    drawn = {line.get_label(): line.get_ydata() for line in axes.lines}
    assert list(drawn) == ["cla", "cosine", "linear"]
    np.testing.assert_array_equal(drawn["cla"], ARMS["cla"].build(1.0, 100).curve(100))


def test_differences_show_every_replicate(summary: Summary) -> None:
    """Each rival shows its differences one by one, its interval and its mean; the reference is the zero line."""
    (axes,) = differences_figure(summary).axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Linear", "CLA (base 10, 2 cycles)"]
    drawn = [list(line.get_xdata()) for line in axes.lines]
    for arm in (summary["arms"][0], summary["arms"][2]):
        assert arm["differences"] in drawn
        assert list(arm["interval95"]) in drawn
    assert [text.get_text() for text in axes.texts] == ["tie", "loss"]


def test_curves_are_means_of_the_chosen(summary: Summary, finished: list[FinishedRun]) -> None:
    """The last point of a curve is the mean validation accuracy of the chosen runs."""
    _, accuracy = curves_figure(summary, curve_rows(summary, finished)).axes
    ends = {line.get_label(): line.get_ydata()[-1] for line in accuracy.lines}
    assert ends["cosine"] == pytest.approx(summary["arms"][1]["mean"])


def test_a_diverged_curve_stops(summary: Summary, finished: list[FinishedRun]) -> None:
    """A diverged run has only the points it reached, and is not padded."""
    rows = [row for row in curve_rows(summary, finished) if (row.arm, row.replicate, row.trial) == ("linear", 0, 1)]
    assert [row.step for row in rows] == [2]


def test_sensitivity_shows_every_trial(summary: Summary) -> None:
    """Every trial of every arm is a point, diverged ones at the floor."""
    left, right = sensitivity_figure(summary).axes
    points = [line for line in left.lines if line.get_linestyle() == "None"]
    assert [len(line.get_xdata()) for line in points] == [16, 16, 16]
    assert min(points[2].get_ydata()) == 10.0
    assert [len(line.get_xdata()) for line in right.lines] == [2, 2, 2]


def test_svg_repeats(summary: Summary) -> None:
    """The same summary gives the same SVG, letter by letter, so that committed figures do not change."""
    assert to_svg(differences_figure(summary)) == to_svg(differences_figure(summary))


def test_save_writes_both_forms(summary: Summary, tmp_path: Path) -> None:
    """A figure is written as PNG and as SVG."""
    save(differences_figure(summary), tmp_path / "differences")
    assert (tmp_path / "differences.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "differences.svg").read_text()
