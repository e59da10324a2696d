"""Pictures of a learning-rate range test."""

import matplotlib as mpl
import numpy as np
import plotext
from matplotlib.figure import Figure

from loganneal._palette import BLUE, RED
from loganneal.reports.figures import INK, STYLE, WIDTH
from loganneal.training.lr_range import TOWER, RangeLosses, RangeTest

LOSS, USABLE = RED, BLUE


def range_figure(found: RangeLosses) -> Figure:
    """Loss against rate, with the usable peak and the end of the minimum if there are any."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 3.2), layout="constrained")
        axes = figure.subplots()
        axes.plot(found.lr, found.loss, color=LOSS, alpha=0.25, lw=0.7)
        axes.plot(found.lr, found.smoothed, color=LOSS, label="training loss, smoothed")
        if isinstance(found, RangeTest):
            axes.axvline(found.usable, color=USABLE, label=f"usable peak {found.usable:.2g}")
            axes.axvline(found.leaving, color=INK, lw=0.7, ls=":", label=f"leaves its minimum at {found.leaving:.2g}")
        axes.set(xlabel="rate", ylabel="loss", xscale="log", ylim=_heights(found))
        axes.xaxis.set_major_formatter("{x:g}")  # the usual one writes formulas, which the style does not read
        figure.legend(loc="outside upper center", ncols=3)
        return figure


def range_text(found: RangeLosses, *, width: int = 100, height: int = 16, colour: bool = True) -> str:
    """The smoothed loss against the logarithm of the rate, as lines of text for a terminal."""
    plotext.clear_figure()
    plotext.plotsize(width, height)
    plotext.theme("pro" if colour else "clear")
    low, high = _heights(found)
    places = np.log10(found.lr).tolist()
    heights = np.minimum(found.smoothed, high).tolist()
    plotext.plot(places, heights, label="loss, smoothed", marker="braille" if colour else "*")
    if isinstance(found, RangeTest):
        plotext.plot([float(np.log10(found.usable))] * 2, [low, high], label="usable peak", marker="│")
    plotext.xlabel("rate, as a power of ten")
    text = str(plotext.build())
    plotext.clear_figure()
    return text if colour else str(plotext.uncolorize(text))


def _heights(found: RangeLosses) -> tuple[float, float]:
    """Limits from the minimum to a little above the start: what comes after the minimum would flatten the curve.

    Losses that show no minimum are drawn whole.
    """
    start, lowest = float(found.smoothed[0]), float(found.smoothed.min())
    if not isinstance(found, RangeTest):
        highest = float(found.smoothed.max())
        room = 0.05 * (highest - lowest) or 1.0  # for losses that are all equal
        return lowest - room, highest + room
    room = 0.1 * abs(start - lowest)
    return lowest - room, min(start + 5 * room, TOWER * abs(start) + room)
