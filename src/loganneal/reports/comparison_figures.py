"""Figures of one comparison: pure functions of its result and curves."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from loganneal._palette import BAND
from loganneal.reports.curves import CurveRow, RateRow, by_arm
from loganneal.reports.figures import (
    INK,
    STYLE,
    band,
    better_part,
    canvas,
    dots,
    legend,
    line_of,
    panels,
    plain_log,
    short,
)
from loganneal.runs.record import Record
from loganneal.studies.declare.arms import Arm
from loganneal.studies.result import ArmResult, ComparisonResult
from loganneal.studies.tables import score_title, scored_by

BINS = 6
"""Bins of a rate, equal on the log scale, whose medians the sensitivity figure joins."""

FAINT_LINES = 20
"""Maximum number of chosen schedules of an arm that are drawn."""

CURVE_POINTS = 400
"""Maximum number of points of a drawn schedule."""


def rates_figure(comparison: ComparisonResult, rates: Sequence[RateRow]) -> Figure:
    """Each arm's rate over its peak rate, against the step."""
    with mpl.rc_context(STYLE):
        figure, axes = canvas(3.0)
        _shapes(axes, comparison, rates)
        legend(figure, axes)
        return figure


def winners_figure(comparison: ComparisonResult, rates: Sequence[RateRow], chosen: dict[str, list[Record]]) -> Figure:
    """On the left the shapes, on the right the schedules that validation chose; the median peak rate is drawn thick."""
    with mpl.rc_context(STYLE):
        figure, left, right = panels(3.0)
        _shapes(left, comparison, rates)
        for arm in (one.arm for one in comparison.arms if chosen[one.name]):
            ordered = sorted(chosen[arm.name], key=_peak)
            for record in ordered[:: 1 + len(ordered) // FAINT_LINES]:
                right.plot(*_rates(record), color=arm.colour, alpha=0.15, lw=0.7)
            right.plot(*_rates(ordered[len(ordered) // 2]), **line_of(arm))
        right.set(xlabel="step", ylabel="rate of the chosen runs", xlim=(0, None), ylim=(0, None))
        legend(figure, left)
        return figure


def differences_figure(comparison: ComparisonResult) -> Figure:
    """Paired differences to the reference: each replicate, the mean with its 95% interval, and the tie margin."""
    with mpl.rc_context(STYLE):
        rivals = [arm for arm in comparison.rivals if arm.judged]
        figure, axes = canvas(1.1 + 0.55 * max(1, len(rivals)))
        declared = comparison.declaration
        margin = declared.margin
        axes.axvspan(-margin, margin, color=BAND, alpha=0.18, lw=0, label=f"tie margin ±{margin:.3g}")
        axes.axvline(0, color=INK, lw=0.8)
        for place, arm in enumerate(reversed(rivals)):
            _difference(axes, place, arm)
        axes.set_yticks(range(len(rivals)), [short(arm.title) for arm in reversed(rivals)])
        axes.set_ylim(-0.6, len(rivals) - 0.4)
        axes.tick_params(axis="y", length=0)
        unit = f", {declared.metric.unit}" if declared.metric.unit else ""
        axes.set_xlabel(f"{scored_by(comparison)} against {declared.reference}{unit} (right is better)")
        figure.legend(loc="outside upper right")
        return figure


def curves_figure(comparison: ComparisonResult, curves: Sequence[CurveRow]) -> Figure:
    """Training loss and validation score of the chosen runs: mean over replicates and one standard deviation."""
    with mpl.rc_context(STYLE):
        figure, left, right = panels(3.0)
        found, metric = by_arm(curves), comparison.declaration.metric
        for arm in (one.arm for one in comparison.arms):
            own = found.get(arm.name, [])
            band(left, arm, ((row.step, row.loss) for row in own))
            band(right, arm, ((row.step, row.validation_score) for row in own))
        left.set(xlabel="step", ylabel="training loss")
        losses = [row.loss for rows in found.values() for row in rows]
        if losses and min(losses) > 0:
            left.set_yscale("log")
            plain_log(left.yaxis)
        right.set(xlabel="step", ylabel=f"validation {metric.label}")
        right.set_ylim(*better_part(right, metric))
        legend(figure, left)
        return figure


def dynamics_figure(comparison: ComparisonResult, curves: Sequence[CurveRow]) -> Figure | None:
    """Norm of the gradient and validation loss of the chosen runs; None if neither was measured."""
    found = by_arm(curves)
    rows = [row for own in found.values() for row in own]
    if not any(row.grad_norm is not None or row.validation_loss is not None for row in rows):
        return None
    with mpl.rc_context(STYLE):
        figure, left, right = panels(3.0)
        for arm in (one.arm for one in comparison.arms):
            own = found.get(arm.name, [])
            band(left, arm, ((row.step, row.grad_norm) for row in own))
            band(right, arm, ((row.step, row.validation_loss) for row in own))
        left.set(xlabel="step", ylabel="norm of the gradient")
        right.set(xlabel="step", ylabel="validation loss")
        legend(figure, left)
        return figure


def sensitivity_figure(comparison: ComparisonResult) -> Figure:
    """Validation score of every trial against its peak rate, and against its mean rate."""
    with mpl.rc_context(STYLE):
        figure, left, right = panels(3.0, sharey=True)
        for one in comparison.arms:
            scores = [trial.validation_score for trial in one.trials]
            peaks, means = [trial.peak_lr for trial in one.trials], [trial.mean_lr for trial in one.trials]
            for axes, rates in ((left, peaks), (right, means)):
                _sensitivity(axes, one.arm, np.array(rates), np.array(scores), 2 * len(comparison.arms))
        metric = comparison.declaration.metric
        left.set(xlabel="peak rate", ylabel=f"validation {metric.label}", xscale="log")
        right.set(xlabel="mean rate", xscale="log")
        left.set_ylim(*better_part(left, metric))
        for axes in (left, right):
            plain_log(axes.xaxis)
        legend(figure, left)
        return figure


def trials_figure(comparison: ComparisonResult) -> Figure:
    """Test score of the trial that validation chooses, against the number of trials."""
    with mpl.rc_context(STYLE):
        figure, axes = canvas(2.6)
        for one in comparison.arms:
            best = one.scores.best_of_first if one.scores else ()
            axes.plot(range(1, len(best) + 1), best, marker="o", ms=4, **line_of(one.arm))
        axes.set(xlabel="trials", ylabel=score_title(comparison))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        legend(figure, axes)
        return figure


def _rates(record: Record) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Steps and rates; of a long run, only some of them."""
    steps = np.unique(np.linspace(0, record.spec.steps - 1, CURVE_POINTS).astype(np.int64))
    return steps, np.asarray(record.spec.schedule(steps))


def _peak(record: Record) -> float:
    return float(record.spec.schedule.max_lr)


def _shapes(axes: Axes, comparison: ComparisonResult, rates: Sequence[RateRow]) -> None:
    for arm in (one.arm for one in comparison.arms):
        own = [row for row in rates if row.arm == arm.name]
        axes.plot([row.step for row in own], [row.rate_over_peak for row in own], **line_of(arm))
    axes.set(xlabel="step", ylabel="rate / peak rate", ylim=(0, 1.04), xlim=(0, None))


def _difference(axes: Axes, place: int, result: ArmResult) -> None:
    if result.judged is None:
        return
    colour, paired = result.arm.colour, result.judged.paired
    values = paired.differences
    axes.plot(values, np.full(len(values), place - 0.18), "o", color=colour, alpha=0.45, ms=4, mew=0)
    low, high = paired.interval95 or (paired.mean,) * 2
    axes.plot([low, high], [place + 0.1] * 2, color=colour, lw=2.4, solid_capstyle="butt")
    axes.plot(paired.mean, place + 0.1, "D", color=colour, ms=6.5, mec="white", mew=0.8)
    verdict = result.judged.verdict.name
    axes.annotate(verdict, (1.01, place), xycoords=("axes fraction", "data"), va="center", annotation_clip=False)


def _sensitivity(axes: Axes, arm: Arm, rates: NDArray[np.float64], scores: NDArray[np.float64], series: int) -> None:
    dots(axes, rates, scores, arm.colour, series=series)
    axes.plot(*_bin_medians(rates, scores), **line_of(arm))


def _bin_medians(
    rates: NDArray[np.float64], scores: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    edges = np.geomspace(rates.min(), rates.max(), BINS + 1)
    places = np.clip(np.searchsorted(edges, rates, side="right") - 1, 0, BINS - 1)
    filled = np.unique(places)
    medians = np.array([np.median(scores[places == number]) for number in filled])
    return np.sqrt(edges[filled] * edges[filled + 1]), medians
