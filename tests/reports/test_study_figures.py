"""Figures over the comparisons of a study show its numbers."""

from dataclasses import replace

import pytest

from loganneal.reports.study_figures import budget_figure, overview_figure
from loganneal.studies.judge.budgets import budgets
from loganneal.studies.result import StudyResult


def test_overview_is_in_margins(study_result: StudyResult) -> None:
    """Every rival of every comparison has its mean and interval, divided by the comparison's margin."""
    double = tuple(replace(one, declaration=replace(one.declaration, margin=2.0)) for one in study_result.comparisons)
    (axes,) = overview_figure(replace(study_result, comparisons=double)).axes
    means = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "D"]
    wanted = [arm.judged.paired.mean / 2 for one in double[::-1] for arm in one.rivals if arm.judged]
    assert means == pytest.approx(wanted)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["200 steps", "100 steps"]


def test_budgets_are_the_trained_ones(study_result: StudyResult) -> None:
    """The score is drawn over each trained budget, with the target as a line."""
    (task,) = budgets(study_result)
    (axes,) = budget_figure(task).axes
    assert [list(line.get_xdata()) for line in axes.lines[:3]] == [[100, 200]] * 3
    assert [list(line.get_ydata()) for line in axes.lines[:3]] == [list(one.medians) for one in task.arms]
    assert axes.lines[3].get_ydata()[0] == task.target
