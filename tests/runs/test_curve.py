"""What the columns of a journal keep of a curve: every number, to the bit."""

import dataclasses
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import loganneal as la
from loganneal.data import WORKLOADS
from loganneal.runs import MetricsRow, RunSpec
from loganneal.runs._curve import curve_columns, curve_rows

SCHEDULE = la.CyclicalLogAnnealing.fit(total_steps=100, cycles=2, max_lr=0.3, warmup_steps=5)
SPEC = WORKLOADS["digits"].spec(schedule=SCHEDULE, seed=0, split_seed=0, steps=100)

singles = st.floats(width=32)
doubles = st.floats()
measured = st.one_of(st.none(), singles, doubles)


def through_json(spec: RunSpec, rows: list[MetricsRow]) -> tuple[MetricsRow, ...]:
    """The curve after a round trip through a line."""
    return curve_rows(spec, json.loads(json.dumps(curve_columns(spec, rows), allow_nan=False)))


def bits(rows: Any) -> list[tuple[Any, ...]]:
    """The numbers, so that equal means equal to the bit, and one NaN equals another."""
    return [tuple(value if value is None else float(value).hex() for value in row) for row in rows]


def columns(values: list[float]) -> dict[str, Any]:
    """The columns of a curve with these losses."""
    return curve_columns(SPEC, [MetricsRow(step, SCHEDULE(step - 1), loss) for step, loss in enumerate(values, 1)])


@given(st.lists(singles))
def test_float32_is_kept_to_the_bit(losses: list[float]) -> None:
    """Any float32 numbers come back as they were: subnormal ones, infinities and NaN too."""
    rows = [MetricsRow(step, SCHEDULE(step - 1), loss) for step, loss in enumerate(losses, 1)]
    assert bits(through_json(SPEC, rows)) == bits(rows)
    assert "loss" in curve_columns(SPEC, rows)["float32"] or not losses


@given(st.lists(st.tuples(doubles, doubles, measured, measured, measured)))
def test_any_curve_is_kept_to_the_bit(values: list[tuple[Any, ...]]) -> None:
    """Any mixture of numbers, of either precision, with holes and without, comes back as it was."""
    rows = [MetricsRow(step, *row) for step, row in enumerate(values, 1)]
    assert bits(through_json(SPEC, rows)) == bits(rows)


@given(st.floats(0.125, 1024, width=32))
def test_float32_is_written_short(loss: float) -> None:
    """A float32 number has the decimals that numpy shows of it, at most nine digits, instead of seventeen."""
    (written,) = columns([loss])["loss"]
    assert written == float(str(np.float32(loss)))


def test_a_decimal_that_is_rounded_twice_is_not_taken() -> None:
    """The shortest decimal of this float32 number, as a double, is halfway to its neighbour and would become that."""
    value = float.fromhex("0x1.5c87fap-84")
    assert float(np.float32(float(str(np.float32(value))))) != value
    rows = [MetricsRow(1, SCHEDULE(0), value)]
    assert bits(through_json(SPEC, rows)) == bits(rows)


def test_a_column_with_one_other_number_keeps_all_digits() -> None:
    """A column is float32 as a whole or not at all; a number too large for float32 is not a float32 number."""
    single = float(np.float32(0.1))
    assert columns([single, 0.5])["loss"] == [0.1, 0.5]
    assert columns([single, 1 / 3])["loss"] == [single, 1 / 3]
    assert columns([single, 1e300])["loss"] == [single, 1e300]
    assert "loss" not in columns([single, 1 / 3])["float32"]


def test_rates_of_the_schedule_are_not_written() -> None:
    """They follow from the specification, since the rate of a row is that of its last update; others are written."""
    rows = [MetricsRow(step, SCHEDULE(step - 1), 1.0) for step in (1, 5, 50, 51, 100)]
    assert "lr" not in curve_columns(SPEC, rows)
    other = [row._replace(lr=row.lr * 2) if row.step == 50 else row for row in rows]
    assert curve_columns(SPEC, other)["lr"] == [row.lr for row in other]
    assert through_json(SPEC, other) == tuple(other)


def test_the_times_of_rows_are_not_written() -> None:
    """How long a row took is not kept; all else is."""
    row = MetricsRow(5, SCHEDULE(4), 0.5, 1.0, 0.75, 0.25, seconds=1.5, examples_per_s=3e4)
    assert through_json(SPEC, [row]) == (row._replace(seconds=None, examples_per_s=None),)


def test_holes_cost_nothing() -> None:
    """A column that is measured in some rows has only these, with their numbers; one without values is left out."""
    rows = [MetricsRow(step, SCHEDULE(step - 1), 1.0) for step in range(1, 10)]
    rows.append(MetricsRow(10, SCHEDULE(9), 1.0, validation_score=0.5))
    found = curve_columns(SPEC, rows)
    assert found["validation_score"] == {"rows": [9], "values": [0.5]}
    assert found.keys() == {"step", "loss", "validation_score", "float32"}
    assert through_json(SPEC, rows) == tuple(rows)


@pytest.mark.parametrize("schedule", [la.Constant(0.1), la.OneCycle(0.3, 100), la.Warmup(la.Linear(0.2, 95), 5)])
def test_rates_come_back_for_every_schedule(schedule: la.Schedule) -> None:
    """The restored rates are those that were left out."""
    spec = dataclasses.replace(SPEC, schedule=schedule)
    rows = [MetricsRow(step, schedule(step - 1), 1.0) for step in range(1, 101)]
    assert through_json(spec, rows) == tuple(rows)
