"""The learning rates of a run as they were recorded, read back."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from loganneal._trial import BEGIN
from loganneal.runs.launch import SeenRates
from loganneal.studies.engines.reported import Row, rate_of

RATIO = 1e-4
"""Largest variation of the ratio of two groups' rates; more than the rounding of float32."""


def seen_rates(file: Path, rows: Sequence[Row], log: str) -> SeenRates | None:
    """The rates of the watched optimizer, or else those that the script reported; None if there are none.

    Args:
        file: The file that `loganneal.trial` wrote.
        rows: The rows that the script reported.
        log: Where it reported them.
    """
    watched = _watched(file)
    return _said(rows, log) if watched is None else watched


def count_updates(file: Path) -> int:
    """How many updates have been seen so far."""
    return sum(not line.startswith(b"#") for line in file.read_bytes().splitlines()) if file.is_file() else 0


def _watched(file: Path) -> SeenRates | None:
    lines = file.read_text(encoding="ascii").splitlines() if file.is_file() else []
    begins, updates = list[int](), list[list[float]]()
    for line in lines:
        if line.startswith(BEGIN):
            begins.append(len(updates))
        else:
            updates.append([float(word) for word in line.split()])
    if not updates:
        return None
    rates = _by_group(updates)
    leading = rates[:, int(np.argmax(rates.max(axis=0)))]
    return SeenRates(
        source="optimizer",
        step=tuple(range(len(updates))),
        rate=tuple(leading.tolist()),
        begins=tuple(dict.fromkeys(begins)),
        updates=len(updates),
        uneven=_are_uneven(rates, leading),
    )


def _by_group(updates: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    """One column per group; a single number applies to all groups, and a group that joined later has no rate before."""
    width = max(map(len, updates))
    rows = [row * width if len(row) == 1 else [*row, *[np.nan] * (width - len(row))] for row in map(list, updates)]
    table: NDArray[np.float64] = np.nan_to_num(np.array(rows, dtype=float))
    return table


def _are_uneven(rates: NDArray[np.float64], leading: NDArray[np.float64]) -> bool:
    """Whether some group is not a constant multiple of the leading one."""
    there = leading > 1e-3 * leading.max()
    ratios = rates[there] / leading[there, None]
    return bool((np.ptp(ratios, axis=0) > RATIO).any()) if len(ratios) else False


def _said(rows: Sequence[Row], log: str) -> SeenRates | None:
    pairs = {int(row["step"]): rate for row in rows if (rate := rate_of(row)) is not None}
    if not pairs:
        return None
    steps = sorted(pairs)
    done = 1 if steps[0] > 0 else 0  # a step counts the updates done, and its rate is that of the last
    return SeenRates(source=log, step=tuple(step - done for step in steps), rate=tuple(pairs[step] for step in steps))
