"""Where cycles begin and end, as public values, in whole numbers of any size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import loganneal as la
from loganneal.schedules import MAX_STEP

JOINED = la.Join(
    [la.Warmup(la.CyclicalLogAnnealing(0.1, 7, cycles=2), 3), la.Constant(0.1), la.CyclicalLinearAnnealing(0.1, 5)],
    [30, 41],
)
SCHEDULES: list[la.Schedule] = [
    la.CyclicalLogAnnealing(0.1, 10, warmup_steps=4),
    la.CyclicalLogAnnealing(0.1, 2.6, cycles=9),
    la.CyclicalCosineAnnealing(0.1, 1.7, cycle_mult=1.3, cycles=6),
    la.PublishedLogAnnealing(0.1, 0.01, 3, 2, warmup_steps=1),
    la.Warmup(la.Cosine(0.1, 20), 5),
    la.WarmupStableDecay(0.1, 40, 10, 5),
    la.Constant(0.1),
    la.Scale(JOINED, 2),
    la.Warmup(la.Join([JOINED, la.Linear(0.1, 9)], [44]), 6),
]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=repr)
def test_spans_are_what_each_step_says(schedule: la.Schedule) -> None:
    """The cycles that begin before a step are numbered as `last_cycle` numbers them, with the same ends."""
    for limit in range(70):
        spans = schedule.cycle_spans(limit)
        assert spans.dtype == np.int64
        assert spans.shape == (len(spans), 2)
        last = schedule.last_cycle(limit - 1) if limit else None
        assert (last is None) == (len(spans) == 0)
        if last is not None:
            assert last == (len(spans) - 1, *spans[-1])


@given(st.integers(2**53, MAX_STEP - 1), st.integers(1, 10**6))
def test_whole_steps_are_located_whole(step: int, length: int) -> None:
    """A step beyond 2**53, where floats have gaps, is in its own cycle and not in a neighbouring one."""
    cycle = la.CyclicalLogAnnealing(0.1, length).locate(step)
    assert cycle == (step // length, step // length * length, (step // length + 1) * length)


def test_a_budget_beyond_the_floats_ends_where_it_does() -> None:
    """2**53 + 1 steps end within a cycle of two steps and not within one of one; a float would be 2**53."""
    assert la.CyclicalLogAnnealing(0.1, 1).locate(2**53 + 1) == (2**53 + 1, 2**53 + 1, 2**53 + 2)
    assert la.CyclicalLogAnnealing(0.1, 2).ends_within_cycle(2**53 + 1)
    assert not la.CyclicalLogAnnealing(0.1, 2).ends_within_cycle(2**53 + 2)


def test_starts_are_those_of_doubles() -> None:
    """10 (1.05**2 - 1) / 0.05 is 20.5 exactly and 20.499... in double: the start is 20, as the specification says."""
    assert la.CyclicalLogAnnealing(0.1, 10, cycle_mult=1.05).restarts(30).tolist() == [0, 10, 20]


@pytest.mark.parametrize("huge", [MAX_STEP, 10**19, 10**30])
def test_ends_beyond_every_step_are_clipped_in_arrays_and_exact_as_numbers(huge: int) -> None:
    """An array of 64-bit numbers has the largest step in its place; `locate` has the number itself."""
    for schedule in (la.Cosine(0.1, huge), la.CyclicalLogAnnealing(0.1, huge)):
        assert schedule.cycle_spans(5).tolist() == [[0, MAX_STEP]]
        assert schedule.locate(3) == (0, 0, huge)
        later = la.Warmup(schedule, 7)
        assert later.cycle_spans(9).tolist() == [[7, MAX_STEP]]
        assert later.locate(8) == (0, 7, huge + 7)
    assert la.Warmup(la.Constant(0.1), huge).cycle_spans(huge).tolist() == []


@pytest.mark.parametrize(("method", "value"), [("cycle_spans", -1), ("cycle_spans", 2.5), ("last_cycle", MAX_STEP)])
def test_bad_limits_are_refused(method: str, value: float) -> None:
    """The message names the method and what it allows."""
    with pytest.raises(ValueError, match=rf"of CyclicalLogAnnealing\.{method} must be a whole number in \[0, "):
        getattr(la.CyclicalLogAnnealing(0.1, 10), method)(value)
