"""Whether a run's learning rate does what lets a law tell its parts apart; and the run to make if none does.

While a rate only decays, the sum of the rates grows as the rate falls, and the effects of the two on the loss cannot be
told apart. A fast fall from a plateau, or a rise after the warmup, sets them apart: a probe.
"""

from typing import Literal

import numpy as np

from loganneal.prediction.rates import Rates
from loganneal.schedules import WarmupStableDecay

Probe = Literal["fall", "rise"]

HIGH, LOW = 0.9, 0.3
"""A fall begins above the first share of the peak and ends below the second ..."""

FAST = 0.3
"""... within this share of the run ..."""

PLATEAU = 0.4
"""... after a rate that stayed above the first share for at least this much of the run."""

RISE = 0.2
"""A rise is by more than this share of the peak ..."""

WARMUP = 0.15
"""... after this share of the run: before it, a rise is a warmup."""

CONSTANT = 0.02
"""A rate that changes by less than this share of the peak after the warmup is constant."""

COOLDOWN = 0.2
"""Share of the run in which the proposed probe falls."""


def find_probe(rates: Rates) -> Probe | None:
    """The probe that a run's rates contain, if any; a rise takes precedence over a fall."""
    if rises(rates):
        return "rise"
    return "fall" if _falls_fast(rates) else None


def rises(rates: Rates) -> bool:
    """Whether the rate rises after the warmup."""
    late = rates.mean[rates.edges[:-1] >= WARMUP * rates.end]
    return bool(len(late) and np.max(late - np.minimum.accumulate(late)) > RISE)


def is_constant(rates: Rates) -> bool:
    """Whether the rate stays constant after the warmup."""
    late = rates.mean[rates.edges[:-1] >= WARMUP * rates.end]
    return bool(len(late) and np.ptp(late) < CONSTANT)


def _falls_fast(rates: Rates) -> bool:
    high = np.flatnonzero(rates.mean >= HIGH)
    low = np.flatnonzero(rates.mean[high[-1] :] <= LOW) if len(high) else high
    if not len(low):
        return False
    plateau = rates.width[high].sum() / rates.end
    fall = (rates.edges[high[-1] + low[0]] - rates.edges[high[-1] + 1]) / rates.end
    return bool(plateau >= PLATEAU and fall <= FAST)


def probe_schedule(peak: float, steps: int, warmup: int) -> WarmupStableDecay:
    """The probe to train: a plateau at the same peak, then a linear fall over the last fifth, in half the length.

    Args:
        peak: The peak rate of the log.
        steps: Updates of the log's run.
        warmup: Updates of its warmup.

    Example:
        >>> probe_schedule(0.3, 1000, 50)
        WarmupStableDecay(max_lr=0.3, total_steps=500, warmup_steps=50, decay_steps=100...)
    """
    half = max(2, steps // 2)
    cooldown = max(1, round(COOLDOWN * half))
    return WarmupStableDecay(peak, half, min(warmup, half - cooldown), cooldown)


def warmup_of(rates: Rates, steps: int) -> int:
    """Updates of a run's warmup, to the resolution of its cells; 0 if it starts at its peak."""
    risen = int(np.flatnonzero(rates.mean >= HIGH)[0]) if np.any(rates.mean >= HIGH) else 0
    return round(float(rates.edges[risen] / rates.end) * steps) if rates.edges[risen] <= WARMUP * rates.end else 0
