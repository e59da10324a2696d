"""Peak rates: shared, spread and new in each replicate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loganneal.studies.declare.space import coordinates, position, rates_at


def peak_rates(replicate: int, trials: int) -> tuple[float, ...]:
    """The peak rates of one replicate between 0.03 and 1.5."""
    return rates_at(coordinates(replicate, trials, 1)[:, 0], 0.03, 1.5)


@given(replicate=st.integers(0, 1000), trials=st.integers(1, 33))
def test_within_range_for_any_number_of_trials(replicate: int, trials: int) -> None:
    """Any number of trials gives that many rates in the range, without scipy's warning about powers of two."""
    rates = peak_rates(replicate, trials)
    assert len(rates) == trials
    assert all(0.03 <= rate <= 1.5 for rate in rates)


@given(replicate=st.integers(0, 1000), trials=st.integers(1, 16))
def test_fewer_trials_are_a_prefix(replicate: int, trials: int) -> None:
    """A study with more trials contains the rates of the smaller one, so its records are used again."""
    assert peak_rates(replicate, 17)[:trials] == peak_rates(replicate, trials)


def test_new_draw_in_each_replicate() -> None:
    """Ten replicates draw ten different sets, and each draws its own again."""
    draws = {peak_rates(replicate, 4) for replicate in range(10)}
    assert len(draws) == 10
    assert peak_rates(3, 4) in draws


@pytest.mark.parametrize("replicate", range(5))
def test_four_trials_cover_the_four_quarters(replicate: int) -> None:
    """Each quarter of the range on the log scale contains one of four rates."""
    places = [position(rate, 0.03, 1.5) for rate in peak_rates(replicate, 4)]
    assert sorted(np.floor(4 * np.array(places)).tolist()) == [0, 1, 2, 3]
