"""The mathematics of the schedules, for parameters of every kind."""

import math
import pickle
from copy import deepcopy
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import loganneal as la

BUILDERS = (la.CyclicalLogAnnealing, la.CyclicalCosineAnnealing, la.CyclicalLinearAnnealing)
bases = st.floats(math.log(1e-6), math.log(1e6)).map(lambda x: min(max(math.exp(x), 1e-6), 1e6))


@st.composite
def schedules(draw: st.DrawFn, **fixed: Any) -> Any:
    """A cyclical schedule of any form."""
    peak = draw(st.floats(1e-6, 10))
    growth = draw(st.sampled_from([1, 1.001, 1.1, 1.5, 2, 3]))
    whole = draw(st.booleans())
    parameters = {
        "max_lr": peak,
        "min_lr": peak * draw(st.sampled_from([0, 1e-6, 0.1, 1])),
        "cycle_mult": growth,
        "cycle_steps": draw(st.integers(1, 400) if whole else st.floats(1, 400)),
        "cycles": draw(st.integers(1, 6)) if not whole and growth == 1 else draw(st.none() | st.integers(1, 6)),
        "peak_decay": draw(st.sampled_from([1, 0.999, 0.5])),
        "warmup_steps": draw(st.sampled_from([0, 0, 1, 17])),
        "warmup_init_lr": peak * draw(st.sampled_from([0, 0.5, 1])),
        "restart_warmup_share": draw(st.sampled_from([0, 0, 0.1, 0.9])),
    } | fixed
    form = draw(st.sampled_from(BUILDERS))
    own = {"base": draw(bases | st.sampled_from([1.0, 1 + 1e-12, 1e-6, 1e6]))} if form is BUILDERS[0] else {}
    return form(**parameters, **own)


@given(schedules())
def test_values_stay_within_their_bounds(schedule: Any) -> None:
    """No rate is above the peak, or below the floor once the warmup is over, not even by one rounding."""
    rates = schedule.curve(2_000)
    assert rates.max() <= schedule.max_lr
    assert rates[schedule.warmup_steps :].min() >= schedule.min_lr
    assert rates.min() >= min(schedule.min_lr, schedule.warmup_init_lr)


@given(schedules(restart_warmup_share=0))
def test_cycles_begin_exactly_on_their_peak(schedule: Any) -> None:
    """The first rate of the first cycle is max_lr to the bit, that of later ones their decayed peak."""
    starts = schedule.restarts(3_000)
    floor, height = schedule.min_lr, schedule.max_lr - schedule.min_lr
    assert schedule(int(starts[0])) == schedule.max_lr
    for cycle, start in enumerate(starts):
        assert schedule(int(start)) == pytest.approx(floor + height * schedule.peak_decay**cycle, rel=1e-12)


@given(schedules(restart_warmup_share=0))
def test_falls_are_monotone(schedule: Any) -> None:
    """From one restart to the next the rate never rises, to the bit."""
    rates = schedule.curve(2_000)
    rises = set(np.flatnonzero(np.diff(rates) > 0) + 1)
    assert {step for step in rises if step > schedule.warmup_steps} <= set(schedule.restarts(2_000).tolist())


@given(schedules(warmup_steps=0, restart_warmup_share=0.4))
def test_cycles_with_a_rise_reach_their_peak(schedule: Any) -> None:
    """With warmup inside cycles, each begins at the floor and reaches its peak, unless it is one step long."""
    spans = schedule.cycle_spans(500)
    for cycle, (start, end) in enumerate(spans.tolist()):
        rise = min(math.floor(0.4 * (end - start) + 0.5), end - start - 1)
        peak = schedule.min_lr + (schedule.max_lr - schedule.min_lr) * schedule.peak_decay**cycle
        assert schedule(start + rise) == pytest.approx(peak, rel=1e-12)
        assert rise == 0 or schedule(start) == schedule.min_lr


@given(
    first=st.integers(1, 5_000) | st.floats(1, 5_000),
    growth=st.sampled_from([1, 1.001, 1.01, 1.25, 2, 3]),
    share=st.floats(0, 1, exclude_max=True),
)
def test_restarts_are_exact_up_to_a_million_million_steps(first: float, growth: float, share: float) -> None:
    """At every boundary that the specification has up to 1e12 the rate is the peak, and one step before it is not."""
    assume(growth != 1 or first == int(first))
    schedule = la.CyclicalLogAnnealing(max_lr=0.1, cycle_steps=first, cycle_mult=growth)
    count = 1e12 / first if growth == 1 else math.log(1e12 * (growth - 1) / first + 1, growth)
    before, start = (specified_start(first, growth, int(share * count) + shift) for shift in (-1, 0))
    assert schedule(start) == 0.1
    assert schedule(np.array([start]))[0] == 0.1
    assert start - before <= 1 or schedule(start - 1) < 0.1


