"""The page of a prediction: what the laws make of the logs, and what they say of other schedules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from loganneal._palette import PALETTE
from loganneal.prediction import Prediction, Run, SchedulePrediction
from loganneal.prediction.curves import SKIPPED, points
from loganneal.prediction.ensemble import Ensemble, fit_ensemble
from loganneal.prediction.fit import Fit
from loganneal.prediction.rates import Numbers, Rates, rates_of
from loganneal.prediction.track_record import track_record
from loganneal.prediction.words import PEAK, choice_sentence, peak_factors
from loganneal.reports.figures import INK, STYLE, WIDTH, to_svg
from loganneal.schedules import Schedule

DRAWN = 6
"""Curves of schedules in one figure: the best predicted, and the last."""

LEGEND = 90
"""Letters that fit into a row of a legend."""

BETTER, WORSE, UNDECIDED = "#159a80", "#e0512f", "#808890"
COLOURS = {"better": BETTER, "worse": WORSE, "cannot tell": UNDECIDED}


@dataclass(frozen=True)
class Drawing:
    """A figure with what stands beneath it."""

    caption: str
    svg: Markup


def report_page(prediction: Prediction, runs: Sequence[Run], schedules: Mapping[str, Schedule]) -> str:
    """The page as HTML, without any reference to another file.

    Args:
        prediction: What was predicted; it was not refused.
        runs: The logs.
        schedules: By the names in the prediction.
    """
    ensemble = fit_ensemble(runs, prediction.quantity)
    record = track_record()
    environment = Environment(
        loader=PackageLoader("loganneal.reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("prediction.html").render(
        prediction=prediction,
        rows=ordered(prediction),
        factors=peak_factors(runs[0], schedules, prediction.total_steps),
        peak_note=PEAK,
        choices=[choice_sentence(one) for one in prediction.choices],
        history=record.sentence(prediction.log_class),
        experimental=record.experimental,
        drawings=_drawings(prediction, runs, schedules, ensemble),
    )


def ordered(prediction: Prediction) -> list[SchedulePrediction]:
    """The schedules, the lowest prediction first, those without one last."""
    return sorted(prediction.schedules, key=lambda one: (one.difference is None, one.difference or 0.0))


def _drawings(
    prediction: Prediction, runs: Sequence[Run], schedules: Mapping[str, Schedule], ensemble: Ensemble
) -> list[Drawing]:
    figures = {
        "The logs, in groups of rows, and what each law makes of them. Laws that all fit may still disagree below.": (
            fit_figure(runs, ensemble, prediction)
        ),
        "Learning rates, and the loss predicted under them: the mean over the laws, and their range.": curves_figure(
            prediction, schedules, ensemble
        ),
        "Predicted difference to the run in the first log: mean and range over the laws.": range_figure(prediction),
    }
    return [Drawing(caption, Markup(to_svg(figure))) for caption, figure in figures.items()]


def fit_figure(runs: Sequence[Run], ensemble: Ensemble, prediction: Prediction) -> Figure:
    """One panel a log: its points and the curve of every law."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 2.8), layout="constrained")
        panels = np.atleast_1d(figure.subplots(1, len(runs), sharey=True))
        for panel, run, curve in zip(panels, runs, ensemble.curves, strict=True):
            panel.plot(*points(run, prediction.quantity), ls="", marker="o", ms=2.5, color=UNDECIDED)
            times = curve.rates.edges[curve.rates.edges >= curve.times[0]]
            for fit, colour in zip(ensemble.fits, PALETTE, strict=False):
                panel.plot(times * ensemble.unit, fit.curve(curve.rates, times), lw=1.1, color=colour, label=_name(fit))
            panel.set(xlabel="step (optimizer updates)")
        panels[0].set(ylabel=prediction.quantity)
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
        return figure


def _name(fit: Fit) -> str:
    return f"{fit.law.name} ({100 * fit.misfit:.1f} % off)"


def curves_figure(prediction: Prediction, schedules: Mapping[str, Schedule], ensemble: Ensemble) -> Figure:
    """The rates of the best schedules and of the last above, what is predicted under them below."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 4.4), layout="constrained")
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1, 2))
        for one, colour in zip(_chosen(prediction), PALETTE, strict=False):
            rates = rates_of(schedules[one.name], prediction.total_steps, ensemble.peak, ensemble.unit)
            _draw_schedule(above, below, ensemble, rates, one.name, colour)
        above.set(ylabel="rate / peak", ylim=(0, None))
        below.set(xlabel="step (optimizer updates)", ylabel=prediction.quantity)
        handles, labels = below.get_legend_handles_labels()
        columns = max(1, min(3, LEGEND // (8 + max(map(len, labels), default=0))))
        figure.legend(handles, labels, loc="outside lower center", ncols=columns)
        return figure


def _chosen(prediction: Prediction) -> list[SchedulePrediction]:
    told = [one for one in ordered(prediction) if one.difference is not None]
    return told if len(told) <= DRAWN else [*told[: DRAWN - 1], told[-1]]


def _draw_schedule(above: Axes, below: Axes, ensemble: Ensemble, rates: Rates, name: str, colour: str) -> None:
    times = rates.edges[rates.edges >= SKIPPED * rates.end]  # where the sums over cells are exact
    curves: Numbers = np.stack([fit.curve(rates, times) for fit in ensemble.trusted(rates)])
    above.stairs(rates.mean, rates.edges * ensemble.unit, color=colour, lw=1.4, baseline=None)
    below.plot(times * ensemble.unit, curves.mean(axis=0), color=colour, lw=1.4, label=name)
    below.fill_between(times * ensemble.unit, curves.min(axis=0), curves.max(axis=0), color=colour, alpha=0.12, lw=0)


def range_figure(prediction: Prediction) -> Figure:
    """One line a schedule: the range of its difference over the laws, coloured by the verdict."""
    told = [one for one in ordered(prediction) if one.difference is not None][::-1]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 1.1 + 0.2 * len(told)), layout="constrained")
        axes = figure.subplots()
        for row, one in enumerate(told):
            low, middle, high = (100 * (value or 0.0) for value in (one.low, one.difference, one.high))
            axes.plot([low, high], [row, row], color=COLOURS[one.verdict], lw=2.5, solid_capstyle="butt")
            axes.plot([middle], [row], color=COLOURS[one.verdict], marker="o", ms=4)
        axes.axvline(0, color=INK, lw=0.7)
        axes.set_yticks(range(len(told)), [one.name for one in told])
        axes.set(xlabel="predicted difference of the final loss, % (left is better)", ylim=(-0.7, len(told) - 0.3))
        for verdict, colour in COLOURS.items():
            axes.plot([], [], color=colour, lw=2.5, label=verdict)
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3)
        return figure
