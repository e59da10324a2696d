"""Five laws fitted to the same logs, and what they say together about another schedule."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loganneal.prediction.curves import Run, fitted_curve
from loganneal.prediction.fit import Curve, Fit, fit_law
from loganneal.prediction.laws import LAWS
from loganneal.prediction.prediction import Quantity, SchedulePrediction, Verdict
from loganneal.prediction.probe import rises
from loganneal.prediction.rates import Numbers, Rates

SMALLEST = 0.002
"""A verdict needs from every law a difference above this share of the loss, ..."""

ERRORS = 2.0
"""... and above this many standard errors of the log's end."""

END_POINTS = 30
"""Points of a curve, half of it, from which its end is known."""

SETTLES = 0.1
"""A run whose loss would end below this share of its last one is fitting its training set."""


@dataclass(frozen=True, eq=False)
class Ensemble:
    """The laws, fitted to the logs.

    Args:
        fits: One for each law.
        curves: What they were fitted to, the reference run first.
        unit: Updates that count as 1.
        peak: The learning rate that counts as 1.
        end_error: Standard error of the loss at the end of the reference run, as a share of it.
    """

    fits: tuple[Fit, ...]
    curves: tuple[Curve, ...]
    unit: float
    peak: float
    end_error: float

    @property
    def settles(self) -> bool:
        """Whether most laws see a level that the loss settles at; a run that memorizes its training set has none."""
        reference = self.curves[0].rates
        return float(np.median([fit.amplitudes[0] / fit.final(reference) for fit in self.fits])) >= SETTLES

    def differences(self, rates: Rates, reference: Rates) -> dict[str, float]:
        """The final loss under some rates relative to that under others, as a share, by law."""
        return {fit.law.name: fit.final(rates) / fit.final(reference) - 1.0 for fit in self.trusted(rates)}

    def trusted(self, rates: Rates) -> list[Fit]:
        """The laws that say something sensible about some rates: not all do if a rate rises after the warmup."""
        rising = rises(rates) or any(rises(one.rates) for one in self.curves)
        return [fit for fit in self.fits if fit.law.rises or not rising]

    def say(self, name: str, rates: Rates, reference: Rates) -> SchedulePrediction:
        """The prediction for a schedule, with its verdict."""
        laws = self.differences(rates, reference)
        values = np.array(list(laws.values()))
        verdict, reason = self._verdict(values)
        return SchedulePrediction(
            name, float(values.mean()), float(values.min()), float(values.max()), verdict, reason, laws
        )

    def _verdict(self, values: Numbers) -> tuple[Verdict, str]:
        """A verdict only if each law would give it by itself."""
        least, needed = float(np.min(np.abs(values))), max(SMALLEST, ERRORS * self.end_error)
        if np.min(values) < 0 < np.max(values):
            return "cannot tell", "the laws disagree about the sign"
        if least <= needed:
            return "cannot tell", f"one law gives {100 * least:.1f}%, but the log resolves only {100 * needed:.1f}%"
        return ("better" if np.max(values) < 0 else "worse"), ""


def fit_ensemble(runs: Sequence[Run], quantity: Quantity) -> Ensemble:
    """All laws, fitted to the logs.

    Args:
        runs: Runs that differ only in the schedule and the length.
        quantity: The loss to fit.
    """
    unit = float(max(run.steps for run in runs))
    curves = tuple(fitted_curve(run, quantity, unit) for run in runs)
    fits = tuple(fit_law(law, curves) for law in LAWS)
    error = min(fit.misfit for fit in fits) / np.sqrt(END_POINTS)
    return Ensemble(fits, curves, unit, runs[0].peak, float(error))
