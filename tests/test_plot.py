"""Curves in figures and in the terminal show the schedule as it is, and change nothing."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import loganneal as la
from loganneal import plot

CLA = la.CyclicalLogAnnealing(0.1, 40)


def test_a_figure_shows_the_exact_rates_and_marks_the_restarts() -> None:
    """The curve goes through every step of a short budget, with a mark on each restart."""
    curve, marks = plot.figure([CLA], 100).axes[0].lines
    np.testing.assert_array_equal(curve.get_ydata(), CLA.curve(100))
    assert marks.get_xdata().tolist() == [0, 40, 80]
    assert marks.get_ydata().tolist() == [0.1, 0.1, 0.1]


def test_a_long_budget_is_thinned_but_keeps_every_jump() -> None:
    """A million steps are drawn through some thousands, restarts and ends of cycles among them."""
    schedule = la.CyclicalLogAnnealing(0.1, 333, cycle_mult=2)
    steps = plot.drawn_steps(schedule, 1_000_000)
    assert len(steps) < 5_000
    assert set(schedule.restarts(1_000_000)) | set(schedule.cycle_ends(1_000_000)) <= set(steps)


def test_several_schedules_are_told_apart_by_name() -> None:
    """The legend has the given labels, or the classes with their bases."""
    schedules = [la.CyclicalLogAnnealing(0.1, 40, base=base) for base in (0.1, 10)]
    legend = plot.figure(schedules, 80).axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == [
        f"CyclicalLogAnnealing, base {b}" for b in ("0.1", "10")
    ]
    named = plot.figure(schedules, 80, labels=["late", "early"]).axes[0].get_legend()
    assert [text.get_text() for text in named.get_texts()] == ["late", "early"]


def test_a_budget_that_ends_in_a_cycle_is_told() -> None:
    """The note says how high the rate is there, and stands in the figure; a fitted budget has none."""
    (note,) = plot.notes([CLA], 100)
    assert "100 steps end in the middle of cycle 3, at 26 % of the peak" in note
    assert "middle of cycle 3" in plot.figure([CLA], 100).axes[0].texts[0].get_text().replace("\n", " ")
    assert plot.notes([CLA], 120) == plot.notes([la.Constant(0.1)], 100) == []
    assert not plot.figure([CLA], 120).axes[0].texts


def test_a_schedule_draws_itself() -> None:
    """schedule.plot() gives the figure, over three cycles unless a budget is given, and stays equal."""
    before = CLA.to_dict()
    drawing = CLA.plot()
    assert isinstance(drawing, Figure)
    assert drawing.axes[0].get_xlim() == (0, 120)
    assert CLA.plot(55).axes[0].get_xlim() == (0, 55)
    assert CLA.to_dict() == before


def test_a_notebook_shows_the_figure() -> None:
    """A figure is a picture to a notebook, which asks for PNG, also without pyplot."""
    assert CLA.plot()._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize("colour", [True, False])
def test_the_terminal_shows_the_same(colour: bool) -> None:
    """Lines of text with the names, the budget and a mark for each restart; no escape codes without colour."""
    text = plot.terminal([CLA, la.Cosine(0.1, 120)], 120, ["cla", "cosine"], width=80, height=20, colour=colour)
    assert "cla" in text
    assert "cosine" in text
    assert text.count("▼") >= 3
    assert ("\x1b" in text) == colour
    assert len(text.splitlines()) == 20


def test_bad_arguments_are_refused() -> None:
    """No schedule, a label too few, or a budget of nothing."""
    with pytest.raises(ValueError, match="'schedules' parameter of plot"):
        plot.figure([])
    with pytest.raises(ValueError, match="'labels' parameter of plot must be 2 names"):
        plot.figure([CLA, CLA], 100, labels=["one"])
    with pytest.raises(ValueError, match="'total_steps' parameter of plot"):
        plot.terminal([CLA], 0)
