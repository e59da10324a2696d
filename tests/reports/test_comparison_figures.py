"""Figures show the numbers of the summary."""

import dataclasses

import numpy as np
import pytest

from loganneal.reports.comparison_figures import (
    curves_figure,
    differences_figure,
    dynamics_figure,
    rates_figure,
    sensitivity_figure,
    trials_figure,
    winners_figure,
)
from loganneal.reports.curves import chosen_records, curve_rows, rate_rows
from loganneal.runs import Record
from loganneal.studies.declare.arms import ARMS
from loganneal.studies.result import ArmResult, ComparisonResult, Paired


def paired(arm: ArmResult) -> Paired:
    """The differences of a rival."""
    assert arm.judged is not None
    return arm.judged.paired


def test_rates_are_the_schedules(result: ComparisonResult) -> None:
    """The drawn rates are those of the schedules, as shares of the peak."""
    (axes,) = rates_figure(result, rate_rows(result)).axes
    drawn = {line.get_label(): line.get_ydata() for line in axes.lines}
    assert list(drawn) == ["cla", "cosine", "linear"]
    np.testing.assert_array_equal(drawn["cla"], ARMS["cla"].build(1.0, 100).curve(100))


def test_winners_are_the_chosen_schedules(result: ComparisonResult, records: dict[str, Record]) -> None:
    """Beside the shapes are the rates of every chosen run, with a thick line for one run of each arm."""
    chosen = chosen_records(result, records)
    _, right = winners_figure(result, rate_rows(result), chosen).axes
    thick = {line.get_label(): line.get_ydata() for line in right.lines if not line.get_label().startswith("_")}
    assert len(right.lines) == 3 * 8 + 3
    assert list(thick) == ["cla", "cosine", "linear"]
    curves = [record.spec.schedule.curve(100).tolist() for record in chosen["linear"]]
    assert list(thick["linear"]) in curves


def test_differences_show_every_replicate(result: ComparisonResult) -> None:
    """Each rival shows its differences one by one, its interval and its mean; the reference is the zero line."""
    (axes,) = differences_figure(result).axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Linear", "CLA (base 10, 2 cycles)"]
    drawn = [list(line.get_xdata()) for line in axes.lines]
    for arm in result.rivals:
        assert list(paired(arm).differences) in drawn
        assert list(paired(arm).interval95 or ()) in drawn
    assert [text.get_text() for text in axes.texts] == ["tie", "loss"]


def test_curves_are_means_of_the_chosen(result: ComparisonResult, records: dict[str, Record]) -> None:
    """The last point of a curve is the mean validation score of the chosen runs."""
    _, scores = curves_figure(result, curve_rows(result, records)).axes
    ends = {line.get_label(): line.get_ydata()[-1] for line in scores.lines}
    assert result.reference.scores is not None
    assert ends["cosine"] == pytest.approx(result.reference.scores.mean)


def test_a_diverged_curve_stops(result: ComparisonResult, records: dict[str, Record]) -> None:
    """A diverged run has only the points it reached, and is not padded."""
    rows = [row for row in curve_rows(result, records) if (row.arm, row.replicate, row.trial) == ("linear", 0, 1)]
    assert [row.step for row in rows] == [2]


def test_dynamics_are_drawn_where_measured(result: ComparisonResult, records: dict[str, Record]) -> None:
    """Without norms and validation losses there is no figure; with them there are both curves."""
    assert dynamics_figure(result, curve_rows(result, records)) is None
    measured = {key: _measured(record) for key, record in records.items()}
    figure = dynamics_figure(result, curve_rows(result, measured))
    assert figure is not None
    left, right = figure.axes
    assert left.lines[0].get_ydata().tolist() == [1.5, 1.5, 1.5]
    assert right.lines[0].get_ydata().tolist() == [0.4, 0.4, 0.4]


def _measured(record: Record) -> Record:
    rows = tuple(row._replace(grad_norm=1.5, validation_loss=0.4) for row in record.metrics)
    return dataclasses.replace(record, metrics=rows)


def test_sensitivity_shows_every_trial(result: ComparisonResult) -> None:
    """Every trial of every arm is a point over its peak rate and over its mean rate, diverged ones at the floor."""
    left, right = sensitivity_figure(result).axes
    for axes in (left, right):
        points = [line for line in axes.lines if line.get_linestyle() == "None"]
        assert [len(line.get_xdata()) for line in points] == [16, 16, 16]
        assert min(points[2].get_ydata()) == 10.0
    area = result.arms[0].mean_rate_over_peak
    np.testing.assert_allclose(right.lines[0].get_xdata(), area * np.array(left.lines[0].get_xdata()))


def test_trials_show_best_of_k(result: ComparisonResult) -> None:
    """The curve over the number of trials is that of the summary."""
    (axes,) = trials_figure(result).axes
    assert [list(line.get_ydata()) for line in axes.lines] == [
        list(arm.scores.best_of_first) for arm in result.arms if arm.scores
    ]
