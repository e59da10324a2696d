"""Five laws of the loss: how it follows from the learning rates of all updates so far.

Each is the loss at which training would end, plus what the sum of the rates has not yet undone, plus a third part that
sets the laws apart: the noise that high rates leave behind, or what falls of the rate have gained.

    L(t) = L0 + A S(t)^-s + B N(t)

S is the sum of the rates, in units of the log's peak times its length. The amplitudes L0, A and B are at least 0.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from loganneal.prediction.rates import FLOOR, Numbers, Rates

Third = Callable[[Rates, Numbers, Sequence[float]], Numbers]

EARLIEST = 1e-6
"""Smallest sum of rates that is raised to a negative power."""


@dataclass(frozen=True)
class Prior:
    """What is assumed about a parameter before any log is read: its logarithm is normal.

    Args:
        middle: The median.
        spread: Standard deviation of the natural logarithm.
    """

    middle: float
    spread: float


@dataclass(frozen=True)
class Law:
    """One law.

    Args:
        name: Its name in tables.
        source: The paper.
        third: Its third part, from the rates, the times and the parameters after the exponent s.
        priors: Those of the exponent s, then of the others.
        rises: Whether it says something sensible about a rate that rises again.
    """

    name: str
    source: str
    third: Third
    priors: tuple[Prior, ...]
    rises: bool = True

    def columns(self, rates: Rates, times: Numbers, parameters: Sequence[float]) -> Numbers:
        """The three parts at some times, each with the amplitude 1, as columns.

        Args:
            rates: The rates of the run.
            times: When, above 0 and at most the run's end.
            parameters: As many as there are priors, above 0.
        """
        area = np.maximum(rates.area_at(times), EARLIEST)
        return np.stack([np.ones_like(times), area ** -parameters[0], self.third(rates, times, parameters[1:])], axis=1)


def _noise(rates: Rates, times: Numbers, kernel: Callable[[Numbers], Numbers]) -> Numbers:
    """The sum of the squared rates so far, each times a kernel of the sum of the rates since."""
    begun = np.clip((times[:, None] - rates.edges[:-1]) / rates.width, 0.0, 1.0)
    middle = (rates.area[1:] + rates.area[:-1]) / 2
    since = np.maximum(rates.area_at(times)[:, None] - middle, 0.0)
    noise: Numbers = (begun * kernel(since)) @ (rates.square * rates.width)
    return noise


def _power_noise(exponent: float) -> Third:
    def third(rates: Rates, times: Numbers, parameters: Sequence[float]) -> Numbers:
        return _noise(rates, times, lambda since: (1.0 + since / parameters[0]) ** -exponent)

    return third


def _exponential_noise(rates: Rates, times: Numbers, parameters: Sequence[float]) -> Numbers:
    return _noise(rates, times, lambda since: np.exp(-since / parameters[0]))


def _annealing(rates: Rates, times: Numbers, parameters: Sequence[float]) -> Numbers:
    """What falls have gained, with a memory in time: minus the sum of the falls, each times 1 - exp(-age / tau)."""
    age = np.maximum(times[:, None] - rates.edges[1:-1], 0.0)
    gained: Numbers = -np.expm1(-age / parameters[0]) @ rates.falls
    return -gained


def _multi_power(rates: Rates, times: Numbers, parameters: Sequence[float]) -> Numbers:
    """What falls have gained: minus the sum of the falls, each times 1 - (1 + C x)^-beta, x = rate^-gamma (S - S_k)."""
    gamma, scale, beta = parameters
    since = np.maximum(rates.area_at(times)[:, None] - rates.area[1:-1], 0.0)
    x = np.maximum(rates.mean[1:], FLOOR) ** -gamma * since
    gained: Numbers = (1.0 - (1.0 + scale * x) ** -beta) @ rates.falls
    return -gained


EXPONENT = Prior(0.5, 0.7)
MEMORY = Prior(0.03, 1.5)
"""Of noise and of falls, in units of the sum of the rates or of the run's length."""

FUNCTIONAL = "functional scaling law, arXiv:2509.19189"

LAWS = (
    Law("FSL, b = 1.5", FUNCTIONAL, _power_noise(1.5), (EXPONENT, MEMORY)),
    Law("FSL, b = 2", FUNCTIONAL, _power_noise(2.0), (EXPONENT, MEMORY)),
    Law("FSL, exponential", FUNCTIONAL, _exponential_noise, (EXPONENT, MEMORY)),
    Law("annealing", "learning-rate annealing, arXiv:2408.11029", _annealing, (EXPONENT, MEMORY)),
    Law(
        "multi-power",
        "multi-power law, arXiv:2503.12811",
        _multi_power,
        (EXPONENT, Prior(0.5, 0.5), Prior(10.0, 1.5), Prior(0.5, 0.7)),
        rises=False,
    ),
)
"""The five, with weak priors."""
