"""Continuing under another schedule: what a scheduler does with such a state is declared when it is made."""

import copy
from typing import Any

import pytest
import torch
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts
from torch_runs import SCHEDULE, make_optimizer, parameter, rates_of, run, save_and_load

import loganneal as la
from loganneal.torch import CyclicalLogAnnealingLR, ScheduleLR
from loganneal.torch._ends import end_of

OLD = la.Cosine(0.1, total_steps=1_000)
NEW = la.Cosine(0.1, total_steps=500)


def saved(steps: int, schedule: Any = OLD, **more: Any) -> dict[str, Any]:
    """The state after a number of updates, through a file."""
    return dict(save_and_load(ScheduleLR(make_optimizer(), schedule, steps - 1, **more).state_dict()))


@pytest.mark.parametrize("strict", [None, True])
def test_by_default_another_schedule_is_an_error(strict: bool | None) -> None:
    """It names what can be set when the scheduler is made, since a framework calls load_state_dict."""
    scheduler = ScheduleLR(make_optimizer(), NEW)
    with pytest.raises(ValueError, match=r"'schedule.total_steps'.*on_mismatch='keep_position'.*'keep_share'"):
        scheduler.load_state_dict(saved(300), strict)


def test_keep_position_makes_a_run_longer() -> None:
    """The same step under the new schedule, and its own bases."""
    optimizer = make_optimizer()
    longer = la.Cosine(0.1, total_steps=3_000)
    scheduler = ScheduleLR(optimizer, longer, on_mismatch="keep_position")
    scheduler.load_state_dict(saved(1_000))
    assert (scheduler.last_epoch, rates_of(optimizer)) == (1_000, [longer(1_000), longer(1_000) / 2])


@pytest.mark.parametrize(
    ("steps", "old", "new", "expected"),
    [
        (500, OLD, NEW, 250),
        (391 * 3, la.Cosine(0.1, 391 * 10), la.Cosine(0.1, 196 * 10), 196 * 3),
        (333, OLD, NEW, 167),
        (999, OLD, la.Cosine(0.1, 10), 9),
        (0, OLD, NEW, 0),
        (10, la.Warmup(la.Linear(0.1, 90), 10), la.Warmup(la.Linear(0.1, 180), 20), 20),
        (30, la.CyclicalLogAnnealing(0.1, 20, cycles=3), la.CyclicalLogAnnealing(0.1, 40, cycles=3), 60),
        (50, [la.Linear(0.1, 100), la.Linear(0.1, 80)], [la.Linear(0.1, 200), la.Linear(0.1, 160)], 100),
    ],
)
def test_keep_share_goes_on_at_the_same_share(steps: int, old: Any, new: Any, expected: int) -> None:
    """For another batch size: the nearest step, and not the end before it is reached."""
    optimizer = make_optimizer()
    scheduler = ScheduleLR(optimizer, new, on_mismatch="keep_share")
    scheduler.load_state_dict(saved(steps, old))
    first = new[0] if isinstance(new, list) else new
    assert (scheduler.last_epoch, rates_of(optimizer)[0]) == (expected, first(expected))


@pytest.mark.parametrize("policy", ["error", "keep_position", "keep_share"])
def test_a_state_that_fits_is_taken_as_it_is(policy: str) -> None:
    """With its bases, its fraction, and an error if these are damaged."""
    first = make_optimizer((0.1, 0.02))
    scheduler = ScheduleLR(first, OLD)
    first.step()
    scheduler.step(123.5)
    second = make_optimizer((0.1, 0.05))
    resumed = ScheduleLR(second, OLD, on_mismatch=policy)
    resumed.load_state_dict(scheduler.state_dict())
    assert (resumed.state_dict(), rates_of(second)) == (scheduler.state_dict(), rates_of(first))
    for bad, field in (({"base_lrs": [0.1]}, "base_lrs"), ({"version": 7}, "version"), ({"fraction": 2}, "fraction")):
        with pytest.raises(ValueError, match=f"'{field}' parameter of ScheduleLR.load_state_dict"):
            resumed.load_state_dict({**scheduler.state_dict(), **bad})


