"""Pictures of one run: its rate and its losses over the steps, with the evidence of its diagnosis marked."""

import textwrap
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import plotext
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from loganneal._palette import AMBER, BLUE, GREEN, RED
from loganneal.diagnosis import Diagnosis, Log
from loganneal.diagnosis.finding import look_at
from loganneal.diagnosis.log import Numbers
from loganneal.diagnosis.measures import binned
from loganneal.reports.figures import INK, STYLE, WIDTH

STEP = "step of the log"
"""Not every log counts updates: some have epochs only."""

BINS = 80
"""Groups of rows whose means are drawn as the curve without noise."""

DRAWN = 5_000
"""Maximum number of rows that are drawn; of a longer log, only some are."""

LARGEST, SMALLEST = 1e100, 1e-100
"""Larger numbers are drawn at this limit, and smaller ones as 0: text plots overflow near the limits of floats."""

RATE, TRAINING, VALIDATION, MARK = BLUE, RED, GREEN, AMBER


def run_figure(log: Log, diagnosis: Diagnosis) -> Figure:
    """The rate above, the losses below; the steps that show the failure are shaded, and restarts are dotted lines."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 4.6), layout="constrained")
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1, 2))
        _rate(above, log)
        _losses(below, log)
        for axes in (above, below):
            _mark(axes, diagnosis)
        above.set_title("\n".join(textwrap.wrap(diagnosis.sentence, 90)))
        handles, labels = below.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3)
        return figure


def run_text(log: Log, diagnosis: Diagnosis, *, width: int = 100, height: int = 18, colour: bool = True) -> str:
    """Loss and rate as lines of text for a terminal, with the evidence underlined.

    Args:
        log: The run.
        diagnosis: What was found in it.
        width: Columns of text.
        height: Lines of text.
        colour: Whether the text contains terminal colours.
    """
    plotext.clear_figure()
    plotext.plotsize(width, height)
    plotext.theme("pro" if colour else "clear")
    marker = "braille" if colour else None
    rate = [(log.lr, "rate", "right", "+")] if log.has_rate else []
    for values, name, side, other in ((log.loss, "loss", "left", "*"), *rate):
        steps, means = binned(log.step, values, 2 * width)
        if len(steps):  # a loss may be finite nowhere, and a rate may not be logged
            plotext.plot(steps.tolist(), _drawable(means).tolist(), label=name, marker=marker or other, yside=side)
    if diagnosis.span is not None:
        marked = np.linspace(*diagnosis.span, 2 * width)
        plotext.plot(marked.tolist(), [_lowest(log.loss)] * len(marked), label="the evidence", marker="▔")
    plotext.xlabel(STEP)
    text = str(plotext.build())
    plotext.clear_figure()
    return text if colour else str(plotext.uncolorize(text))


def _drawable(values: Numbers) -> Numbers:
    clipped: Numbers = np.clip(np.where(np.abs(values) < SMALLEST, 0.0, values), -LARGEST, LARGEST)
    return clipped


def _lowest(loss: Numbers) -> float:
    finite = loss[np.isfinite(loss)]
    return float(_drawable(finite).min()) if len(finite) else 0.0


def write_figure(figure: Figure, path: Path) -> None:
    """Write a figure to a file in the format of its suffix; the same figure gives the same SVG."""
    dated: dict[str, Any] = {"metadata": {"Date": None}} if path.suffix.lower() == ".svg" else {}
    with mpl.rc_context(STYLE):
        figure.savefig(path, dpi=150, facecolor="white", **dated)


def _rate(axes: Axes, log: Log) -> None:
    axes.set_ylabel("learning rate")
    if not log.has_rate:
        axes.text(0.5, 0.5, "not logged", transform=axes.transAxes, ha="center", va="center", color=INK)
        axes.set_yticks([])
        return
    rows = _drawn(log.lr)
    axes.plot(log.step[rows], log.lr[rows], color=RATE)
    axes.set_ylim(0, None)


def _losses(axes: Axes, log: Log) -> None:
    finite = np.where(np.isfinite(log.loss), log.loss, np.nan)
    rows = _drawn(finite)
    axes.plot(log.step[rows], finite[rows], color=TRAINING, alpha=0.25, lw=0.7)
    axes.plot(*binned(log.step, log.loss, BINS), color=TRAINING, label="training loss")
    if len(log.validation_step):
        axes.plot(log.validation_step, log.validation_loss, color=VALIDATION, marker="o", ms=3, label="validation loss")
    first = look_at(log).first
    if np.isfinite(first):
        axes.axhline(first, color=INK, lw=0.7, ls="--", label="loss at the start")
    axes.set(xlabel=STEP, ylabel="loss")
    _leave_out_towers(axes, log, first)


def _leave_out_towers(axes: Axes, log: Log, first: float) -> None:
    """Make the scale logarithmic if a loss of a million would flatten the rest, and all losses allow it."""
    losses = np.concatenate([log.loss, log.validation_loss])
    losses = losses[np.isfinite(losses)]
    if len(losses) and losses.min() > 0 and losses.max() / 30 > first:
        axes.set_yscale("log")


def _mark(axes: Axes, diagnosis: Diagnosis) -> None:
    if diagnosis.span is not None:
        axes.axvspan(*diagnosis.span, color=MARK, alpha=0.18, lw=0)
    for step in diagnosis.restarts[:200]:
        axes.axvline(step, color=INK, lw=0.6, ls=":")


def _drawn(values: Numbers) -> slice:
    """Every n-th row of a long log."""
    return slice(None, None, -(-len(values) // DRAWN))
