"""By how much a tuned peak rate changes with the shape, from a bound of convex optimization."""

import numpy as np
from numpy.typing import NDArray

from loganneal import _checks
from loganneal.schedules._base import Schedule

CELLS = 1_000
"""A longer schedule is sampled at this many steps: the bound depends on the shape."""

WARMUP = 0.15
"""A rise within this share of the budget is a warmup; a later one makes a shape that is not monotone."""

NARROWEST, WIDEST = 0.5, 1.6
"""Factors outside this range were wrong too often to be reported."""

KNOWN_FAILURES = (
    "a weak guide: on language models it was off by a fifth, as was leaving the peak unchanged, and on one of five "
    "small image tasks it was worse"
)
"""Accompanies every factor; docs/prediction.md has the numbers."""


def peak_factor(old: Schedule, new: Schedule, total_steps: int) -> float | None:
    """The factor for a tuned peak rate when the shape changes, from the convex bound at the last iterate.

    For a shape e of unit peak, with gradients of one size, the bound is D^2 a / peak + peak G^2 b with

        a = 1 / (2 sum e),   b = sum e^2 / (2 sum e) + 1/2 sum_(k<T) e_k / S_k * (sum_(t>=k) e_t^2) / (S_k + e_k)

    and S_k = sum_(t>k) e_t, so the best peak is proportional to sqrt(a / b). It fails where rates rise after the
    warmup, as with restarts and one-cycle. On seven shapes for language models it was off by a fifth on average, as was
    leaving the peak unchanged; on small image tasks it was closer than no change in four of five.

    Args:
        old: The schedule whose peak was tuned.
        new: The schedule to change to.
        total_steps: The budget of both in updates, at least 2.

    Returns:
        The factor; None if a rate rises after the warmup, or the factor is outside [0.5, 1.6].

    Raises:
        ValueError: If there are fewer than two steps.

    Source: Schaipp et al. 2025, arXiv:2501.18965; Defazio et al. 2023, arXiv:2310.07831, theorem 10.

    Example:
        >>> from loganneal import Linear, WarmupStableDecay
        >>> round(peak_factor(Linear(0.1, 1000), WarmupStableDecay(0.1, 1000, 0, 200), 1000), 2)
        0.51
    """
    steps = _checks.whole("peak_factor", "total_steps", total_steps, 2)
    shapes = [_shape(schedule, steps) for schedule in (old, new)]
    if any(_rises_again(shape) for shape in shapes):
        return None
    before, after = (_best_peak(shape) for shape in shapes)
    factor = after / before
    return factor if NARROWEST <= factor <= WIDEST else None


def _shape(schedule: Schedule, steps: int) -> NDArray[np.float64]:
    places = np.linspace(0, steps - 1, min(steps, CELLS)).round().astype(int)
    rates: NDArray[np.float64] = np.asarray(schedule(places), dtype=float)
    shape: NDArray[np.float64] = rates / rates.max()
    return shape


def _rises_again(shape: NDArray[np.float64]) -> bool:
    """Whether the rate rises after the warmup."""
    return bool(np.any(np.diff(shape[int(WARMUP * len(shape)) :]) > 1e-9))


def _best_peak(shape: NDArray[np.float64]) -> float:
    """The best peak of a shape, up to a factor that is the same for all shapes of one length."""
    shape = shape[shape > 0]  # an update at rate 0 changes nothing
    left = np.cumsum(shape[::-1])[::-1]  # this step's rate and all after it
    squares = np.cumsum(shape[::-1] ** 2)[::-1]
    last = np.sum(shape[:-1] / left[1:] * squares[:-1] / left[:-1]) / 2.0
    return float(np.sqrt(1.0 / (2.0 * left[0]) / (squares[0] / (2.0 * left[0]) + last)))
