"""Figures over the comparisons of a study show its numbers."""

from typing import Any

import pytest

from loganneal.reports.study_figures import budget_figure, overview_figure

Summary = dict[str, Any]


def test_overview_is_in_margins(study_summary: Summary) -> None:
    """Every rival of every comparison has its mean and interval, divided by the comparison's margin."""
    double = [{**one, "declaration": {**one["declaration"], "margin": 2.0}} for one in study_summary["comparisons"]]
    (axes,) = overview_figure({**study_summary, "comparisons": double}).axes
    means = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "D"]
    wanted = [arm["difference_mean"] / 2 for one in double[::-1] for arm in one["arms"] if arm["differences"]]
    assert means == pytest.approx(wanted)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["200 steps", "100 steps"]


def test_budgets_are_the_trained_ones(study_summary: Summary) -> None:
    """The score stands over each trained budget, with the target as a line."""
    (task,) = study_summary["budgets"]
    (axes,) = budget_figure(task).axes
    assert [list(line.get_xdata()) for line in axes.lines[:3]] == [[100, 200]] * 3
    assert [list(line.get_ydata()) for line in axes.lines[:3]] == [arm["medians"] for arm in task["arms"]]
    assert axes.lines[3].get_ydata()[0] == task["target"]
