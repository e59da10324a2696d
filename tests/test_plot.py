"""Curves in figures and in the terminal show the schedule as it is, and change nothing."""

import io
from collections.abc import Callable

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
    """The note says how high the rate is there, and is in the figure; a fitted budget has none."""
    (note,) = plot.notes([CLA], 100)
    assert "100 steps end in the middle of cycle 3, at 26% of the peak" in note
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
    """A figure is a picture to a notebook, which asks for PNG, even without pyplot."""
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


CROWDED = [
    la.CyclicalLogAnnealing(0.1, 10),
    la.CyclicalLogAnnealing(0.1, 10, cycles=1_000_000, warmup_steps=10**6),
    la.CyclicalLinearAnnealing(0.1, 9.7, cycles=900_000, restart_warmup_share=0.5),
    la.CyclicalTriangular(0.1, 10),
    la.Warmup(la.Join([la.CyclicalLogAnnealing(0.1, 1), la.Constant(0.1)], [600]), 5 * 10**6),
]


@pytest.mark.parametrize("schedule", CROWDED, ids=repr)
@pytest.mark.parametrize("total", [10**7, 2**62])
def test_more_cycles_than_a_figure_can_show(schedule: la.Schedule, total: int) -> None:
    """Some thousand points are drawn, from peak to floor, no restart is marked, and a note says so."""
    steps = plot.drawn_steps(schedule, total)
    assert len(steps) < 2 * plot.POINTS
    assert steps[0] == 0
    assert steps[-1] == total - 1
    assert np.all(np.diff(steps) > 0)
    assert schedule(steps).max() == pytest.approx(0.1, rel=0.3)
    assert plot.marked_restarts(schedule, total).size == 0
    assert any("are more than can be shown: 500 of them are drawn" in note for note in plot.notes([schedule], total))
    assert "▼" not in plot.terminal([schedule], total, colour=False)


@pytest.mark.parametrize("peak", [5e-324, 1e-310, 1e-31, 1e31, 1e308])
@pytest.mark.parametrize(
    "make",
    [
        lambda peak: la.CyclicalLogAnnealing(peak, 40),
        lambda peak: la.Warmup(la.Cosine(peak, 90), 10),
        lambda peak: la.PublishedLogAnnealing(peak, peak / 2, 40, base=1.0001),
        lambda peak: la.Constant(peak),
    ],
)
def test_rates_of_any_size_are_drawn(peak: float, make: Callable[[float], la.Schedule]) -> None:
    """The largest and the smallest floats too: the axis says in which unit."""
    schedule = make(peak)
    drawing = plot.figure([schedule], 100)
    drawing.savefig(io.BytesIO())
    assert drawing.axes[0].get_ylabel() == f"learning rate / {peak:g}"
    assert f"learning rate / {peak:g}" in plot.terminal([schedule], 100, colour=False)
    plot.notes([schedule], 99)


def test_a_budget_beyond_every_step_is_refused() -> None:
    """The largest is drawn, one more is refused."""
    assert plot.terminal([CLA], 2**63 - 1)
    with pytest.raises(ValueError, match=r"'total_steps' parameter of plot must be a whole number in \[1, 92233720368"):
        plot.terminal([CLA], 2**63)


def test_bad_arguments_are_refused() -> None:
    """No schedule, a label too few, or a budget of nothing."""
    with pytest.raises(ValueError, match="'schedules' parameter of plot"):
        plot.figure([])
    with pytest.raises(ValueError, match="'labels' parameter of plot must be 2 names"):
        plot.figure([CLA, CLA], 100, labels=["one"])
    with pytest.raises(ValueError, match="'total_steps' parameter of plot"):
        plot.terminal([CLA], 0)
