"""Schedules as curves, in a figure or in the terminal. Plotting steps nothing and changes nothing."""

import io
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from loganneal import _checks
from loganneal._palette import CURVES
from loganneal.schedules import MAX_STEP, Cycle, Schedule, advise

try:
    import plotext
    from matplotlib.figure import Figure
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(f"loganneal.plot needs {error.name}: pip install 'loganneal[plot]'") from error

__all__ = ["figure", "terminal"]

POINTS = 4_000
"""Curves longer than this are drawn through this many steps, plus restarts and ends of cycles."""

DRAWN_CYCLES = 500
"""More cycles than this are not all drawn: they would be a solid block of colour."""

MARKED_CYCLES = 200
"""More restarts than this are not marked: the marks would cover the curve."""

USUAL = (1e-30, 1e30)
"""Peaks outside this range are drawn in units of themselves, since axes are computed with squares and powers."""

MARKERS = "*+ox#@%="
"""Markers that tell curves apart in a terminal without colours."""


class Drawing(Figure):
    """A figure that a notebook displays even if Matplotlib has not been set up."""

    def _repr_png_(self) -> bytes:
        file = io.BytesIO()
        self.savefig(file, format="png", dpi=120)
        return file.getvalue()


def default_steps(schedules: Sequence[Schedule]) -> int:
    """A budget worth looking at: where the longest schedule ends, or three of its cycles."""
    totals = [int(spans[min(2, len(spans) - 1), 1]) for s in schedules if len(spans := _first_spans(s))]
    return max(totals, default=100)


def _first_spans(schedule: Schedule) -> npt.NDArray[np.int64]:
    limit = 1
    while len(spans := schedule.cycle_spans(limit)) < 3 and limit < 2**40:
        limit *= 2
    return spans


def label(schedule: Schedule) -> str:
    """A name for a legend: the class, and the base if there is one."""
    name = type(schedule).__name__
    base = getattr(schedule, "base", None)
    return name if base is None else f"{name}, base {base:.4g}"


