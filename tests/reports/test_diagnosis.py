"""Pictures of a run show its curves and its evidence."""

import numpy as np
import pytest

import loganneal as la
from loganneal.diagnosis import Log, diagnose
from loganneal.reports.diagnosis import run_figure, run_text
from loganneal.reports.lr_range import range_figure, range_text
from loganneal.training.lr_range import RangeLosses, usable_peak


def log(loss=None, steps=200):
    rates = la.CyclicalLogAnnealing.fit(max_lr=0.1, total_steps=steps, cycles=2).curve(steps)
    losses = 0.5 + 2 * np.exp(-np.arange(steps) / 30) if loss is None else loss
    return Log(np.arange(1, steps + 1), rates, losses, [50, 100], [1.0, 0.9])


def test_the_figure_marks_evidence_and_restarts():
    """The evidence is shaded in both parts, and a restart is a line in both."""
    wild = log().loss.copy()
    wild[100:125] = 5.0
    run = log(wild)
    figure = run_figure(run, diagnose(run))
    for axes in figure.axes:
        assert [patch.get_x() for patch in axes.patches] == [101]
        assert any(line.get_xdata()[0] == 101 for line in axes.lines if len(line.get_xdata()) == 2)
    assert figure.axes[0].get_title(loc="left") == "Training is unstable in cycle 2."


@pytest.mark.parametrize(
    "loss",
    [
        None,
        np.r_[np.full(199, 2.0), np.nan],
        np.full(200, np.nan),
        np.geomspace(1, 1e30, 200),
        np.full(200, 0.0),
        np.linspace(-1, 1, 200),
    ],
)
def test_every_log_can_be_drawn(loss):
    """Losses may be not finite, huge, all alike or negative; in a figure and in the terminal."""
    run = log(loss)
    run_figure(run, diagnose(run)).draw_without_rendering()
    assert "rate" in run_text(run, diagnose(run), colour=False)


def test_one_row_can_be_drawn():
    """This is the shortest log there is."""
    run = Log([1], [0.1], [2.0])
    run_figure(run, diagnose(run)).draw_without_rendering()
    assert run_text(run, diagnose(run))


def test_a_long_log_is_drawn_through_fewer_points():
    """A log of 100,000 rows makes no figure of 100,000 points."""
    run = log(steps=100_000, loss=np.linspace(2, 1, 100_000))
    figure = run_figure(run, diagnose(run))
    assert max(len(line.get_xdata()) for axes in figure.axes for line in axes.lines) <= 5_000


def test_the_text_has_the_width_that_is_asked_for():
    """Every line fits, without colours."""
    run = log()
    assert max(map(len, run_text(run, diagnose(run), width=80, colour=False).splitlines())) <= 80


def test_a_range_test_can_be_drawn():
    """The usable peak is in both pictures."""
    rates = np.geomspace(1e-5, 10, 100)
    found = usable_peak(rates, np.interp(np.log10(rates), [-3, -1, 0, 1], [2.3, 1.0, 1.0, 4.0]))
    figure = range_figure(found)
    figure.draw_without_rendering()
    assert any(line.get_xdata()[0] == found.usable for line in figure.axes[0].lines)
    assert "usable peak" in range_text(found, colour=False)
    labels = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert {"0.001", "1"} <= set(labels)


@pytest.mark.parametrize("size", [0.0, 0.3])
def test_losses_without_a_peak_are_drawn_whole(size):
    """No line marks a peak, and the whole smoothed curve lies within the figure, even if it is flat."""
    rates = np.geomspace(1e-5, 10, 100)
    smoothed = 2.3 + size * np.sin(np.arange(100))
    figure = range_figure(RangeLosses(rates, smoothed, smoothed))
    figure.draw_without_rendering()
    low, high = figure.axes[0].get_ylim()
    assert low < smoothed.min() <= smoothed.max() < high
    assert len(figure.axes[0].lines) == 2