def specified_start(first: float, growth: float, cycle: int) -> int:
    """`floor(x + 1/2)` of `T_0 (m**i - 1) / (m - 1)` in double precision, the half decided exactly."""
    if cycle < 1:
        return 0
    x = cycle * first if growth == 1 else first * (growth**cycle - 1) / (growth - 1)
    return math.floor(Fraction(x) + Fraction(1, 2))


@given(schedules(), st.lists(st.integers(0, 10**12), min_size=1, max_size=20))
def test_a_number_and_an_array_agree(schedule: Any, steps: list[int]) -> None:
    """The rates of an array are those of its numbers, to 1e-15 of the peak."""
    rates = schedule(np.array(steps))
    assert rates.dtype == np.float64
    np.testing.assert_allclose(rates, [schedule(step) for step in steps], rtol=0, atol=1e-15 * schedule.max_lr)


@given(schedules(cycles=3), st.integers(0, 3_000), st.floats(0, 1, exclude_max=True))
def test_fractions_lie_between_the_steps_of_a_fall(schedule: Any, step: int, fraction: float) -> None:
    """Between two steps of one cycle's fall the rate is between theirs."""
    after = np.searchsorted(schedule.restarts(5_000), step + 1)
    if after != np.searchsorted(schedule.restarts(5_000), step, side="right"):
        step += 1
    low, high = sorted((schedule(step), schedule(step + 1)))
    if step + 1 not in schedule.restarts(5_000):
        assert low * (1 - 1e-12) <= schedule(step + fraction) <= high * (1 + 1e-12)


@given(bases, st.integers(1, 1_000), st.data())
def test_a_base_and_its_inverse_mirror_each_other(base: float, length: int, data: st.DataObject) -> None:
    """Base 1 / b is base b turned about the middle: what one has lost by step t, the other still has at the end - t."""
    step = data.draw(st.integers(1, length)) if length > 1 else 1
    one, other = (la.CyclicalLogAnnealing(1.0, length, base=b, cycles=1) for b in (base, max(1 / base, 1e-6)))
    assert one(step) == pytest.approx(1 - other(length - step), abs=1e-9)


@given(schedules(cycle_mult=1.25, cycles=None), st.integers(0, 3_000))
def test_base_one_is_the_straight_line(schedule: Any, step: int) -> None:
    """At base 1 the logarithm is linear decay to the bit, and nearby bases are continuous with it."""
    parameters = {k: v for k, v in schedule._parameters.items() if k != "base"}
    line = la.CyclicalLinearAnnealing(**parameters)(step)
    assert la.CyclicalLogAnnealing(**parameters, base=1)(step) == line
    for base in (1 - 1e-9, 1 + 1e-9, math.nextafter(1, 2), math.nextafter(1, 0)):
        assert la.CyclicalLogAnnealing(**parameters, base=base)(step) == pytest.approx(line, rel=1e-8, abs=1e-15)


@given(
    st.integers(1, 10**7),
    st.integers(1, 12),
    st.sampled_from([1, 1.001, 1.5, 2, 3]),
    st.integers(0, 50),
    st.sampled_from(BUILDERS),
)
def test_fit_ends_exactly_on_the_floor(steps: int, cycles: int, growth: float, warmup: int, form: Any) -> None:
    """A fitted schedule is above the floor in the last step of its budget, and on it from then on."""
    assume(steps * (growth - 1) / (growth**cycles - 1) >= 1 if growth > 1 else steps >= cycles)
    total = steps + warmup
    schedule = form.fit(
        total_steps=total, cycles=cycles, cycle_mult=growth, warmup_steps=warmup, max_lr=0.1, min_lr=0.01
    )
    assert len(schedule.restarts(total)) == cycles
    assert schedule.cycle_ends(total)[-1] == total - 1
    assert schedule(total - 1) > 0.01 == schedule(total) == schedule(10 * total)
    assert not schedule.ends_within_cycle(total)


@given(schedules())
def test_schedules_are_values(schedule: Any) -> None:
    """Copies, pickles, dictionaries and reprs are equal, hash alike, and cannot be changed."""
    copies = [
        deepcopy(schedule),
        pickle.loads(pickle.dumps(schedule)),
        la.from_dict(schedule.to_dict()),
        eval(repr(schedule), {**vars(la)}),
        schedule.replace(),
    ]
    assert all(copy == schedule and hash(copy) == hash(schedule) for copy in copies)
    assert schedule != schedule.replace(max_lr=schedule.max_lr * 2)
    with pytest.raises(AttributeError, match="cannot be changed"):
        schedule.max_lr = 1.0
    with pytest.raises(AttributeError, match="cannot be changed"):
        del schedule.max_lr
