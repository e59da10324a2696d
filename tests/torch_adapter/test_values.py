"""Other numbers of the parameter groups by schedules: weight decay, momentum, the first beta of Adam."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.optim.lr_scheduler import OneCycleLR
from torch_runs import SCHEDULE, STEPS, parameter, rates_of, run, save_and_load, update, weights_of

import loganneal as la
from loganneal.torch import ScheduleLR

DECAY = la.Scale(SCHEDULE, 0.07)  # 0.1 * 0.07 is not the float 0.007
MOMENTUM = la.InverseMomentum(SCHEDULE)
VALUES = {"weight_decay": DECAY, "momentum": MOMENTUM}

Optimizer = torch.optim.Optimizer


def sgd(momentum: Any = 0.95, tensor: bool = False) -> Optimizer:
    """A group that decays, one that decays half as much, and one that does not, as biases and norms."""
    groups = [{"params": [parameter()], "weight_decay": decay} for decay in (0.007, 0.0035, 0.0)]
    if tensor:
        groups = [{**group, "weight_decay": torch.tensor(group["weight_decay"])} for group in groups]
    return torch.optim.SGD(groups, lr=0.1, momentum=momentum)


def adam() -> Optimizer:
    groups = [{"params": [parameter()], "weight_decay": decay} for decay in (0.007, 0.0035, 0.0)]
    return torch.optim.AdamW(groups, lr=0.1, betas=(0.95, 0.999))


def adam_of_tensors() -> Optimizer:
    optimizer = adam()
    for group in optimizer.param_groups:
        group.update(lr=torch.tensor(group["lr"]), foreach=False, betas=tuple(map(torch.tensor, group["betas"])))
    return optimizer


OPTIMIZERS: dict[str, Callable[[], Optimizer]] = {
    "SGD": sgd,
    "SGD, weight decay a tensor": lambda: sgd(tensor=True),
    "AdamW": adam,
    "AdamW, betas of tensors": adam_of_tensors,
}


def momentum_of(group: dict[str, Any]) -> float:
    return float(group["momentum"] if "momentum" in group else group["betas"][0])


def run_and_look(optimizer: Optimizer, scheduler: Any, steps: int) -> list[list[tuple[float, float]]]:
    """The weight decay and the momentum with which each update is made."""
    seen = []
    for _ in range(steps):
        seen.append([(float(group["weight_decay"]), momentum_of(group)) for group in optimizer.param_groups])
        update(optimizer)
        scheduler.step()
    return seen


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_each_group_has_its_share_of_the_schedule(make: Callable[[], Optimizer]) -> None:
    """Group g gets s(t) * initial_g / max_lr: a group without weight decay stays without; the rate is as usual."""
    optimizer, plain = make(), make()
    seen = run_and_look(optimizer, ScheduleLR(optimizer, SCHEDULE, values=VALUES), STEPS)
    for t, groups in enumerate(seen):
        for (decay, momentum), share in zip(groups, (1.0, 0.5, 0.0), strict=True):
            assert decay == pytest.approx(DECAY(t) * share, rel=2e-7, abs=0)
            assert momentum == pytest.approx(MOMENTUM(t), rel=2e-7)
    run(plain, ScheduleLR(plain, SCHEDULE), STEPS)
    assert rates_of(optimizer) == rates_of(plain)


def test_floats_get_the_schedule_to_the_bit() -> None:
    """Even if the peak of the schedule is the group's value only up to the rounding of a product."""
    optimizer = sgd()
    assert DECAY.max_lr != 0.007
    seen = run_and_look(optimizer, ScheduleLR(optimizer, SCHEDULE, values=VALUES), STEPS)
    assert [groups[0] for groups in seen] == [(DECAY(t), MOMENTUM(t)) for t in range(STEPS)]


def test_tensors_stay_and_the_other_beta_too() -> None:
    """They are filled in place; Adam's second beta is left alone."""
    optimizer = adam_of_tensors()
    held = [beta for group in optimizer.param_groups for beta in group["betas"]]
    run(optimizer, ScheduleLR(optimizer, SCHEDULE, values=VALUES), STEPS)
    now = [beta for group in optimizer.param_groups for beta in group["betas"]]
    assert all(one is other for one, other in zip(held, now, strict=True))
    plain = adam()
    run(plain, ScheduleLR(plain, SCHEDULE, values=VALUES), STEPS)
    assert all(group["betas"][1] == 0.999 for group in plain.param_groups)


