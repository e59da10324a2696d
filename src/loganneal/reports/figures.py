"""Figures of a comparison: pure functions of its summary and curves."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from numpy.typing import NDArray

from loganneal.reports.curves import CurveRow, RateRow
from loganneal.studies.arms import ARMS

Summary = dict[str, Any]

INK = "#24292f"
"""Colour of text and axes; the page replaces it by the reader's own."""

STYLE: dict[Any, Any] = {
    "font.size": 9,
    "font.family": "sans-serif",
    "text.color": INK,
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
"""Inches; text stays legible where a page shrinks a figure to a phone's width."""

BINS = 6
"""Bins of the peak rate, equal on the log scale, whose medians the sensitivity figure joins."""


def rates_figure(rates: Sequence[RateRow]) -> Figure:
    """Each arm's rate over its peak rate, against the step."""
    with mpl.rc_context(STYLE):
        figure, axes = _canvas(3.0)
        for name in dict.fromkeys(row.arm for row in rates):
            own = [row for row in rates if row.arm == name]
            axes.plot([row.step for row in own], [row.rate_over_peak for row in own], **_line(name))
        axes.set(xlabel="step", ylabel="rate / peak rate", ylim=(0, 1.04), xlim=(0, None))
        _legend(figure, axes)
        return figure


def differences_figure(summary: Summary) -> Figure:
    """Paired differences to the reference: each replicate, the mean with its 95 % interval, and the tie margin."""
    with mpl.rc_context(STYLE):
        rivals = [arm for arm in summary["arms"] if arm["differences"] is not None]
        figure, axes = _canvas(1.1 + 0.55 * max(1, len(rivals)))
        margin = summary["declaration"]["margin"]
        axes.axvspan(-margin, margin, color="#8c959f", alpha=0.18, lw=0, label=f"tie margin ±{margin:g}")
        axes.axvline(0, color=INK, lw=0.8)
        for place, arm in enumerate(reversed(rivals)):
            _difference(axes, place, arm)
        axes.set_yticks(range(len(rivals)), [arm["title"] for arm in reversed(rivals)])
        axes.set_ylim(-0.6, len(rivals) - 0.4)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(f"test accuracy against {summary['declaration']['reference']}, points (right is better)")
        figure.legend(loc="outside upper right")
        return figure


def curves_figure(summary: Summary, curves: Sequence[CurveRow]) -> Figure:
    """Training loss and validation accuracy of the chosen runs: mean over replicates and one standard deviation."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 3.0), layout="constrained")
        left, right = figure.subplots(1, 2)
        for name in summary["declaration"]["arms"]:
            own = [row for row in curves if row.arm == name and row.chosen]
            _band(left, name, own, lambda row: row.loss)
            _band(right, name, own, lambda row: _percent(row.validation_accuracy))
        left.set(xlabel="step", ylabel="training loss", yscale="log")
        _plain_log(left.yaxis)
        right.set(xlabel="step", ylabel="validation accuracy, %")
        right.set_ylim(*_upper_part(right))
        _legend(figure, left)
        return figure


def sensitivity_figure(summary: Summary) -> Figure:
    """Validation accuracy of every trial against its peak rate, and test accuracy against the number of trials."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 3.0), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(1.6, 1))
        for arm in summary["arms"]:
            _sensitivity(left, arm, summary["declaration"]["peak_range"])
            best = arm["best_of_first"] or []
            right.plot(range(1, len(best) + 1), best, marker="o", ms=4, **_line(arm["name"]))
        left.set(xlabel="peak rate", ylabel="validation accuracy, %", xscale="log")
        _plain_log(left.xaxis)
        left.set_ylim(*_upper_part(left))
        right.set(xlabel="trials, best chosen by validation", ylabel="test accuracy, %")
        right.xaxis.get_major_locator().set_params(integer=True)
        _legend(figure, left)
        return figure


def to_svg(figure: Figure) -> str:
    """The figure as SVG text; the same figure gives the same text."""
    text = io.StringIO()
    with mpl.rc_context(STYLE):
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return text.getvalue()


def save(figure: Figure, stem: Path) -> None:
    """Write the figure as `stem`.png, for white pages, and `stem`.svg."""
    with mpl.rc_context(STYLE):
        figure.savefig(stem.with_suffix(".png"), dpi=200, facecolor="white")
    stem.with_suffix(".svg").write_text(to_svg(figure), encoding="utf-8")


def _canvas(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots()


def _plain_log(axis: Axis) -> None:
    """Ticks at 1, 2 and 5 times powers of ten, written as plain numbers."""
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def _line(name: str) -> dict[str, Any]:
    return {"color": ARMS[name].colour, "label": name}


def _legend(figure: Figure, axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=max(1, len(labels)), handlelength=1.4)


def _difference(axes: Axes, place: int, arm: Summary) -> None:
    colour = ARMS[arm["name"]].colour
    values = arm["differences"]
    axes.plot(values, np.full(len(values), place - 0.18), "o", color=colour, alpha=0.45, ms=4, mew=0)
    low, high = arm["interval95"] or (arm["difference_mean"],) * 2
    axes.plot([low, high], [place + 0.1] * 2, color=colour, lw=2.4, solid_capstyle="butt")
    axes.plot(arm["difference_mean"], place + 0.1, "D", color=colour, ms=6.5, mec="white", mew=0.8)
    axes.annotate(arm["verdict"], (1.01, place), xycoords=("axes fraction", "data"), va="center", annotation_clip=False)


def _band(axes: Axes, name: str, rows: Sequence[CurveRow], value: Callable[[CurveRow], float | None]) -> None:
    by_step: dict[int, list[float]] = {}
    for row in rows:
        found = value(row)
        if found is not None:
            by_step.setdefault(row.step, []).append(found)
    steps = sorted(by_step)
    mean = np.array([np.mean(by_step[step]) for step in steps])
    sd = np.array([np.std(by_step[step]) for step in steps])
    axes.plot(steps, mean, **_line(name))
    axes.fill_between(steps, mean - sd, mean + sd, color=ARMS[name].colour, alpha=0.08, lw=0)


def _sensitivity(axes: Axes, arm: Summary, peak_range: tuple[float, float]) -> None:
    peaks = np.array([trial["peak_lr"] for trial in arm["trials"]])
    scores = np.array([trial["validation_accuracy"] for trial in arm["trials"]])
    axes.plot(peaks, scores, "o", color=ARMS[arm["name"]].colour, alpha=0.35, ms=3.5, mew=0)
    axes.plot(*_bin_medians(peaks, scores, peak_range), **_line(arm["name"]))


def _bin_medians(
    peaks: NDArray[np.float64], scores: NDArray[np.float64], peak_range: tuple[float, float]
) -> tuple[list[float], list[float]]:
    edges = np.geomspace(*peak_range, BINS + 1)
    places = np.clip(np.searchsorted(edges, peaks, side="right") - 1, 0, BINS - 1)
    filled = [number for number in range(BINS) if np.any(places == number)]
    centres = [float(np.sqrt(edges[number] * edges[number + 1])) for number in filled]
    return centres, [float(np.median(scores[places == number])) for number in filled]


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _upper_part(axes: Axes) -> tuple[float, float]:
    """Limits that show where the arms differ; the first steps and failures would flatten it."""
    heights = [np.asarray(line.get_ydata(), dtype=float) for line in axes.lines]
    values = np.concatenate([found for found in heights if found.size] or [np.array([0.0, 100.0])])
    top, low = float(values.max()), float(np.quantile(values, 0.2))
    return low - 0.25 * (top - low) - 0.5, top + 0.5