def drawn_steps(schedule: Schedule, total_steps: int, points: int = POINTS) -> npt.NDArray[np.int64]:
    """The steps that a curve is drawn through: all of a short one, else a selection that keeps every restart.

    If there are more cycles than a figure can show, some of them are drawn, spread evenly over the budget, each from
    its first step to its last.

    Args:
        schedule: Any schedule.
        total_steps: The budget.
        points: Curves longer than this are drawn through this many steps, plus restarts and ends of cycles.
    """
    if total_steps <= points:
        return np.arange(total_steps)
    cycles = _some_cycles(schedule, total_steps)
    if cycles is None:
        jumps = [schedule.restarts(total_steps), schedule.cycle_ends(total_steps)]
        return np.unique(np.concatenate([_evenly(0, total_steps, points), *jumps]))
    each = max(points // DRAWN_CYCLES, 3)
    within = [_evenly(cycle.start, min(cycle.end, total_steps), each) for cycle in cycles]
    return np.unique(np.concatenate([_evenly(0, total_steps, points // 4), *within]))


def _evenly(start: int, end: int, count: int) -> npt.NDArray[np.int64]:
    """At most ``count`` steps from ``start`` to ``end - 1``, both included; in int arithmetic, since floats round."""
    last, count = end - 1 - start, min(count, end - start)
    return np.array([start + last * i // max(count - 1, 1) for i in range(count)], dtype=np.int64)


def _count_cycles(schedule: Schedule, total_steps: int) -> int:
    last = schedule.last_cycle(total_steps - 1)
    return 0 if last is None else last.index + 1


def _some_cycles(schedule: Schedule, total_steps: int) -> list[Cycle] | None:
    """Cycles spread evenly over the budget, if there are too many to draw them all; otherwise None."""
    last = schedule.last_cycle(total_steps - 1)
    if last is None or last.index < DRAWN_CYCLES:
        return None
    steps = _evenly(0, min(last.end, total_steps), DRAWN_CYCLES).tolist()
    return [cycle for cycle in dict.fromkeys([*map(schedule.locate, steps), last]) if cycle is not None]


def marked_restarts(schedule: Schedule, total_steps: int) -> npt.NDArray[np.int64]:
    """The restarts that are marked: all of them, or none if the marks would cover the curve."""
    few = _count_cycles(schedule, total_steps) <= MARKED_CYCLES
    return schedule.restarts(total_steps) if few else np.zeros(0, dtype=np.int64)


def notes(schedules: Sequence[Schedule], total_steps: int) -> list[str]:
    """The advice of `loganneal.advise` on each schedule, and a note on what is not drawn, each after its name.

    >>> from loganneal import CyclicalLogAnnealing
    >>> notes([CyclicalLogAnnealing(max_lr=0.1, cycle_steps=40)], 100)
    ['CyclicalLogAnnealing, base 10: 100 steps end in the middle of cycle 3, at 26% of the peak. fit(total_steps=100, \
cycles=3) ends at the floor.']
    """
    found = ((schedule, (*advise(schedule, total_steps), *_left_out(schedule, total_steps))) for schedule in schedules)
    return [f"{label(schedule)}: {note}" for schedule, sentences in found for note in sentences]


def _left_out(schedule: Schedule, total_steps: int) -> list[str]:
    found = []
    count = _count_cycles(schedule, total_steps)
    if count > DRAWN_CYCLES and total_steps > POINTS:
        sentence = (
            f"{count} cycles are more than can be shown: {DRAWN_CYCLES} of them are drawn, evenly over the budget."
        )
        found.append(sentence)
    if not np.isfinite(drawn_rates(schedule, drawn_steps(schedule, total_steps), 1.0)).all():
        found.append("Rates beyond the largest float are not drawn.")
    return found


def drawn_rates(schedule: Schedule, steps: npt.NDArray[np.int64], unit: float) -> npt.NDArray[np.float64]:
    """The rates in a unit; those beyond the largest float, which the published equation can reach, are not drawn."""
    with np.errstate(over="ignore", invalid="ignore"):
        rates = np.asarray(schedule(steps), dtype=np.float64) / unit
    return np.where(np.isfinite(rates), rates, np.nan)


def _unit(schedules: Sequence[Schedule]) -> float:
    """1, or the largest peak if rates are so large or small that no axis can be made for them."""
    peak = max(schedule.max_lr for schedule in schedules)
    return 1.0 if USUAL[0] <= peak <= USUAL[1] else peak


def _axis(unit: float) -> str:
    return "learning rate" if unit == 1 else f"learning rate / {unit:g}"


def _checked(
    schedules: Sequence[Schedule], total_steps: int | None, labels: Sequence[str] | None
) -> tuple[int, Sequence[str]]:
    if not schedules:
        _checks.fail("plot", "schedules", "one schedule or more", schedules)
    if labels is not None and len(labels) != len(schedules):
        _checks.fail("plot", "labels", f"{len(schedules)} names, one for each schedule", labels)
    chosen = default_steps(schedules) if total_steps is None else total_steps
    total = _checks.whole("plot", "total_steps", chosen, 1, MAX_STEP)
    return total, labels if labels is not None else [label(schedule) for schedule in schedules]


def figure(
    schedules: Sequence[Schedule],
    total_steps: int | None = None,
    labels: Sequence[str] | None = None,
    title: str = "",
) -> Figure:
    """Schedules over a budget, as a Matplotlib figure with the restarts marked.

    Args:
        schedules: One schedule or more.
        total_steps: The budget; by default the end of the longest schedule, or three of its cycles.
        labels: Names for the legend, one for each schedule.
        title: Title above the figure.

    Returns:
        A figure without a window: a notebook displays it, and ``savefig`` writes it to a file.

    Raises:
        ValueError: If there is no schedule, the budget is not a whole number of at least 1, or the labels do not match.

    >>> from loganneal import Cosine, Linear
    >>> drawing = figure([Cosine(0.1, 100), Linear(0.1, 100)], labels=["cosine", "linear"])
    >>> [text.get_text() for text in drawing.axes[0].get_legend().get_texts()]
    ['cosine', 'linear']
    """
    total, names = _checked(schedules, total_steps, labels)
    unit = _unit(schedules)
    drawing = Drawing(figsize=(8, 4), layout="constrained")
    axes = drawing.subplots()
    for number, (schedule, name) in enumerate(zip(schedules, names, strict=True)):
        colour = CURVES[number % len(CURVES)]
        steps, starts = drawn_steps(schedule, total), marked_restarts(schedule, total)
        axes.plot(steps, drawn_rates(schedule, steps, unit), color=colour, label=name, linewidth=1.6)
        axes.plot(starts, drawn_rates(schedule, starts, unit), "o", color=colour, markersize=5, markerfacecolor="white")
    axes.set(xlabel="step (optimizer updates)", ylabel=_axis(unit), title=title, xlim=(0, total), ylim=(0, None))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    _write_notes(axes, schedules, total)
    return drawing


def _write_notes(axes: Any, schedules: Sequence[Schedule], total: int) -> None:
    if text := "\n".join(textwrap.fill(note, 105) for note in notes(schedules, total)):
        axes.annotate(text, (0, -0.2), xycoords="axes fraction", va="top", fontsize=7.5, color="#a33")


def terminal(
    schedules: Sequence[Schedule],
    total_steps: int | None = None,
    labels: Sequence[str] | None = None,
    *,
    width: int = 100,
    height: int = 22,
    colour: bool = True,
) -> str:
    """Schedules over a budget, as lines of text for a terminal, with the restarts marked below.

    Args:
        schedules: One schedule or more.
        total_steps: The budget; by default the end of the longest schedule, or three of its cycles.
        labels: Names for the legend, one for each schedule.
        width: Columns of text.
        height: Lines of text.
        colour: Whether the text contains terminal colours.

    Returns:
        The lines, joined.

    Raises:
        ValueError: If there is no schedule, the budget is not a whole number of at least 1, or the labels do not match.

    >>> from loganneal import Cosine
    >>> "a cosine" in terminal([Cosine(0.1, 100)], labels=["a cosine"], colour=False)
    True
    """
    total, names = _checked(schedules, total_steps, labels)
    unit = _unit(schedules)
    plotext.clear_figure()
    plotext.plotsize(width, height)
    plotext.theme("clear" if not colour else "pro")
    heights = [0.0]
    for number, (schedule, name) in enumerate(zip(schedules, names, strict=True)):
        marker = "braille" if colour else MARKERS[number % len(MARKERS)]
        heights += _add_curve(schedule, name, marker, total, unit)
    plotext.xlim(0, total)
    peak = max(heights) or 1.0  # all rates may be 0, as at the start of a warmup, and an axis needs some height
    plotext.ylim(0, peak * height / max(height - len(names) - 2, 1))  # the legend is above the curves
    plotext.xlabel("step (optimizer updates)" if unit == 1 else f"step (optimizer updates), {_axis(unit)}")
    text = str(plotext.build())
    plotext.clear_figure()
    return text if colour else str(plotext.uncolorize(text))


def _add_curve(schedule: Schedule, name: str, marker: str, total: int, unit: float) -> list[float]:
    """Add the curve and the marks of a schedule to plotext's figure, and return the rates that are drawn."""
    steps, starts = drawn_steps(schedule, total), marked_restarts(schedule, total)
    rates, marked = drawn_rates(schedule, steps, unit), drawn_rates(schedule, starts, unit)
    drawn, seen = np.isfinite(rates), np.isfinite(marked)
    heights: list[float] = rates[drawn].tolist()
    if heights:
        plotext.plot(steps[drawn].tolist(), heights, label=name, marker=marker)
    plotext.scatter(starts[seen].tolist(), marked[seen].tolist(), marker="▼", color="white")
    return heights
