"""The page of a prediction: how the laws fit the logs, and what they say about other schedules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from loganneal import _checks
from loganneal._palette import GREEN, GREY, PALETTE, RED
from loganneal.prediction import Prediction, Run, SchedulePrediction
from loganneal.prediction.curves import SKIPPED, points
from loganneal.prediction.ensemble import Ensemble, fit_ensemble
from loganneal.prediction.fit import Fit
from loganneal.prediction.rates import Numbers, Rates, rates_of
from loganneal.prediction.track_record import track_record
from loganneal.prediction.words import PEAK, choice_sentence, peak_factors, percent
from loganneal.reports.figures import INK, STYLE, WIDTH, to_svg
from loganneal.reports.page import inline_svg
from loganneal.schedules import Schedule

DRAWN = 6
"""Curves of schedules in one figure: the best predicted, of different kinds if there are any, and the last."""

LETTERS = 40
"""Characters of a name in a figure; a schedule given as JSON has more."""

LEGEND = 90
"""Characters that fit into a row of a legend."""

BETTER, WORSE, UNDECIDED = GREEN, RED, GREY
COLOURS = {"better": BETTER, "worse": WORSE, "cannot tell": UNDECIDED}


HEADER = ("Schedule", "Difference", "Range over the laws", "Tuned peak", "Verdict")


class Row(NamedTuple):
    """A schedule in the table of the page, as text."""

    name: str
    difference: str
    range: str
    factor: str
    verdict: str
    reason: str


@dataclass(frozen=True)
class Drawing:
    """A figure with its caption."""

    caption: str
    svg: Markup


def report_page(prediction: Prediction, runs: Sequence[Run], schedules: Mapping[str, Schedule]) -> str:
    """The page as HTML, without any reference to another file.

    Args:
        prediction: What was predicted; it must not be a refusal.
        runs: The logs.
        schedules: The schedules by their names in the prediction.
    """
    ensemble = fit_ensemble(runs, prediction.quantity)
    record, best = track_record(), prediction.best
    factors = peak_factors(runs[0], schedules, prediction.total_steps)
    environment = Environment(
        loader=PackageLoader("loganneal.reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("prediction.html").render(
        title="Other schedules, predicted",
        logs=f"{len(runs)} log{'' if len(runs) == 1 else 's'}, {prediction.total_steps:,} {prediction.unit}",
        lead=_lead(best) if best else "",
        prediction=prediction,
        budget=f"after {prediction.total_steps:,} {prediction.unit}",
        header=HEADER,
        rows=[_row(one, factors) for one in ordered(prediction)],
        peak_note=PEAK if factors else "",
        choices=[choice_sentence(one) for one in prediction.choices],
        history=record.sentence(prediction.log_class),
        experimental=record.experimental,
        drawings=_drawings(prediction, runs, schedules, ensemble),
    )


def _lead(best: SchedulePrediction) -> str:
    """The lowest prediction in a sentence."""
    said = f"Lowest prediction: {best.name}, {percent(best.difference or 0.0)}"
    if best.verdict == "cannot tell":
        return f"{said} relative to the run in the first log. The logs cannot tell whether it is better."
    return f"{said}: {best.verdict} than the run in the first log."


def _row(one: SchedulePrediction, factors: Mapping[str, float]) -> Row:
    factor = f"\u00d7 {factors[one.name]:.2f}" if one.name in factors else ""
    if one.difference is None or one.low is None or one.high is None:
        return Row(one.name, "", "", factor, one.verdict, one.reason)
    spread = f"{percent(one.low)} to {percent(one.high)}"
    return Row(one.name, percent(one.difference), spread, factor, one.verdict, one.reason)


def ordered(prediction: Prediction) -> list[SchedulePrediction]:
    """The schedules, the lowest prediction first, those without one last."""
    return sorted(prediction.schedules, key=lambda one: (one.difference is None, one.difference or 0.0))


def _drawings(
    prediction: Prediction, runs: Sequence[Run], schedules: Mapping[str, Schedule], ensemble: Ensemble
) -> list[Drawing]:
    figures = {
        "The logs, in groups of rows, and the fit of each law. Laws that all fit well may still disagree below.": (
            fit_figure(runs, ensemble, prediction)
        ),
        "Learning rates, and the loss predicted for them: mean and range over the laws.": curves_figure(
            prediction, schedules, ensemble
        ),
        "Predicted difference from the run in the first log: mean and range over the laws.": range_figure(prediction),
    }
    return [
        Drawing(caption, inline_svg(to_svg(figure), f"figure{place}", caption))
        for place, (caption, figure) in enumerate(figures.items())
    ]


def fit_figure(runs: Sequence[Run], ensemble: Ensemble, prediction: Prediction) -> Figure:
    """One panel per log: its points and the curve of every law."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 2.8), layout="constrained")
        panels = np.atleast_1d(figure.subplots(1, len(runs), sharey=True))
        for number, (panel, run, curve) in enumerate(zip(panels, runs, ensemble.curves, strict=True), 1):
            panel.plot(*points(run, prediction.quantity), ls="", marker="o", ms=2.5, color=UNDECIDED)
            times = curve.rates.edges[curve.rates.edges >= curve.times[0]]
            for fit, colour in zip(ensemble.fits, PALETTE, strict=False):
                panel.plot(times * ensemble.unit, fit.curve(curve.rates, times), lw=1.1, color=colour, label=_name(fit))
            panel.set(xlabel=f"step ({prediction.unit})", title=f"log {number}" if len(runs) > 1 else "")
        panels[0].set(ylabel=prediction.quantity)
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
        return figure


