"""Rows that say in a column such as "phase" whether they are of training or of validation."""

import functools
from collections.abc import Mapping
from typing import Any

from loganneal.diagnosis.logs.names import Quantity, meaning

_COLUMNS = frozenset({"mode", "split", "phase", "stage", "subset", "set"})
_VALIDATING = frozenset({"val", "valid", "validation", "eval", "evaluation", "dev", "test"})


def of_phase(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row; if it is one of validation, the names of what it measured say so.

    >>> of_phase({"phase": "train", "epoch": 1, "loss": 0.9}), of_phase({"phase": "val", "epoch": 1, "loss": 1.2})
    ({'phase': 'train', 'epoch': 1, 'loss': 0.9}, {'phase': 'val', 'epoch': 1, 'val/loss': 1.2})
    """
    named = (cell for name, cell in row.items() if name.lower() in _COLUMNS and isinstance(cell, str))
    phase = next(named, "").strip().lower()
    if phase not in _VALIDATING:
        return row
    return {name if _is_shared(name) else f"{phase}/{name}": cell for name, cell in row.items()}


@functools.lru_cache(maxsize=1024)
def _is_shared(name: str) -> bool:
    """Whether rows of training and of validation mean the same by a name: a counter, the learning rate, the phase."""
    meant = meaning(name)
    return name.lower() in _COLUMNS or (
        meant is not None and meant.quantity in {Quantity.STEP, Quantity.EPOCH, Quantity.LR}
    )
