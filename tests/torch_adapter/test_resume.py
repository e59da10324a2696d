"""Resuming: rates and weights continue at every cut point, from whatever was saved; what does not fit is refused."""

from typing import Any

import pytest
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts
from torch_runs import MAKERS, SCHEDULE, STEPS, Make, make_optimizer, rates_of, run, save_and_load, update, weights_of

import loganneal as la
from loganneal.torch import CyclicalLogAnnealingLR, ScheduleLR


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize(
    "way", ["scheduler, then optimizer", "optimizer, then scheduler", "scheduler alone", "step number"]
)
def test_training_continues_exactly_at_every_cut_point(make: Make, way: str) -> None:
    """Wherever a run is cut, its rates and weights continue as if it had not been."""
    optimizer = make_optimizer()
    whole = run(optimizer, make(optimizer), STEPS)
    final = weights_of(optimizer)
    for cut in range(STEPS):
        first = make_optimizer()
        scheduler = make(first)
        run(first, scheduler, cut)
        saved = save_and_load({"optimizer": first.state_dict(), "scheduler": scheduler.state_dict()})
        second = make_optimizer()
        for new, old in zip(second.param_groups, first.param_groups, strict=True):
            new["params"][0].data.copy_(old["params"][0].data)
        resumed = make(second, last_epoch=cut - 1) if way == "step number" else make(second)
        if way == "optimizer, then scheduler":
            second.load_state_dict(saved["optimizer"])
        if way != "step number":
            resumed.load_state_dict(saved["scheduler"])
        if way == "scheduler, then optimizer":
            second.load_state_dict(saved["optimizer"])
        assert whole[cut:] == run(second, resumed, STEPS - cut)
        if "optimizer" in way:
            assert weights_of(second) == final


def test_the_step_number_alone_needs_no_initial_rate() -> None:
    """Without initial_lr in the groups, their current rate is the base; torch's own class raises there."""
    optimizer = make_optimizer()
    ScheduleLR(optimizer, SCHEDULE, last_epoch=11)
    assert rates_of(optimizer) == [SCHEDULE(12), SCHEDULE(12) * 0.5]
    with pytest.raises(KeyError):
        CosineAnnealingWarmRestarts(make_optimizer(), 3, 2, last_epoch=11)


def test_fractions_survive_a_checkpoint() -> None:
    """A position between two steps is part of the state."""
    first, second = make_optimizer(), make_optimizer()
    scheduler, resumed = MAKERS["restarts"](first), MAKERS["restarts"](second)
    first.step()
    scheduler.step(5.25)
    resumed.load_state_dict(save_and_load(scheduler.state_dict()))
    assert rates_of(first) == rates_of(second)
    scheduler.step()
    resumed.step()
    assert rates_of(first) == rates_of(second)


GOOD = ScheduleLR(make_optimizer(), SCHEDULE).state_dict()


@pytest.mark.parametrize(
    ("state", "match"),
    [
        ({"nonsense": 1}, "'state_dict' parameter.*nonsense"),
        ([], "'state_dict' parameter"),
        ({**GOOD, "version": 2}, "'version' parameter of ScheduleLR.load_state_dict must be 1. Got 2"),
        ({**GOOD, "last_epoch": -2}, "'last_epoch' parameter"),
        ({**GOOD, "last_epoch": "3"}, "'last_epoch' parameter"),
        ({**GOOD, "fraction": 1.5}, "'fraction' parameter"),
        ({**GOOD, "base_lrs": [0.1]}, "'base_lrs' parameter.*2 numbers"),
        ({**GOOD, "base_lrs": [0.1, "x"]}, "'base_lrs' parameter"),
        ({**GOOD, "base_lrs": 0.1}, "'base_lrs' parameter"),
        ({**GOOD, "schedule": SCHEDULE.replace(base=2).to_dict()}, "'schedule.base' parameter.*strict=False"),
        ({**GOOD, "schedule": la.Constant(0.1).to_dict()}, "'schedule' parameter"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(state: Any, match: str) -> None:
    """The field is named, and the scheduler and the optimizer are as they were."""
    optimizer = make_optimizer()
    scheduler = ScheduleLR(optimizer, SCHEDULE)
    run(optimizer, scheduler, 9)
    before = scheduler.state_dict(), rates_of(optimizer)
    with pytest.raises(ValueError, match=match):
        scheduler.load_state_dict(state)
    assert (scheduler.state_dict(), rates_of(optimizer)) == before


def test_a_run_is_extended_without_strictness() -> None:
    """strict=False keeps the position and takes the new schedule, even one with another peak."""
    first = make_optimizer()
    scheduler = ScheduleLR(first, la.Linear(0.1, 20))
    run(first, scheduler, 15)
    longer = la.Linear(0.2, 60)
    second = make_optimizer((0.2, 0.1))
    extended = ScheduleLR(second, longer)
    extended.load_state_dict(scheduler.state_dict(), strict=False)
    assert rates_of(second) == [longer(15), longer(15) * 0.5]
    third = make_optimizer()
    restarts = MAKERS["restarts"](third)
    restarts.load_state_dict(scheduler.state_dict(), strict=False)
    assert (restarts.last_epoch, rates_of(third)[0]) == (15, la.CyclicalLogAnnealing(0.1, 3, 1e-4, 2)(15))


@pytest.mark.parametrize("T_mult", [1, 2, 3])
def test_a_running_cosine_training_changes_over(T_mult: int) -> None:
    """The state of a CosineAnnealingWarmRestarts is accepted at every cut point; other cycles are refused by name."""
    theirs = make_optimizer()
    cosine = CosineAnnealingWarmRestarts(theirs, 5, T_mult, 1e-3)
    reference = make_optimizer()
    expected = run(reference, CyclicalLogAnnealingLR(reference, 5, T_mult, 1e-3), STEPS)
    for cut in range(STEPS):
        ours = make_optimizer()
        scheduler = CyclicalLogAnnealingLR(ours, 5, T_mult, 1e-3)
        scheduler.load_state_dict(save_and_load(cosine.state_dict()))
        assert run(ours, scheduler, STEPS - cut) == expected[cut:]
        update(theirs)
        cosine.step()
    with pytest.raises(ValueError, match="'T_0' parameter"):
        CyclicalLogAnnealingLR(make_optimizer(), 6, T_mult, 1e-3).load_state_dict(cosine.state_dict())