@pytest.mark.parametrize("policy", ["keep_position", "keep_share"])
def test_an_explicit_strict_wins(policy: str) -> None:
    """True is an error, and False keeps the position."""
    scheduler = ScheduleLR(make_optimizer(), NEW, on_mismatch=policy)
    with pytest.raises(ValueError, match=r"'schedule\.total_steps'"):
        scheduler.load_state_dict(saved(300), strict=True)
    assert scheduler.last_epoch == 0
    scheduler.load_state_dict(saved(300), strict=False)
    assert scheduler.last_epoch == 300


@pytest.mark.parametrize("steps", [500, 700])
def test_a_run_is_not_over_by_a_change(steps: int) -> None:
    """Half as many steps an epoch: the old step would be the end of the new schedule, or beyond it.

    An error, since Transformers drops the warnings of load_state_dict; nothing is changed. strict=False warns.
    """
    scheduler = ScheduleLR(make_optimizer(), NEW, on_mismatch="keep_position")
    before = copy.deepcopy((scheduler.state_dict(), rates_of(scheduler.optimizer)))
    with pytest.raises(ValueError, match=rf"must be below 500, where the new .* Got {steps} instead. .*'keep_share'"):
        scheduler.load_state_dict(saved(steps))
    assert (scheduler.state_dict(), rates_of(scheduler.optimizer)) == before
    with pytest.warns(UserWarning, match=rf"at step {steps}, and the new schedule ends at step 500: .*keep_share"):
        scheduler.load_state_dict(saved(steps), strict=False)
    assert rates_of(scheduler.optimizer) == [0.0, 0.0]


def test_a_finished_run_stays_finished_by_its_share() -> None:
    """And says that keep_position makes it longer; a finished run of the same schedule causes no warning."""
    scheduler = ScheduleLR(make_optimizer(), NEW, on_mismatch="keep_share")
    with pytest.warns(UserWarning, match="keep_position.*makes a finished one longer"):
        scheduler.load_state_dict(saved(1_000))
    assert scheduler.last_epoch == 500
    kept = ScheduleLR(make_optimizer(), NEW, on_mismatch="keep_position")
    with pytest.warns(UserWarning, match="keep_position.*makes a finished one longer"):
        kept.load_state_dict(saved(1_000))
    ScheduleLR(make_optimizer(), OLD, on_mismatch="keep_share").load_state_dict(saved(1_000))


def test_values_that_are_added_later_do_not_break_an_older_state() -> None:
    """Neither do values that are dropped, nor another schedule for them."""
    decay = {"weight_decay": la.Cosine(0.05, 1_000)}

    def optimizer() -> torch.optim.Optimizer:
        return torch.optim.SGD(
            [{"params": [parameter()]}, {"params": [parameter()], "lr": 0.05}], 0.1, weight_decay=0.05
        )

    older = saved(300)
    with pytest.raises(ValueError, match=r"'state_dict' parameter.*base_weight_decay.*on_mismatch"):
        ScheduleLR(optimizer(), OLD, values=decay).load_state_dict(older)
    scheduler = ScheduleLR(optimizer(), OLD, values=decay, on_mismatch="keep_position")
    scheduler.load_state_dict(older)
    group = scheduler.optimizer.param_groups[0]
    assert (group["lr"], group["weight_decay"]) == (OLD(300), decay["weight_decay"](300))
    without = ScheduleLR(make_optimizer(), OLD, on_mismatch="keep_position")
    without.load_state_dict(scheduler.state_dict())
    assert without.last_epoch == 300


def test_the_groups_state_the_new_bases() -> None:
    """A new peak is what the groups begin with from then on, even if the optimizer's old state was loaded."""
    old = make_optimizer((0.1, 0.05))
    first = ScheduleLR(old, OLD, last_epoch=99)
    optimizer = make_optimizer((0.2, 0.1))
    schedule = la.Cosine(0.2, 2_000)
    scheduler = ScheduleLR(optimizer, schedule, on_mismatch="keep_position")
    optimizer.load_state_dict(old.state_dict())
    scheduler.load_state_dict(first.state_dict())
    assert rates_of(optimizer) == [schedule(100), schedule(100) / 2]
    assert [group["initial_lr"] for group in optimizer.param_groups] == [0.2, 0.1]


