"""What torch permits its schedulers: groups added later, tensor rates, copies, and its order of calls."""

import copy
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts
from torch_runs import MAKERS, SCHEDULE, STEPS, Make, make_optimizer, parameter, rates_of, run

import loganneal as la
from loganneal.torch import ScheduleLR


@pytest.mark.parametrize("make", [MAKERS["one schedule"], MAKERS["restarts"]], ids=["one schedule", "restarts"])
def test_a_group_added_later_joins(make: Make) -> None:
    """The next step after add_param_group works, and the new group has the base that it states."""
    optimizer = make_optimizer()
    scheduler = make(optimizer)
    run(optimizer, scheduler, 5)
    optimizer.add_param_group({"params": [parameter()], "initial_lr": 0.1})
    run(optimizer, scheduler, 5)
    assert rates_of(optimizer)[2] == rates_of(optimizer)[0]
    assert len(scheduler.get_last_lr()) == 3
    fresh = make_optimizer((0.1, 0.05, 0.1))
    resumed = make(fresh)
    resumed.load_state_dict(scheduler.state_dict())
    assert rates_of(fresh) == rates_of(optimizer)


def test_a_group_added_to_a_list_needs_a_schedule() -> None:
    """The error says what to append, and after that the step works."""
    optimizer = make_optimizer()
    scheduler: Any = MAKERS["a list"](optimizer)
    run(optimizer, scheduler, 3)
    optimizer.add_param_group({"params": [parameter()], "lr": 0.1})
    with pytest.raises(ValueError, match=r"Append the schedule of the new group to scheduler\.schedule"):
        scheduler.step()
    scheduler.schedule.append(la.Constant(0.3))
    scheduler.step()
    assert rates_of(optimizer)[2] == 0.3


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_tensor_rates_are_filled_in_place(make: Make) -> None:
    """A rate that is a tensor stays the same tensor, with its type, and has the same values as a float."""
    tensors = tuple(torch.tensor(rate, dtype=torch.float32) for rate in (0.1, 0.05))
    optimizer, plain = make_optimizer(tensors), make_optimizer()
    held = [group["lr"] for group in optimizer.param_groups]
    scheduler, reference = make(optimizer), make(plain)
    for used, exact in zip(run(optimizer, scheduler, STEPS), run(plain, reference, STEPS), strict=True):
        np.testing.assert_allclose(used, exact, rtol=2e-7)
    assert all(group["lr"] is tensor for group, tensor in zip(optimizer.param_groups, held, strict=True))
    last = scheduler.get_last_lr()
    assert all(isinstance(rate, torch.Tensor) and rate is not own for rate, own in zip(last, held, strict=True))


def test_a_float32_peak_gets_the_schedule_to_its_last_digit() -> None:
    """tensor(0.1) is the peak 0.1, though it is not equal to it, and the ratio of its group is exactly 1."""
    optimizer = make_optimizer((torch.tensor(0.1),))
    scheduler = ScheduleLR(optimizer, SCHEDULE)
    assert scheduler.base_lrs == [0.1]
    run(optimizer, scheduler, 9)
    assert optimizer.param_groups[0]["lr"] == torch.tensor(SCHEDULE(9))


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))], ids=["deepcopy", "pickle"]
)
def test_copies_go_on_alike_and_apart(make: Make, duplicate: Callable[[Any], Any]) -> None:
    """A copy takes its optimizer along, continues as the original does, and does not touch it."""
    optimizer = make_optimizer()
    scheduler = make(optimizer)
    run(optimizer, scheduler, 9)
    twin = duplicate(scheduler)
    before = rates_of(optimizer)
    ahead = run(twin.optimizer, twin, 20)
    assert rates_of(optimizer) == before
    assert ahead == run(optimizer, scheduler, 20)


def test_a_wrong_order_of_calls_is_warned_of() -> None:
    """scheduler.step() before optimizer.step() is warned of, as by torch's base class; its restarts are silent."""
    for make in MAKERS.values():
        with pytest.warns(UserWarning, match="before `optimizer.step"):
            make(make_optimizer()).step()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        CosineAnnealingWarmRestarts(make_optimizer(), 3).step()
        optimizer = make_optimizer()
        run(optimizer, MAKERS["restarts"](optimizer), 3)


def test_group_dictionaries_are_not_cached() -> None:
    """After load_state_dict of the optimizer, which makes new dictionaries, the new ones get the rates."""
    optimizer = make_optimizer()
    scheduler = ScheduleLR(optimizer, SCHEDULE)
    run(optimizer, scheduler, 3)
    optimizer.load_state_dict(optimizer.state_dict())
    run(optimizer, scheduler, 5)
    assert rates_of(optimizer)[0] == SCHEDULE(8)


def test_the_last_rates_can_be_asked_for() -> None:
    """get_last_lr gives the rates that were set, and changing its list changes nothing."""
    optimizer = make_optimizer()
    scheduler = ScheduleLR(optimizer, SCHEDULE)
    run(optimizer, scheduler, 6)
    assert scheduler.get_last_lr() == rates_of(optimizer)
    scheduler.get_last_lr()[0] = 9.0
    assert scheduler.get_last_lr() == rates_of(optimizer)
