"""How every figure looks, and how it is written."""

import io
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from loganneal.data.metric import Metric
from loganneal.studies.declare.arms import Arm

INK = "#24292f"
"""Colour of text and axes; the page replaces it with the reader's own."""

STYLE: dict[Any, Any] = {
    "font.size": 9,
    "font.family": "sans-serif",
    "text.color": INK,
    "text.parse_math": False,  # a name with dollar signs is not a formula
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "svg.fonttype": "none",
    "svg.hashsalt": "loganneal",
}

WIDTH = 6.2
"""In inches; text stays legible when a page shrinks a figure to a phone's width."""

IN_A_ROW = 6
"""Arms in one row of a legend."""

MANY_POINTS = 2000
"""More points than this in a figure are drawn as an image, since they would make the page slow."""


def to_svg(figure: Figure) -> str:
    """The figure as SVG text; the same figure gives the same text."""
    text = io.StringIO()
    with mpl.rc_context(STYLE):
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return text.getvalue()


def save(figure: Figure, stem: Path) -> None:
    """Write the figure as `stem`.png, for white pages, and `stem`.svg."""
    with mpl.rc_context(STYLE):
        figure.savefig(stem.with_name(f"{stem.name}.png"), dpi=200, facecolor="white")
    figure.set_layout_engine("none")  # the layout has been computed, and computing it again is slow
    stem.with_name(f"{stem.name}.svg").write_text(to_svg(figure), encoding="utf-8")


def canvas(height: float) -> tuple[Figure, Axes]:
    """A figure with one pair of axes; the height is in inches."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots()


def panels(height: float, **options: Any) -> tuple[Figure, Axes, Axes]:
    """A figure with two pairs of axes side by side."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    left, right = figure.subplots(1, 2, **options)
    return figure, left, right


def line_of(arm: Arm) -> dict[str, Any]:
    """Colour and label of an arm's line."""
    label = f" {arm.name}" if arm.name.startswith("_") else arm.name  # matplotlib hides labels that begin with _
    return {"color": arm.colour, "label": label}


def legend(figure: Figure, axes: Axes) -> None:
    """The arms above the figure."""
    handles, labels = axes.get_legend_handles_labels()
    columns = min(IN_A_ROW, max(1, len(labels)))
    figure.legend(handles, labels, loc="outside upper center", ncols=columns, handlelength=1.4)


def dots(axes: Axes, x: Any, y: Any, colour: str, *, series: int = 1) -> None:
    """Faint points.

    Args:
        axes: Where they are drawn.
        x: Their horizontal positions.
        y: Their vertical positions.
        colour: The colour of all of them.
        series: How many such clouds the figure has.
    """
    image = series * len(x) > MANY_POINTS
    axes.plot(x, y, "o", color=colour, alpha=0.35, ms=3.5, mew=0, rasterized=image)


def band(axes: Axes, arm: Arm, points: Iterable[tuple[int, float | None]]) -> None:
    """Mean over runs at each step, and one standard deviation on either side."""
    by_step: dict[int, list[float]] = {}
    for step, value in points:
        if value is not None:
            by_step.setdefault(step, []).append(value)
    steps = sorted(by_step)
    mean = np.array([np.mean(by_step[step]) for step in steps])
    sd = np.array([np.std(by_step[step]) for step in steps])
    axes.plot(steps, mean, **line_of(arm))
    axes.fill_between(steps, mean - sd, mean + sd, color=arm.colour, alpha=0.08, lw=0)


def plain_log(axis: Axis) -> None:
    """Ticks at 1, 2 and 5 times powers of ten, written as plain numbers."""
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def better_part(axes: Axes, metric: Metric) -> tuple[float, float]:
    """Limits that show where the arms differ, which the first steps and failures would flatten."""
    heights = [np.asarray(line.get_ydata(), dtype=float) for line in axes.lines]
    values = np.concatenate([found for found in heights if found.size] or [np.array([0.0, 1.0])])
    sign = metric.sign
    best, worse = float((sign * values).max()), float(np.quantile(sign * values, 0.2))
    room = 0.05 * (best - worse) + 1e-9
    ends = sorted((sign * (worse - 5 * room), sign * (best + room)))
    return ends[0], ends[1]


def short(text: str, width: int = 28) -> str:
    r"""A title on at most two lines, cut if it is longer, so that it leaves room for the picture.

    >>> short("CLA (base 10, 2 cycles)"), short("a" * 70, 10)
    ('CLA (base 10, 2 cycles)', 'aaaaaaaaaa\naaaaaaa...')
    """
    lines = textwrap.wrap(" ".join(text.split()), width)
    if len(lines) > 2:
        lines = [lines[0], f"{lines[1][: width - 3]}..."]
    return "\n".join(lines)
