"""Schedules as curves, in a figure or in the terminal. Looking steps nothing and changes nothing."""

import io
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from loganneal import _checks
from loganneal.schedules import Schedule, advise

try:
    import plotext
    from matplotlib.figure import Figure
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(f"loganneal.plot needs {error.name}: pip install 'loganneal[plot]'") from error

POINTS = 4_000
"""Curves longer than this are drawn through as many steps, restarts and ends of cycles always among them."""

COLOURS = ("#0b6e99", "#d1495b", "#edae49", "#66a182", "#5b4b8a", "#8d6b4f", "#4f5d75", "#a23b72")
"""Told apart by people who see colours differently, and in grey."""


MARKERS = "*+ox#@%="
"""What tells curves apart in a terminal without colours."""


class Drawing(Figure):
    """A figure that a notebook shows also where nothing has set Matplotlib up."""

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
    """A name for a legend: the class, and the base where there is one."""
    name = type(schedule).__name__
    base = getattr(schedule, "base", None)
    return name if base is None else f"{name}, base {base:.4g}"


def drawn_steps(schedule: Schedule, total_steps: int) -> npt.NDArray[np.int64]:
    """The steps that a curve is drawn through: all of a short one, else a selection that keeps every jump."""
    if total_steps <= POINTS:
        return np.arange(total_steps)
    jumps = [schedule.restarts(total_steps), schedule.cycle_ends(total_steps)]
    return np.unique(np.concatenate([np.linspace(0, total_steps - 1, POINTS).astype(np.int64), *jumps]))


def notes(schedules: Sequence[Schedule], total_steps: int) -> list[str]:
    """The advice of `loganneal.advise` on each schedule, after its name.

    >>> from loganneal import CyclicalLogAnnealing
    >>> notes([CyclicalLogAnnealing(max_lr=0.1, cycle_steps=40)], 100)
    ['CyclicalLogAnnealing, base 10: 100 steps end in the middle of cycle 3, at 26 % of the peak. fit(total_steps=100, \
cycles=3) ends on the floor.']
    """
    return [f"{label(schedule)}: {note}" for schedule in schedules for note in advise(schedule, total_steps)]


def _checked(
    schedules: Sequence[Schedule], total_steps: int | None, labels: Sequence[str] | None
) -> tuple[int, Sequence[str]]:
    if not schedules:
        _checks.fail("plot", "schedules", "one schedule or more", schedules)
    if labels is not None and len(labels) != len(schedules):
        _checks.fail("plot", "labels", f"{len(schedules)} names, one for each schedule", labels)
    total = default_steps(schedules) if total_steps is None else _checks.whole("plot", "total_steps", total_steps, 1)
    return total, labels if labels is not None else [label(schedule) for schedule in schedules]


def figure(
    schedules: Sequence[Schedule],
    total_steps: int | None = None,
    labels: Sequence[str] | None = None,
    title: str = "",
) -> Figure:
    """Schedules over a budget, as a figure of Matplotlib with the restarts marked.

    Args:
        schedules: One schedule or more.
        total_steps: The budget; by default the end of the longest schedule, or three of its cycles.
        labels: Names for the legend, one for each schedule.
        title: What stands above the figure.

    Returns:
        A figure that belongs to no window: a notebook shows it, and ``savefig`` writes it into a file.
    """
    total, names = _checked(schedules, total_steps, labels)
    drawing = Drawing(figsize=(8, 4), layout="constrained")
    axes = drawing.subplots()
    for number, (schedule, name) in enumerate(zip(schedules, names, strict=True)):
        colour = COLOURS[number % len(COLOURS)]
        steps = drawn_steps(schedule, total)
        axes.plot(steps, schedule(steps), color=colour, label=name, linewidth=1.6)
        starts = schedule.restarts(total)[:200]
        axes.plot(starts, schedule(starts), "o", color=colour, markersize=5, markerfacecolor="white")
    axes.set(xlabel="step (optimizer updates)", ylabel="learning rate", title=title, xlim=(0, total), ylim=(0, None))
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
        colour: Whether the text has the colours of a terminal.
    """
    total, names = _checked(schedules, total_steps, labels)
    plotext.clear_figure()
    plotext.plotsize(width, height)
    plotext.theme("clear" if not colour else "pro")
    for number, (schedule, name) in enumerate(zip(schedules, names, strict=True)):
        steps, starts = drawn_steps(schedule, total), schedule.restarts(total)[:200]
        marker = "braille" if colour else MARKERS[number % len(MARKERS)]
        plotext.plot(steps.tolist(), schedule(steps).tolist(), label=name, marker=marker)
        plotext.scatter(starts.tolist(), schedule(starts).tolist(), marker="▼", color="white")
    plotext.xlim(0, total)
    peak = max(float(np.max(schedule(drawn_steps(schedule, total)))) for schedule in schedules)
    plotext.ylim(0, peak * height / max(height - len(names) - 2, 1))  # the legend stands above the curves
    plotext.xlabel("step (optimizer updates)")
    text = str(plotext.build())
    plotext.clear_figure()
    return text if colour else str(plotext.uncolorize(text))
