"""A training curve as columns of JSON values, as short as possible without losing a bit.

A column whose numbers are float32 values has the shortest decimals that restore them, and is named in `float32`. A
column with gaps is an object with the numbers of its rows. Numbers that JSON cannot represent are strings. Learning
rates are left out if they are those of the schedule; the times of rows always are.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from loganneal.runs.any_spec import Spec
from loganneal.runs.record import MetricsRow
from loganneal.schedules import Schedule

MEASURED = ("loss", "grad_norm", "validation_score", "validation_loss")


def curve_columns(spec: Spec, rows: Sequence[MetricsRow]) -> dict[str, Any]:
    """The columns of a curve, as JSON values.

    Args:
        spec: The run, whose schedule gives the learning rates.
        rows: The curve.
    """
    columns: dict[str, Any] = {"step": [row.step for row in rows]}
    rates = [row.lr for row in rows]
    if rates != scheduled_rates(spec.schedule, columns["step"]):
        columns["lr"] = _to_json(rates)
    measured = {name: [getattr(row, name) for row in rows] for name in MEASURED}
    single = [name for name, values in measured.items() if _are_float32(values)]
    for name, values in measured.items():
        if any(value is not None for value in values):
            columns[name] = _without_holes([_shortest(one) for one in values] if name in single else values)
    return {**columns, "float32": [name for name in single if name in columns]}


def curve_rows(spec: Spec, columns: dict[str, Any]) -> tuple[MetricsRow, ...]:
    """The curve whose columns `curve_columns` returned.

    Args:
        spec: The run.
        columns: Its columns.
    """
    steps = columns["step"]
    rates = _from_json(columns["lr"]) if "lr" in columns else scheduled_rates(spec.schedule, steps)
    measured = [_restored(columns, name, len(steps)) for name in MEASURED]
    return tuple(map(MetricsRow, steps, rates, *measured))


def scheduled_rates(schedule: Schedule, steps: Sequence[int]) -> list[float]:
    """The learning rates that a schedule gives to the rows of a curve: at each row, that of its last update.

    A row before the first update has the rate of the first update.

    Args:
        schedule: The schedule.
        steps: Updates done at each row.

    Example:
        >>> import loganneal as la
        >>> scheduled_rates(la.Linear(0.5, 100), [1, 51])
        [0.5, 0.25]
    """
    return [schedule(max(step - 1, 0)) for step in steps]


def _are_float32(values: Sequence[float | None]) -> bool:
    """Whether all the finite numbers are float32 values."""
    finite = np.array([value for value in values if value is not None and math.isfinite(value)])
    with np.errstate(over="ignore"):  # a value too large for float32 is not one
        return bool((finite.astype(np.float32) == finite).all())


def _shortest(value: float | None) -> float | None:
    """The number given by the shortest decimal that is closer to this float32 value than to any other."""
    if value is None or not math.isfinite(value):
        return value
    short = float(str(np.float32(value)))
    return short if float(np.float32(short)) == value else value  # a decimal is rounded twice: 7.038531e-26 fails


def _without_holes(values: Sequence[float | None]) -> Any:
    there = {row: value for row, value in enumerate(values) if value is not None}
    measured = _to_json(list(there.values()))
    return measured if len(there) == len(values) else {"rows": list(there), "values": measured}


def _restored(columns: dict[str, Any], name: str, count: int) -> list[float | None]:
    """A column, with None where nothing was measured."""
    column = columns.get(name, {"rows": [], "values": []})
    rows, values = (range(count), column) if isinstance(column, list) else (column["rows"], column["values"])
    numbers = np.array(_from_json(values))
    exact = numbers.astype(np.float32) if name in columns["float32"] else numbers
    there = dict(zip(rows, exact.tolist(), strict=True))
    return [there.get(row) for row in range(count)]


def _to_json(values: Sequence[float]) -> list[float | str]:
    return [value if math.isfinite(value) else str(value) for value in values]


def _from_json(values: Sequence[float | str]) -> list[float]:
    return [float(value) for value in values]