@pytest.mark.parametrize("adaptive", [False, True])
def test_the_momentum_of_one_cycle(adaptive: bool) -> None:
    """Inverse to the rate, and at the peak of the rate as low as in torch's OneCycleLR, on the same update."""

    def make() -> Optimizer:
        if adaptive:
            return torch.optim.Adam([parameter()], lr=0.1, betas=(0.95, 0.999))
        return torch.optim.SGD([parameter()], lr=0.1, momentum=0.95)

    ours, theirs = make(), make()
    rate = la.OneCycle(0.1, 20, rise_share=0.25)
    scheduler = ScheduleLR(ours, rate, values={"momentum": la.InverseMomentum(rate)})
    reference = OneCycleLR(theirs, 0.1, total_steps=20, pct_start=0.3)
    mine, torchs = [], []
    for _ in range(19):
        mine.append((rates_of(ours)[0], momentum_of(ours.param_groups[0])))
        torchs.append((rates_of(theirs)[0], momentum_of(theirs.param_groups[0])))
        update(ours), update(theirs)
        scheduler.step(), reference.step()
    np.testing.assert_allclose([m for _, m in mine], [0.95 - r for r, _ in mine], rtol=1e-12)
    assert mine[5] == pytest.approx(torchs[5], rel=1e-15) == (0.1, 0.85)


# Resuming


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
@pytest.mark.parametrize(
    "way", ["scheduler, then optimizer", "optimizer, then scheduler", "scheduler alone", "step number"]
)
def test_values_go_on_at_every_cut_point(make: Callable[[], Optimizer], way: str) -> None:
    """And with the optimizer's state the weights too."""
    optimizer = make()
    whole = run_and_look(optimizer, ScheduleLR(optimizer, SCHEDULE, values=VALUES), STEPS)
    final = weights_of(optimizer)
    first = make()
    scheduler = ScheduleLR(first, SCHEDULE, values=VALUES)
    for cut in range(STEPS):
        saved = save_and_load({"optimizer": first.state_dict(), "scheduler": scheduler.state_dict()})
        second = make()
        for new, old in zip(second.param_groups, first.param_groups, strict=True):
            new["params"][0].data.copy_(old["params"][0].data)
        last = cut - 1 if way == "step number" else -1
        resumed = ScheduleLR(second, SCHEDULE, last, values=VALUES)
        if way == "optimizer, then scheduler":
            second.load_state_dict(saved["optimizer"])
        if way not in ("step number",):
            resumed.load_state_dict(saved["scheduler"])
        if way == "scheduler, then optimizer":
            second.load_state_dict(saved["optimizer"])
        assert run_and_look(second, resumed, STEPS - cut) == whole[cut:]
        if "optimizer" in way:
            assert weights_of(second) == final
        run(first, scheduler, 1)


def test_a_new_scheduler_on_a_used_optimizer_knows_the_initial_values() -> None:
    """They are in the groups as initial_weight_decay and initial_momentum, like torch's initial_lr."""
    optimizer = sgd()
    run(optimizer, ScheduleLR(optimizer, SCHEDULE, values=VALUES), 9)
    assert [group["initial_weight_decay"] for group in optimizer.param_groups] == [0.007, 0.0035, 0.0]
    assert {group["initial_momentum"] for group in optimizer.param_groups} == {0.95}
    again = ScheduleLR(optimizer, SCHEDULE, 11, values=VALUES)
    assert optimizer.param_groups[1]["weight_decay"] == pytest.approx(DECAY(12) / 2, rel=1e-15)
    assert again.state_dict()["base_weight_decay"] == [DECAY.max_lr, 0.0035, 0.0]


