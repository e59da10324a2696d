"""What rules and figures measure on losses. Everything is a share of its own scale, so that no number overflows."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loganneal.diagnosis.log import Log, Numbers
from loganneal.diagnosis.thresholds import (
    BAR,
    BAR_SCATTER,
    CALM,
    CLOSING_SHARE,
    FIRST_LOSSES,
    FIRST_SHARE,
    LEVEL_ROWS,
    LEVELS,
)

LARGEST = 1e300
"""Shares stay below this, so that their differences stay finite."""


def first_loss(loss: Numbers, scatter: float = 0.0) -> float:
    """L0, the loss at the start; NaN if no early loss is finite.

    The median of those of the first five losses that are finite, the lower one of two; or the first of them, if it is
    above by more than `bar`: the loss then falls so fast that five rows are no longer the start. Losses that scatter
    more need more rows for the same precision, up to a twentieth of the log.

    Args:
        loss: The training losses.
        scatter: What `scatter` returns for them.

    >>> first_loss(np.array([2.3, 2.5, 2.4, 2.2, 2.1, 0.5]))
    2.3
    >>> first_loss(np.array([2.3, 1.5, 1.0, 0.7, 0.5, 0.4]))
    2.3
    """
    wanted = round(FIRST_LOSSES * max(1.0, scatter / CALM) ** 2)
    rows = max(FIRST_LOSSES, min(wanted, round(FIRST_SHARE * len(loss))))
    early = loss[:rows][np.isfinite(loss[:rows])]
    several = middle(early)
    falls = len(early) > 0 and early[0] / 2 - several / 2 > bar(scatter) / 2 * abs(several)  # halves do not overflow
    return float(early[0]) if falls else several


def bar(scatter: float) -> float:
    """How far above L0 a loss is high, as a share of L0."""
    return max(BAR, BAR_SCATTER * scatter)


def scatter(loss: Numbers, kept: NDArray[np.bool_]) -> float:
    """How much losses above 0 vary from row to row, as a share of their size; 0 if that is not known.

    The median size of second differences, in which no trend is left, as the standard deviation of normal numbers.

    Args:
        loss: The training losses.
        kept: The rows to look at.

    >>> rng = np.random.default_rng(0)
    >>> losses = np.linspace(3.0, 1.0, 1000) * (1 + 0.1 * rng.standard_normal(1000))
    >>> round(scatter(losses, losses > 0), 2)
    0.1
    """
    before, here, after = loss[:-2], loss[1:-1], loss[2:]
    whole = kept[:-2] & kept[1:-1] & kept[2:]
    with np.errstate(all="ignore"):
        sizes = np.abs(before - 2 * here + after) / (before + here + after) * 3.0
    found = sizes[whole & np.isfinite(sizes) & (np.minimum(np.minimum(before, here), after) > 0)]
    return float(np.median(found)) / (6.0**0.5 * 0.6745) if len(found) else 0.0


class Level(NamedTuple):
    """The mean of a group of rows, its standard error, and the first and the last of the rows."""

    mean: float
    error: float
    start: int
    stop: int


def levels(loss: Numbers) -> list[Level]:
    """The means of finite losses in groups of consecutive rows.

    >>> [level.mean for level in levels(np.array([3.0] * 5 + [1.0] * 5))]
    [3.0, 1.0]
    """
    scale = max(float(np.max(np.abs(loss))), np.finfo(float).tiny)
    groups = np.array_split(np.arange(len(loss)), max(1, min(LEVELS, len(loss) // LEVEL_ROWS)))
    parts = [(loss[rows] / scale, rows) for rows in groups]
    return [
        Level(
            mean=scale * float(np.mean(part)),
            error=scale * float(np.std(part) / len(part) ** 0.5),
            start=int(rows[0]),
            stop=int(rows[-1]) + 1,
        )
        for part, rows in parts
    ]


def middle(values: Numbers) -> float:
    """Median of the finite values, the lower one of two; NaN if there are none."""
    ordered = np.sort(values[np.isfinite(values)])
    return float(ordered[(len(ordered) - 1) // 2]) if len(ordered) else float("nan")


class Trend(NamedTuple):
    """A straight line through losses: its slope in standard errors, and the change from its first row to its last."""

    z: float
    change: float


def trend_z(step: Numbers, loss: Numbers) -> float:
    """The z of `trend`."""
    return trend(step, loss).z


def trend(step: Numbers, loss: Numbers, splits: ArrayLike = ()) -> Trend:
    """The straight line through the losses; level for fewer than three rows.

    The errors are taken as independent, as those of batches are.

    Args:
        step: The steps of the rows.
        loss: Their losses.
        splits: Where the rows are split into parts, as for ``np.split``: lines of one slope go through the parts, and
            their changes are added.

    >>> line = trend(np.arange(5.0), np.array([5.0, 4.1, 3.0, 1.9, 1.0]))
    >>> round(line.z, 1), round(line.change, 1)
    (-44.2, -4.1)
    """
    parts = np.split(np.arange(len(step)), np.asarray(splits, dtype=int))
    freedom = len(step) - len(parts) - 1
    if freedom < 1:
        return Trend(0.0, 0.0)
    (x, _), (y, unit) = _centred(step, parts), _centred(loss, parts)
    slope = float(x @ y) / float(x @ x)
    change = slope * sum(float(x[part[-1]] - x[part[0]]) for part in parts) * unit
    spread = float(np.sqrt(np.sum((y - slope * x) ** 2) / freedom / (x @ x)))
    if spread <= 1e-12 * abs(slope):  # a line without noise, or what rounding leaves of it
        return Trend(float(np.sign(slope)) * np.inf if slope else 0.0, change)
    return Trend(slope / spread, change)


def mean(values: Numbers) -> float:
    """Mean that does not overflow."""
    scale = float(np.max(np.abs(values)))
    return scale * float(np.mean(values / scale)) if scale > 0 else 0.0


def shares(values: Numbers, whole: float) -> Numbers:
    """Each value over a whole, kept finite."""
    with np.errstate(over="ignore"):
        return np.clip(values / whole, -LARGEST, LARGEST)


def smooth(values: Numbers) -> Numbers:
    """Median of each number and its two neighbours; the ends are kept."""
    if len(values) < 3:
        return values
    inner = np.sort(np.stack([values[:-2], values[1:-1], values[2:]]), axis=0)[1]
    smoothed: Numbers = np.concatenate([values[:1], inner, values[-1:]])
    return smoothed


def binned(step: Numbers, values: Numbers, bins: int) -> tuple[Numbers, Numbers]:
    """Means of finite values in at most `bins` groups of consecutive rows: a curve without its noise."""
    kept = np.isfinite(values)
    groups = min(bins, int(kept.sum()))
    if not groups:
        return step[:0], values[:0]
    pairs = zip(np.array_split(step[kept], groups), np.array_split(values[kept], groups), strict=True)
    places, means = zip(*((mean(x), mean(y)) for x, y in pairs), strict=True)
    return np.array(places), np.array(means)


def closing(loss: Numbers, first: float) -> float:
    """The mean loss at the end, as a share of L0, which must be above 0."""
    return mean(shares(loss[-max(1, round(CLOSING_SHARE * len(loss))) :], first))


class Halves(NamedTuple):
    """Validation losses, and which of them belong to the second half of a run."""

    late: NDArray[np.bool_]
    losses: Numbers


def halves(log: Log) -> Halves:
    """The finite validation losses by halves of the run."""
    valid = np.isfinite(log.validation_loss)
    return Halves(log.validation_step[valid] > middle_step(log), log.validation_loss[valid])


def middle_step(log: Log) -> float:
    """The step in the middle of a log."""
    return float(log.step[0]) / 2 + float(log.step[-1]) / 2


def _centred(values: Numbers, parts: Sequence[NDArray[np.intp]]) -> tuple[Numbers, float]:
    """Values minus the mean of their part, in units of the farthest of them, and this unit."""
    scale = max(float(np.max(np.abs(values))), np.finfo(float).tiny)
    centred = np.concatenate([values[part] / scale - (values[part] / scale).mean() for part in parts])
    farthest = float(np.max(np.abs(centred)))
    return (centred / farthest, farthest * scale) if farthest > 0 else (centred, 0.0)
