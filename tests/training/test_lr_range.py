"""The range test finds where a loss leaves its minimum."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import loganneal as la
from loganneal.training.lr_range import ExponentialRise, NoPeakError, lr_range, usable_peak

RATES = np.geomspace(1e-5, 10, 301)


def basin(left=0.1, right=1.0, noise=0.0, seed=0):
    """A loss of 2.3 that falls linearly in the logarithm up to `left`, is level, and rises from `right` on."""
    x = np.log10(RATES)
    fall = np.interp(x, [-3, np.log10(left), np.log10(right), np.log10(right) + 0.5], [2.3, 1.0, 1.0, 4.0])
    return fall + noise * np.random.default_rng(seed).standard_normal(len(x))


@given(st.floats(0.01, 0.1), st.floats(0.3, 1.5), st.floats(0, 0.1), st.integers(0, 100))
def test_half_of_where_the_minimum_ends(left, right, noise, seed):
    """The rate found is within a factor of two of the end of the level part, and the usable peak is half of it."""
    found = usable_peak(RATES, basin(left, right, noise, seed))
    assert found.left
    assert right / 2 < found.leaving < right * 2
    assert found.usable == found.leaving / 2


@given(st.integers(-100, 100))
def test_the_unit_of_the_loss_does_not_matter(power):
    """Scaled losses give the same peak."""
    loss = basin(noise=0.05)
    assert usable_peak(RATES, loss * 2.0**power).usable == usable_peak(RATES, loss).usable


def test_towers_do_not_hide_the_minimum():
    """Losses of a million at the end change nothing."""
    loss = basin()
    high = np.where(RATES > 3, 1e6, loss)
    assert usable_peak(RATES, high).usable == usable_peak(RATES, loss).usable


def test_a_minimum_that_is_never_left_is_told():
    """The last rate then counts as the end, unless the run diverged there."""
    kept = RATES < 0.5
    assert not usable_peak(RATES[kept], basin()[kept]).left
    found = usable_peak(RATES[kept], basin()[kept], diverged=True)
    assert found.left
    assert found.usable == pytest.approx(RATES[kept][-1] / 2)


@pytest.mark.parametrize("loss", [np.linspace(1, 2, 301), np.full(301, 2.0)])
def test_a_loss_that_does_not_fall_is_refused(loss):
    """No peak is made up, and the losses are kept."""
    with pytest.raises(NoPeakError, match="in 301 steps at rates from 1e-05 to 10") as caught:
        usable_peak(RATES, loss)
    assert caught.value.losses.loss is loss


def test_too_few_losses_are_refused():
    """A run that diverges at once says nothing."""
    with pytest.raises(ValueError, match="ten losses"):
        usable_peak(RATES[:9], basin()[:9])


def test_the_rise_is_exponential():
    """The same factor at each step, from the first rate to the last, and not beyond."""
    rise = ExponentialRise(10.0, 1e-5, 7)
    assert rise.curve(9) == pytest.approx([1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 10, 10])


@pytest.mark.parametrize(("low", "high"), [(0, 1), (1, 1), (2, 1), (0.1, np.inf)])
def test_rates_that_do_not_rise_are_refused(low, high):
    """The message names the rate."""
    with pytest.raises(ValueError, match="_lr' parameter of ExponentialRise"):
        ExponentialRise(high, low, 10)


def test_a_peak_for_the_digits(small_run):
    """On real digits, the usable peak is where the recorded comparisons trained well, between 0.1 and 1.2."""
    spec = small_run(schedule=la.Constant(1.0), steps=100, train_examples=2500)
    assert 0.1 < lr_range(spec).usable < 1.2
