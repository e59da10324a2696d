"""The faults of torch's own schedulers, each next to what ours do."""

import pytest
from torch.optim.lr_scheduler import ChainedScheduler, CosineAnnealingWarmRestarts, LinearLR
from torch_runs import SCHEDULE, STEPS, make_optimizer, rates_of, run

import loganneal as la
from loganneal.torch import CyclicalLogAnnealingLR, ScheduleLR


def test_restarts_by_epoch_are_exact() -> None:
    """CosineAnnealingWarmRestarts(T_0=10, T_mult=3).step(1210) is 0 where a restart is due; ours is the peak."""
    theirs, ours = make_optimizer((0.1,)), make_optimizer((0.1,))
    cosine, log = CosineAnnealingWarmRestarts(theirs, 10, 3), CyclicalLogAnnealingLR(ours, 10, 3)
    ours.step()
    cosine.step(1210)
    log.step(1210)
    assert rates_of(theirs) == pytest.approx([0.0])
    assert rates_of(ours) == [0.1]


@pytest.mark.parametrize("done", range(1, STEPS))
def test_resume_from_last_epoch_is_right_past_the_first_restart(done: int) -> None:
    """Torch continues with the wrong cycle there; ours with the right rate, at every step."""
    optimizer = make_optimizer()
    for group, rate in zip(optimizer.param_groups, (0.1, 0.05), strict=True):
        group["initial_lr"] = rate
    CyclicalLogAnnealingLR(optimizer, 3, 2, last_epoch=done - 1)
    assert rates_of(optimizer)[0] == pytest.approx(la.CyclicalLogAnnealing(0.1, 3, cycle_mult=2)(done), rel=1e-12)


def test_a_fractional_growth_and_a_floor_for_each_group() -> None:
    """T_mult = 1.5, and one schedule, so one floor, for each group."""
    optimizer = make_optimizer()
    parts = [la.CyclicalLogAnnealing(0.1, 4, 0.01, 1.5), la.CyclicalLogAnnealing(0.05, 4, 0.001, 1.5)]
    used = run(optimizer, ScheduleLR(optimizer, parts), 30)
    assert used == [[part(t) for part in parts] for t in range(30)]
    assert parts[0].restarts(30).tolist() == [0, 4, 10, 19]


def test_a_composite_where_chaining_overshoots() -> None:
    """ChainedScheduler of restarts and a warmup peaks at nearly 3 times the rate; a Warmup peaks at the rate."""
    theirs = make_optimizer((0.1,))
    chained = ChainedScheduler([CosineAnnealingWarmRestarts(theirs, 10), LinearLR(theirs, 0.1, 1.0, 5)])
    assert max(rate for (rate,) in run(theirs, chained, 30)) > 0.11
    ours = make_optimizer((0.1,))
    schedule = la.Warmup(la.CyclicalCosineAnnealing(0.1, 10), 5, 0.01)
    assert max(rate for (rate,) in run(ours, ScheduleLR(ours, schedule), 30)) == 0.1


def test_a_composite_in_second_place() -> None:
    """SequentialLR in second place raises in torch; a join within a join is a schedule like any other."""
    inner = la.Join([la.Linear(0.1, 5), la.CyclicalLogAnnealing(0.1, 4)], [5])
    schedule = la.Join([la.Constant(0.1), inner], [7])
    optimizer = make_optimizer((0.1,))
    used = [rate for (rate,) in run(optimizer, ScheduleLR(optimizer, schedule), 30)]
    assert used[7:] == [inner(t) for t in range(23)]


def test_one_step_too_many_stays_on_the_floor() -> None:
    """OneCycleLR divides by zero at a rise of one step and rises after its end; ours does neither."""
    optimizer = make_optimizer((0.1,))
    schedule = la.OneCycle(0.1, 10, rise_share=0.1)
    used = [rate for (rate,) in run(optimizer, ScheduleLR(optimizer, schedule), 20)]
    assert used[10:] == [schedule(10)] * 10
    assert min(used) == schedule(10)


def test_the_rate_at_any_step_can_be_asked_without_stepping() -> None:
    """The schedule answers for step 25, and the scheduler is still at step 0."""
    optimizer = make_optimizer()
    scheduler = ScheduleLR(optimizer, SCHEDULE)
    assert SCHEDULE(25) == 0.1
    assert rates_of(optimizer)[0] == SCHEDULE(0)
    assert scheduler.last_epoch == 0
