"""A law fitted to the curves of logs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize, nnls

from loganneal.prediction.laws import Law
from loganneal.prediction.rates import Numbers, Rates

SMALLEST_MISFIT = 1e-3
"""Relative misfit below which a curve is not followed more closely: laws are not that exact."""

ENOUGH_EVALUATIONS = 150


@dataclass(frozen=True, eq=False)
class Curve:
    """What is fitted from one log.

    Args:
        rates: The rates of its run.
        times: When the loss was measured.
        loss: Mean loss there, above 0.
    """

    rates: Rates
    times: Numbers
    loss: Numbers


@dataclass(frozen=True, eq=False)
class Fit:
    """A law with all its numbers.

    Args:
        law: The law.
        parameters: Those inside its parts.
        amplitudes: L0, A and B.
        misfit: Root mean square of the relative residuals.
    """

    law: Law
    parameters: Numbers
    amplitudes: Numbers
    misfit: float

    def curve(self, rates: Rates, times: Numbers) -> Numbers:
        """The loss that the law gives a run at some times."""
        curve: Numbers = self.law.columns(rates, times, self.parameters.tolist()) @ self.amplitudes
        return curve

    def final(self, rates: Rates) -> float:
        """The loss that the law gives a run at its end."""
        return float(self.curve(rates, np.array([rates.end]))[0])


def fit_law(law: Law, curves: Sequence[Curve]) -> Fit:
    """The law that is most probable given the curves: amplitudes by non-negative least squares inside a search.

    Args:
        law: The law.
        curves: Curves of runs that differ only in the schedule.
    """
    middle = np.log([prior.middle for prior in law.priors])
    spread = np.array([prior.spread for prior in law.priors])
    start = np.concatenate([np.zeros((1, len(middle))), np.eye(len(middle))])
    found = minimize(
        lambda z: _cost(law, curves, middle + spread * z) + float(z @ z) / 2,
        start[0],
        method="Nelder-Mead",
        options={"initial_simplex": start, "maxfev": ENOUGH_EVALUATIONS, "xatol": 0.02, "fatol": 0.02},
    )
    parameters = np.exp(middle + spread * found.x)
    amplitudes, misfit = _amplitudes(law, curves, parameters)
    return Fit(law, parameters, amplitudes, misfit)


def _cost(law: Law, curves: Sequence[Curve], logarithms: Numbers) -> float:
    """Minus the logarithm of the likelihood, at the best size of the noise."""
    _, misfit = _amplitudes(law, curves, np.exp(logarithms))
    count = sum(len(curve.loss) for curve in curves)
    return float(count * np.log(misfit**2 + SMALLEST_MISFIT**2) / 2)


def _amplitudes(law: Law, curves: Sequence[Curve], parameters: Numbers) -> tuple[Numbers, float]:
    """The best amplitudes, and the root mean square of the relative residuals."""
    columns = [law.columns(one.rates, one.times, parameters.tolist()) / one.loss[:, None] for one in curves]
    stacked = np.concatenate(columns)
    size = np.sqrt((stacked**2).mean(axis=0)) + np.finfo(float).tiny
    amplitudes, residual = nnls(stacked / size, np.ones(len(stacked)))
    return amplitudes / size, float(residual / np.sqrt(len(stacked)))