def _name(fit: Fit) -> str:
    return f"{fit.law.name} ({100 * fit.misfit:.1f}% off)"


def curves_figure(prediction: Prediction, schedules: Mapping[str, Schedule], ensemble: Ensemble) -> Figure:
    """Above, the rates of the best schedules and of the last one; below, the losses predicted for them."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 4.4), layout="constrained")
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1, 2))
        for one, colour in zip(_chosen(prediction), PALETTE, strict=False):
            rates = rates_of(schedules[one.name], prediction.total_steps, ensemble.peak, ensemble.unit)
            _draw_schedule(above, below, ensemble, rates, _short(one.name), colour)
        above.set(ylabel="rate / peak", ylim=(0, None))
        below.set(xlabel=f"step ({prediction.unit})", ylabel=prediction.quantity)
        handles, labels = below.get_legend_handles_labels()
        columns = max(1, min(3, LEGEND // (8 + max(map(len, labels), default=0))))
        figure.legend(handles, labels, loc="outside lower center", ncols=columns)
        return figure


def _chosen(prediction: Prediction) -> list[SchedulePrediction]:
    told = [one for one in ordered(prediction) if one.difference is not None]
    if len(told) <= DRAWN:
        return told
    *others, last = told
    best = {_kind(one): one for one in others[::-1]}
    by_kind = sorted(others, key=lambda one: one is not best[_kind(one)])  # stable: each part keeps its order
    drawn = {one.name for one in (*by_kind[: DRAWN - 1], last)}
    return [one for one in told if one.name in drawn]


def _short(name: str) -> str:
    """A name as a figure shows it."""
    shown = _checks.printable(name)
    return shown if len(shown) <= LETTERS else f"{shown[: LETTERS - 1]}\u2026"


def _kind(one: SchedulePrediction) -> str:
    """What a schedule is, without the value of its parameter: the best of each kind is drawn first."""
    return one.name.partition(",")[0]


def _draw_schedule(above: Axes, below: Axes, ensemble: Ensemble, rates: Rates, name: str, colour: str) -> None:
    times = rates.edges[rates.edges >= SKIPPED * rates.end]  # where the sums over cells are exact
    curves: Numbers = np.stack([fit.curve(rates, times) for fit in ensemble.trusted(rates)])
    above.stairs(rates.mean, rates.edges * ensemble.unit, color=colour, lw=1.4, baseline=None)
    below.plot(times * ensemble.unit, curves.mean(axis=0), color=colour, lw=1.4, label=name)
    below.fill_between(times * ensemble.unit, curves.min(axis=0), curves.max(axis=0), color=colour, alpha=0.12, lw=0)


def range_figure(prediction: Prediction) -> Figure:
    """One line per schedule: the range of its difference over the laws, coloured by the verdict."""
    told = [one for one in ordered(prediction) if one.difference is not None][::-1]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 1.1 + 0.2 * len(told)), layout="constrained")
        axes = figure.subplots()
        for row, one in enumerate(told):
            low, middle, high = (100 * (value or 0.0) for value in (one.low, one.difference, one.high))
            axes.plot([low, high], [row, row], color=COLOURS[one.verdict], lw=2.5, solid_capstyle="butt")
            axes.plot([middle], [row], color=COLOURS[one.verdict], marker="o", ms=4)
        axes.axvline(0, color=INK, lw=0.7)
        axes.set_yticks(range(len(told)), [_short(one.name) for one in told])
        axes.set(xlabel="predicted difference of the final loss, % (left is better)", ylim=(-0.7, len(told) - 0.3))
        for verdict, colour in COLOURS.items():
            axes.plot([], [], color=colour, lw=2.5, label=verdict)
        figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3)
        return figure