def test_it_is_no_part_of_the_state() -> None:
    """A scheduler that is made otherwise takes it."""
    state = saved(300, on_mismatch="keep_share")
    assert "on_mismatch" not in state
    ScheduleLR(make_optimizer(), OLD).load_state_dict(state)


@pytest.mark.parametrize(
    ("schedule", "policy", "match"),
    [
        (OLD, "keep", "'on_mismatch' parameter of ScheduleLR must be one of 'error', 'keep_position', 'keep_share'"),
        (SCHEDULE, "keep_share", "'on_mismatch' parameter of ScheduleLR must be 'error' or 'keep_position' with a"),
        (la.Join([OLD, la.Constant(0.1)], [9]), "keep_share", "with a schedule that has no end. Got 'keep_share'"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_once(schedule: la.Schedule, policy: str, match: str) -> None:
    """When the scheduler is made, and before the optimizer is touched."""
    optimizer = make_optimizer()
    with pytest.raises(ValueError, match=match):
        ScheduleLR(optimizer, schedule, on_mismatch=policy)
    assert "initial_lr" not in optimizer.param_groups[0]


def test_a_share_needs_the_end_of_the_saved_schedule_too() -> None:
    """Nothing is changed if it has none."""
    scheduler = ScheduleLR(make_optimizer(), NEW, on_mismatch="keep_share")
    before = copy.deepcopy(scheduler.state_dict())
    with pytest.raises(ValueError, match="for the state of a schedule that has no end"):
        scheduler.load_state_dict(saved(30, SCHEDULE))
    assert scheduler.state_dict() == before


def test_the_class_in_torchs_place_has_the_same_choice() -> None:
    """Also for the state of a CosineAnnealingWarmRestarts with other cycles, which have no end."""
    optimizer = make_optimizer()
    theirs = CosineAnnealingWarmRestarts(optimizer, 10)
    run(optimizer, theirs, 25)
    state = save_and_load(theirs.state_dict())
    with pytest.raises(ValueError, match=r"'T_0' parameter of CyclicalLogAnnealingLR\.load_state_dict.*on_mismatch"):
        CyclicalLogAnnealingLR(make_optimizer(), 20).load_state_dict(state)
    kept = CyclicalLogAnnealingLR(make_optimizer(), 20, on_mismatch="keep_position")
    kept.load_state_dict(state)
    assert (kept.last_epoch, rates_of(kept.optimizer)[0]) == (25, la.CyclicalLogAnnealing(0.1, 20)(25))
    with pytest.raises(ValueError, match="for the state of a schedule that has no end"):
        CyclicalLogAnnealingLR(make_optimizer(), 20, cycles=2, on_mismatch="keep_share").load_state_dict(state)
    half = CyclicalLogAnnealingLR(make_optimizer(), 10, cycles=2, on_mismatch="keep_share")
    half.load_state_dict(CyclicalLogAnnealingLR(make_optimizer(), 20, last_epoch=19, cycles=2).state_dict())
    assert half.last_epoch == 10


@pytest.mark.parametrize(
    ("schedule", "end"),
    [
        (OLD, 1_000),
        (la.Scale(la.Warmup(OLD, 50), 2.0), 1_050),
        (la.InverseMomentum(OLD), 1_000),
        (la.Join([SCHEDULE, OLD], [100]), 1_100),
        (la.Join([OLD], []), 1_000),
        (la.Join([OLD, la.ExponentialDecay(0.1, 9)], [100]), None),
        (la.CyclicalCosineAnnealing(0.1, 10, cycle_mult=2, warmup_steps=5, cycles=3), 75),
        (la.WarmupStableDecay(0.1, 100, 10, 20), 100),
        (la.Constant(0.1), None),
        (SCHEDULE, None),
        ([OLD, NEW], 1_000),
        ([OLD, SCHEDULE], None),
    ],
)
def test_where_schedules_end(schedule: Any, end: int | None) -> None:
    """From that step on the rate does not change; of a list, the last."""
    assert end_of(schedule) == end
    if end is not None and not isinstance(schedule, list):
        assert schedule(end - 1) != schedule(end) == schedule(end + 1_000)
