"""Rows that say in a column such as "phase" whether they are of training or of validation."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from loganneal.diagnosis.logs.names import COUNTERS, HELD_OUT, Quantity, names_a_run, quantity

Row = tuple[str, Mapping[str, Any]]
"""What a row is called, and its cells by name."""

_COLUMNS = frozenset({"mode", "split", "phase", "stage", "subset", "set"})


def of_phases(rows: Sequence[Row]) -> Sequence[Row]:
    """Rows in which the names of what was measured in validation say so.

    A column counts if some of its rows are of validation and some are not: one that always says "test" may be the
    name of an experiment.

    >>> of_phases([("1", {"phase": "train", "loss": 0.9}), ("2", {"phase": "val", "loss": 1.2})])[1]
    ('2', {'phase': 'val', 'val/loss': 1.2})
    """
    column = next((name for name in _candidates(rows) if len({bool(_phase(row, name)) for _, row in rows}) > 1), None)
    return rows if column is None else [(place, _renamed(row, _phase(row, column))) for place, row in rows]


def _candidates(rows: Sequence[Row]) -> list[str]:
    return [name for name in dict.fromkeys(name for _, row in rows for name in row) if name.lower() in _COLUMNS]


def _phase(row: Mapping[str, Any], column: str) -> str:
    """The phase that a row of validation says; "" for others."""
    cell = row.get(column)
    said = cell.strip().lower() if isinstance(cell, str) else ""
    return said if said in HELD_OUT else ""


def _renamed(row: Mapping[str, Any], phase: str) -> Mapping[str, Any]:
    return {name if _is_shared(name) else f"{phase}/{name}": cell for name, cell in row.items()} if phase else row


@functools.lru_cache(maxsize=1024)
def _is_shared(name: str) -> bool:
    """Whether rows of training and of validation mean the same by a name: a counter, the rate, the phase, the run."""
    return quantity(name) in {*COUNTERS, Quantity.LR} or name.lower() in _COLUMNS or names_a_run(name)
