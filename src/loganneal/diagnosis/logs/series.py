"""Values at some steps, and how they become a `Log`."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from loganneal.diagnosis import Log
from loganneal.diagnosis.log import Numbers
from loganneal.diagnosis.logs.names import lacking, taken

NEEDED = ("lr", "loss")


class Reading(NamedTuple):
    """A log, and what was taken for what: the name in the file by ours."""

    log: Log
    taken: dict[str, str]


class Series(NamedTuple):
    """Values at some steps, in order of the steps."""

    step: Numbers
    value: Numbers


def in_order(pairs: list[tuple[float, float]]) -> Series:
    """Sorted by step; where a run was resumed and wrote a step again, the later value counts."""
    last = dict(pairs)
    steps = sorted(last)
    return Series(np.array(steps, dtype=float), np.array([last[step] for step in steps], dtype=float))


def assemble(
    series: dict[str, Series], known: dict[str, str], file: Path, steps_per_epoch: float | None, diverged: bool
) -> Reading:
    """A log at the steps of its losses, from everything that was written.

    Args:
        series: By the names in the file.
        known: What was taken already.
        file: The log, for messages.
        steps_per_epoch: None for what the epochs in the log say.
        diverged: As in `Log`.

    Raises:
        LogError: There is no rate, or no loss.
    """
    found = {name: alias for name, alias in taken(series).items() if name != "step" and len(series[alias].step)}
    for name in NEEDED:
        if name not in found:
            lacking(name, series, file)
    loss = series[found["loss"]]
    validation = _finite(series[found["validation_loss"]]) if "validation_loss" in found else Series(*np.zeros((2, 0)))
    log = Log(
        step=loss.step,
        lr=_latest(series[found["lr"]], loss.step),
        loss=loss.value,
        validation_step=validation.step,
        validation_loss=validation.value,
        grad_norm=_exact(series[found["grad_norm"]], loss.step) if "grad_norm" in found else (),
        steps_per_epoch=steps_per_epoch or (_epoch(series[found["epoch"]]) if "epoch" in found else None),
        diverged=diverged,
    )
    return Reading(log, known | {name: alias for name, alias in found.items() if name != "epoch"})


def _finite(series: Series) -> Series:
    kept = np.isfinite(series.value)
    return Series(series.step[kept], series.value[kept])


def _latest(series: Series, steps: Numbers) -> Numbers:
    """The value logged last at or before each step; before the first of them, the first."""
    return series.value[np.maximum(np.searchsorted(series.step, steps, side="right") - 1, 0)]


def _exact(series: Series, steps: Numbers) -> Numbers:
    """The value logged at each step, else NaN."""
    places = np.minimum(np.searchsorted(series.step, steps), len(series.step) - 1)
    return np.where(series.step[places] == steps, series.value[places], np.nan)


def _epoch(series: Series) -> float | None:
    """Steps of an epoch from the epoch logged at each step, whole or fractional; None if it does not change."""
    values, first = np.unique(series.value, return_index=True)
    if len(values) < 2:
        return None
    start = 1 if len(values) > 2 else 0  # the log may begin within an epoch
    steps, epochs = series.step[first[-1]] - series.step[first[start]], values[-1] - values[start]
    return float(steps / epochs) if steps > 0 else None
