"""The rates of the schedulers: exact, for each group, and in place of CosineAnnealingWarmRestarts."""

import math
from typing import Any

import numpy as np
import pytest
from every_schedule import SAMPLES
from golden import GOLDEN
from hypothesis import given
from hypothesis import strategies as st
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts
from torch_runs import SCHEDULE, STEPS, make_optimizer, rates_of, run

import loganneal as la
from loganneal.torch import CyclicalLogAnnealingLR, ScheduleLR


def test_all_golden_rows_are_within_the_float64_tolerance() -> None:
    """Every exact value of the specification, at steps up to 1.1e12, comes out of the optimizer's group."""
    for golden in GOLDEN:
        optimizer = make_optimizer((golden.schedule.max_lr,))
        ScheduleLR(optimizer, golden.schedule, last_epoch=golden.step - 1)
        assert golden.error(rates_of(optimizer)[0]) <= 1e-12, golden


def test_the_restarting_class_has_the_golden_rates() -> None:
    """The same for CyclicalLogAnnealingLR, wherever its call can express the schedule."""
    rows = [g for g in GOLDEN if isinstance(g.schedule, la.CyclicalLogAnnealing)]
    for golden in rows:
        s: Any = golden.schedule
        names = ("base", "peak_decay", "warmup_steps", "warmup_init_lr", "restart_warmup_share", "cycles")
        own = {name: getattr(s, name) for name in names}
        optimizer = make_optimizer((s.max_lr,))
        CyclicalLogAnnealingLR(optimizer, s.cycle_steps, s.cycle_mult, s.min_lr, golden.step - 1, **own)
        assert golden.error(rates_of(optimizer)[0]) <= 1e-12, golden


def test_a_group_at_the_peak_gets_the_schedule_to_the_bit_and_others_their_ratio() -> None:
    """Group g gets s(t) * (initial_lr_g / max_lr); a frozen group stays frozen."""
    optimizer = make_optimizer((0.1, 0.03, 0.0))
    used = run(optimizer, ScheduleLR(optimizer, SCHEDULE), STEPS)
    rates = SCHEDULE.curve(STEPS)
    assert [u[0] for u in used] == [SCHEDULE(t) for t in range(STEPS)]
    np.testing.assert_allclose([u[1] for u in used], 0.3 * rates, rtol=1e-15)
    assert {u[2] for u in used} == {0.0}


@pytest.mark.parametrize("schedule", SAMPLES.values(), ids=SAMPLES)
def test_every_schedule_drives_an_optimizer(schedule: la.Schedule) -> None:
    """Step by step a group at the peak has the schedule's own rates, to the bit, whatever the schedule."""
    optimizer = make_optimizer((schedule.max_lr,))
    used = run(optimizer, ScheduleLR(optimizer, schedule), STEPS)
    assert [rate for (rate,) in used] == [schedule(step) for step in range(STEPS)]


def test_a_list_gives_each_group_its_own_schedule() -> None:
    """As it is, whatever the groups' own rates are."""
    optimizer = make_optimizer()
    parts = [SCHEDULE, la.OneCycle(0.7, 20)]
    used = run(optimizer, ScheduleLR(optimizer, parts), STEPS)
    assert used == [[part(t) for part in parts] for t in range(STEPS)]


@given(
    st.integers(1, 30),
    st.integers(1, 3),
    st.sampled_from([0.0, 1e-3, 0.2]),
    st.sampled_from([(0.1,), (0.1, 0.0, 0.01)]),
)
def test_the_place_of_cosine_annealing_warm_restarts(T_0: int, T_mult: int, eta_min: float, rates: Any) -> None:
    """With the same call, restarts fall on the same steps; every group runs between its own rate and eta_min."""
    ours, theirs = make_optimizer(rates), make_optimizer(rates)
    mine = CyclicalLogAnnealingLR(ours, T_0, T_mult, eta_min)
    torchs = CosineAnnealingWarmRestarts(theirs, T_0, T_mult, eta_min)
    for used, reference in zip(run(ours, mine, 60), run(theirs, torchs, 60), strict=True):
        for rate, cosine, own in zip(used, reference, rates, strict=True):
            assert (rate == own) == math.isclose(cosine, own, rel_tol=1e-15)
            assert min(own, eta_min) <= rate <= max(own, eta_min)


def test_steps_by_fractions_of_an_epoch() -> None:
    """step(epoch + i / n) gives the rate between the steps, and a later step() advances by 1, as in torch."""
    optimizer = make_optimizer((0.1,))
    scheduler = CyclicalLogAnnealingLR(optimizer, 10, 2)
    schedule = la.CyclicalLogAnnealing(0.1, 10, cycle_mult=2)
    optimizer.step()
    for position in (0.25, 9.75, 10, 10.5, 29.999, 3):
        scheduler.step(position)
        assert rates_of(optimizer) == pytest.approx([schedule(position)], rel=1e-12)
        assert scheduler.last_epoch == int(position)
    scheduler.step(12.5)
    scheduler.step()
    assert rates_of(optimizer) == pytest.approx([schedule(13.5)], rel=1e-12)