def test_the_values_belong_to_the_state() -> None:
    """A state with other values is refused by name and changes nothing; strict=False takes only the position."""
    optimizer = sgd()
    scheduler = ScheduleLR(optimizer, SCHEDULE, values=VALUES)
    run(optimizer, scheduler, 9)
    state = scheduler.state_dict()
    twin = sgd()
    other = ScheduleLR(twin, SCHEDULE, values={**VALUES, "weight_decay": la.Constant(0.007)})
    before = copy.deepcopy((other.state_dict(), twin.state_dict()))
    for bad, match in [
        (state, r"'values\.weight_decay"),
        ({**before[0], "base_momentum": [0.95]}, "'base_momentum' parameter.*a list of 3 numbers"),
        ({**before[0], "base_momentum": [0.95, 0.95, -1]}, "'base_momentum' parameter"),
        (ScheduleLR(sgd(), SCHEDULE).state_dict(), "'state_dict' parameter.*base_momentum"),
    ]:
        with pytest.raises(ValueError, match=match):
            other.load_state_dict(bad)
        assert (other.state_dict(), twin.state_dict()) == before
    other.load_state_dict(state, strict=False)
    assert (other.last_epoch, twin.param_groups[1]["weight_decay"]) == (9, 0.0035)
    assert twin.param_groups[0]["momentum"] == MOMENTUM(9)


def test_a_group_added_later_joins() -> None:
    """With the bases that it states."""
    optimizer = sgd()
    scheduler = ScheduleLR(optimizer, SCHEDULE, values=VALUES)
    run(optimizer, scheduler, 5)
    bases = {"initial_lr": 0.1, "initial_weight_decay": 0.007, "initial_momentum": 0.95}
    optimizer.add_param_group({"params": [parameter()], **bases})
    run(optimizer, scheduler, 5)
    assert [optimizer.param_groups[3][name] for name in VALUES] == [DECAY(10), MOMENTUM(10)]
    fresh = sgd()
    fresh.add_param_group({"params": [parameter()], "weight_decay": 0.007, "momentum": 0.95})
    resumed = ScheduleLR(fresh, SCHEDULE, values=VALUES)
    resumed.load_state_dict(scheduler.state_dict())
    assert fresh.param_groups[3]["weight_decay"] == DECAY(10)


def test_the_schedule_of_the_rate_may_be_a_list() -> None:
    """One for each group, and one for the weight decay of them all."""
    optimizer = sgd()
    scheduler = ScheduleLR(optimizer, [SCHEDULE] * 3, values={"weight_decay": DECAY})
    assert [groups[0][0] for groups in run_and_look(optimizer, scheduler, STEPS)] == [DECAY(t) for t in range(STEPS)]


# Errors


@pytest.mark.parametrize(
    ("values", "match"),
    [
        ({"wd": DECAY}, "keys are among 'dampening', 'momentum', 'weight_decay'. Got 'wd' instead"),
        ({"lr": SCHEDULE}, "Got 'lr' instead. The learning rate is the 'schedule' parameter"),
        ({"nesterov": SCHEDULE}, "Got 'nesterov' instead"),
        ({3: SCHEDULE}, "Got 3 instead"),
        ({"weight_decay": 0.1}, r"The \"values\['weight_decay'\]\" parameter of ScheduleLR must be a schedule"),
        ([DECAY], "The 'values' parameter of ScheduleLR must be a dictionary of schedules"),
        (
            {"weight_decay": la.Constant(0.5)},
            "must peak at the initial weight_decay of a parameter group. Got a schedule with max_lr=0.5 and initial "
            "values of 0.007, 0.0035, 0 instead. Set weight_decay=0.5 in the optimizer, or max_lr=0.007",
        ),
    ],
)
def test_values_that_do_not_fit_are_refused_before_anything_is_touched(values: Any, match: str) -> None:
    """The existing keys, the numbers, and the remedy are named."""
    optimizer = sgd()
    before = copy.deepcopy(optimizer.state_dict())
    with pytest.raises(ValueError, match=match):
        ScheduleLR(optimizer, SCHEDULE, values=values)
    assert optimizer.state_dict() == before


def test_adams_momentum_is_named_as_adam_has_it() -> None:
    """betas[0], which the optimizer sets; and a momentum of 0 has no remedy in the schedule."""
    with pytest.raises(
        ValueError, match=r"max_lr=0.9 and initial values of 0.95, 0.95, 0.95 instead. Set betas\[0\]=0.9"
    ):
        ScheduleLR(adam(), SCHEDULE, values={"momentum": la.InverseMomentum(SCHEDULE, max_momentum=0.9)})
    with pytest.raises(ValueError, match=r"Set momentum=0.95 in the optimizer\.$"):
        ScheduleLR(sgd(momentum=0.0), SCHEDULE, values=VALUES)
