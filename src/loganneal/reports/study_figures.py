"""Figures over the comparisons of a study."""

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from loganneal._palette import BAND
from loganneal.reports.figures import INK, STYLE, canvas, legend, line_of, plain_log, short
from loganneal.studies.judge.budgets import Budgets
from loganneal.studies.result import ComparisonResult, StudyResult


def overview_figure(study: StudyResult) -> Figure:
    """Mean difference of every rival in every comparison with its 95% interval, in margins, so that units agree."""
    with mpl.rc_context(STYLE):
        parts = [one for one in study.comparisons if one.replicates_done]
        rivals = len(parts[0].rivals)
        figure, axes = canvas(1.2 + len(parts) * (0.25 + 0.14 * rivals))
        axes.axvspan(-1, 1, color=BAND, alpha=0.18, lw=0)
        axes.axvline(0, color=INK, lw=0.8)
        for place, one in enumerate(reversed(parts)):
            _row(axes, place, one, labelled=place == len(parts) - 1)
        axes.set_yticks(range(len(parts)), [short(one.label) for one in reversed(parts)])
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(-0.6, len(parts) - 0.4)
        reference = parts[0].declaration.reference
        axes.set_xlabel(f"difference to {reference} in margins of a tie (right is better)")
        legend(figure, axes)
        return figure


def budget_figure(task: Budgets) -> Figure:
    """Final test score against the trained budget: median over replicates, and the middle half."""
    with mpl.rc_context(STYLE):
        figure, axes = canvas(3.0)
        steps = task.steps
        for one in task.arms:
            low, high = (np.array([np.quantile(scores, end) for scores in one.scores]) for end in (0.25, 0.75))
            axes.plot(steps, one.medians, marker="o", ms=4, **line_of(one.arm))
            axes.fill_between(steps, low, high, color=one.arm.colour, alpha=0.08, lw=0)
        axes.axhline(task.target, color=INK, lw=0.8, ls=":")
        axes.set(xlabel="trained budget, steps", ylabel=f"test {task.declaration.metric.label}", xscale="log")
        plain_log(axes.xaxis)
        axes.xaxis.set_major_locator(FixedLocator(steps))
        axes.xaxis.set_minor_locator(NullLocator())
        legend(figure, axes)
        return figure


def _row(axes: Axes, place: int, one: ComparisonResult, *, labelled: bool) -> None:
    margin, judged = one.declaration.margin, [(arm.arm, arm.judged.paired) for arm in one.rivals if arm.judged]
    for height, (arm, paired) in zip(_heights(len(judged)), judged, strict=True):
        ends = np.array(paired.interval95 or [paired.mean] * 2) / margin
        line = line_of(arm) if labelled else {"color": arm.colour}
        axes.plot(ends, [place + height] * 2, lw=1.6, **line)
        axes.plot(paired.mean / margin, place + height, "D", color=arm.colour, ms=4.5)


def _heights(count: int) -> list[float]:
    """Positions of a number of arms around the middle of a row, from the top down."""
    distance = min(0.2, 0.6 / max(1, count - 1))
    return [((count - 1) / 2 - place) * distance for place in range(count)]
