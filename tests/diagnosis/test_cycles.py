"""Restarts are found from the rates alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import loganneal as la
from loganneal.diagnosis import cycles, restarts

CYCLICAL = (la.CyclicalLogAnnealing, la.CyclicalCosineAnnealing, la.CyclicalLinearAnnealing)


@given(
    st.sampled_from(CYCLICAL),
    st.integers(2, 6),
    st.integers(0, 30),
    st.sampled_from([1, 1.5, 2]),
    st.sampled_from([0.0, 0.1, 0.3]),
)
def test_the_restarts_of_a_schedule_are_found(form, count, warmup, growth, share):
    """For every shape, number and growth of cycles, warmup and rise within cycles: where the schedule says."""
    schedule = form.fit(
        max_lr=0.1, total_steps=600, cycles=count, cycle_mult=growth, warmup_steps=warmup, restart_warmup_share=share
    )
    rise = 1 if share else 0  # a linear rise is seen one step after it begins on the floor
    expected = schedule.restarts(600)[1:]
    assert restarts(schedule.curve(600)) == pytest.approx(expected, abs=rise)


@pytest.mark.parametrize(
    "schedule",
    [
        la.Warmup(la.Cosine(0.1, 90), 10),
        la.OneCycle(0.1, 100),
        la.Constant(0.1),
        la.Warmup(la.Linear(0.1, 50), 50),
        la.CyclicalLogAnnealing.fit(max_lr=0.1, total_steps=100, cycles=1, restart_warmup_share=0.5),
    ],
)
def test_a_warmup_is_no_restart(schedule):
    """A rise from the lowest rate so far is not a restart, however steep."""
    assert restarts(schedule.curve(100)) == []


@pytest.mark.parametrize(("rise", "expected"), [(0.19, []), (0.2, []), (0.21, [3])])
def test_only_a_rise_by_more_than_a_fifth_of_the_peak_counts(rise, expected):
    """At the threshold itself there is no restart."""
    assert restarts(np.array([1.0, 0.5, 0.25, 0.25 + rise, 0.1])) == expected


def test_cycles_cover_the_log_and_know_their_peaks():
    """Every row is in one cycle, and each peak is the row of the cycle's highest rate."""
    rates = la.CyclicalLogAnnealing.fit(max_lr=0.1, total_steps=100, cycles=3, warmup_steps=10).curve(100)
    found = cycles(rates)
    assert [(cycle.start, cycle.peak, cycle.stop) for cycle in found] == [(0, 10, 40), (40, 40, 70), (70, 70, 100)]


@given(st.floats(1e-300, 1e300))
def test_the_unit_of_the_rate_does_not_matter(scale):
    """Rates a thousand orders apart restart at the same rows."""
    rates = la.CyclicalCosineAnnealing.fit(max_lr=1.0, total_steps=60, cycles=3).curve(60)
    assert restarts(rates * scale) == [20, 40]
