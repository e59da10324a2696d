"""A scheduler that only the optimizer steps, once for each update that is made."""

import copy
import gc
import pickle
from typing import Any

import pytest
import timm.optim
import torch
from torch_runs import MAKERS, make_optimizer, parameter, rates_of, run, update

import loganneal as la
from loganneal.torch import CyclicalLogAnnealingLR, ScheduleLR

LINE = la.Linear(0.1, 10)


class SAM(torch.optim.Optimizer):
    """Sharpness-aware minimisation in the usual form: the update is made by an inner optimizer."""

    def __init__(self, parameters: Any, lr: float) -> None:
        super().__init__(parameters, {"lr": lr})
        self.base_optimizer = torch.optim.SGD(self.param_groups, lr=lr)
        self.param_groups = self.base_optimizer.param_groups

    @torch.no_grad()
    def first_step(self) -> None:
        for p in self.param_groups[0]["params"]:
            self.state[p]["before"] = p.clone()
            p.add_(p.grad, alpha=0.01)

    @torch.no_grad()
    def second_step(self) -> None:
        for p in self.param_groups[0]["params"]:
            p.copy_(self.state[p]["before"])
        self.base_optimizer.step()

    def step(self, closure: Any = None) -> None:
        closure()
        self.first_step()
        closure()
        self.second_step()


class Alone(torch.optim.Optimizer):
    """One that updates in ``second_step``, without another optimizer."""

    def __init__(self, parameters: Any, lr: float) -> None:
        super().__init__(parameters, {"lr": lr})

    def second_step(self) -> None: ...


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_each_update_has_its_rate(make: Any) -> None:
    """The same rates as with a step in the loop."""
    followed, plain = make_optimizer(), make_optimizer()
    make(followed, follow=True)
    used = []
    for _ in range(40):
        used.append(rates_of(followed))
        update(followed)
    assert used == run(plain, make(plain), 40)


@pytest.mark.parametrize("fused", [False, True])
def test_updates_that_a_scaler_skips_do_not_count(fused: bool) -> None:
    """Even if the scaler calls a fused optimizer, which skips the update itself."""
    weight = parameter()
    optimizer = torch.optim.SGD([weight], lr=0.1, fused=fused)
    scheduler, scaler = ScheduleLR(optimizer, LINE, follow=True), torch.amp.GradScaler("cpu", init_scale=4.0)
    used = []
    for factor in (float("inf"), 1.0, 1.0, float("inf"), 1.0):
        used.append(rates_of(optimizer)[0])
        scaler.scale(factor * weight.sum()).backward()
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad()
    assert used == [LINE(0), LINE(0), LINE(1), LINE(2), LINE(2)]
    assert scheduler.last_epoch == 3


def test_an_update_with_a_closure_counts_once() -> None:
    """LBFGS evaluates it many times within one step."""
    weight = parameter()
    optimizer = torch.optim.LBFGS([weight], lr=0.1)
    scheduler = ScheduleLR(optimizer, LINE, follow=True)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = (weight**2).sum()
        loss.backward()
        return loss

    for _ in range(3):
        optimizer.step(closure)
    assert scheduler.last_epoch == 3


@pytest.mark.parametrize("make", [lambda o, **more: ScheduleLR(o, LINE, **more), CyclicalLogAnnealingLR])
def test_a_second_caller_is_refused(make: Any) -> None:
    """A leftover scheduler.step() raises, and changes nothing."""
    optimizer = make_optimizer()
    scheduler = make(optimizer, follow=True) if make is not CyclicalLogAnnealingLR else make(optimizer, 9, follow=True)
    update(optimizer)
    before = scheduler.state_dict(), rates_of(optimizer)
    for arguments in ((), (5,)):
        with pytest.raises(RuntimeError, match=r"follow=True.*Remove the call to scheduler\.step\(\)"):
            scheduler.step(*arguments)
    assert (scheduler.state_dict(), rates_of(optimizer)) == before
    update(optimizer)
    assert scheduler.last_epoch == 2


def test_optimizers_of_a_loop_each_have_their_own() -> None:
    """A lambda in the loop would step the last scheduler for all."""
    optimizers = [make_optimizer((0.1,)) for _ in range(3)]
    schedulers = [ScheduleLR(optimizer, LINE, follow=True) for optimizer in optimizers]
    for count, optimizer in enumerate(optimizers):
        for _ in range(count):
            update(optimizer)
    assert [scheduler.last_epoch for scheduler in schedulers] == [0, 1, 2]


def test_a_second_follower_is_refused_until_the_first_lets_go() -> None:
    """Two schedulers would take turns in writing the rate."""
    optimizer = make_optimizer()
    first = ScheduleLR(optimizer, LINE, follow=True)
    update(optimizer)
    with pytest.raises(ValueError, match=r"'follow' parameter .* another scheduler already follows .*unfollow\(\)"):
        ScheduleLR(optimizer, LINE, follow=True)
    first.unfollow()
    second = ScheduleLR(optimizer, la.Constant(0.1), follow=True)
    update(optimizer)
    assert (first.last_epoch, second.last_epoch, rates_of(optimizer)) == (1, 1, [0.1, 0.05])
    first.step()  # in the hands of the loop again
    assert first.last_epoch == 2


@pytest.mark.parametrize("by_parts", [False, True])
def test_sam_is_followed_through_the_optimizer_within(by_parts: bool) -> None:
    """One step for an update, by first_step and second_step as by step(closure); torch warns of no wrong order."""
    weight = parameter()
    optimizer = SAM([weight], lr=0.1)
    ScheduleLR(optimizer, LINE, follow=True)
    used = []
    for _ in range(4):
        used.append(rates_of(optimizer)[0])
        if by_parts:
            for part in (optimizer.first_step, optimizer.second_step):
                (weight**2).sum().backward()
                part()
        else:
            optimizer.step(lambda: (weight**2).sum().backward())
    assert used == [LINE(t) for t in range(4)]


def test_an_optimizer_whose_step_runs_no_hooks_is_followed_through_the_one_within() -> None:
    """Timm's Lookahead."""
    inner = torch.optim.SGD([parameter()], lr=0.1)
    scheduler = ScheduleLR(timm.optim.Lookahead(inner), LINE, follow=True)
    inner.param_groups[0]["params"][0].sum().backward()
    for _ in range(3):
        scheduler.optimizer.step()
    assert (scheduler.last_epoch, rates_of(inner)) == (3, [LINE(3)])


def test_updates_that_cannot_be_followed_are_refused() -> None:
    """Rather than leaving the rate at the peak forever; nothing is touched."""
    optimizer = Alone([parameter()], lr=0.1)
    with pytest.raises(
        ValueError, match=r"'follow' parameter of ScheduleLR must be False with Alone, .*scheduler\.step"
    ):
        ScheduleLR(optimizer, LINE, follow=True)
    assert "initial_lr" not in optimizer.param_groups[0]
    with pytest.raises(ValueError, match=r"'follow' parameter of ScheduleLR must be True or False\. Got 'yes'"):
        ScheduleLR(make_optimizer(), LINE, follow="yes")


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda scheduler: pickle.loads(pickle.dumps(scheduler))])
def test_a_copy_follows_the_copy_of_the_optimizer(copied: Any) -> None:
    """And not the original."""
    optimizer = make_optimizer()
    scheduler = ScheduleLR(optimizer, LINE, follow=True)
    update(optimizer)
    twin = copied(scheduler)
    update(twin.optimizer)
    assert (scheduler.last_epoch, twin.last_epoch) == (1, 2)
    with pytest.raises(RuntimeError, match="follow=True"):
        twin.step()


def test_the_optimizer_keeps_the_scheduler() -> None:
    """A scheduler that nothing else refers to keeps following."""
    optimizer = make_optimizer()
    ScheduleLR(optimizer, LINE, follow=True)
    gc.collect()
    update(optimizer)
    assert rates_of(optimizer)[0] == LINE(1)


def test_following_is_no_part_of_the_state() -> None:
    """A run may continue the other way, and cycles end where they should."""
    optimizer = make_optimizer((0.1,))
    scheduler = ScheduleLR(optimizer, la.CyclicalLogAnnealing(0.1, 4), follow=True)
    ended: list[int] = []
    scheduler.register_cycle_end_hook(ended.append)
    for _ in range(9):
        update(optimizer)
    assert ended == [0, 1]
    second = make_optimizer((0.1,))
    plain = ScheduleLR(second, la.CyclicalLogAnnealing(0.1, 4))
    plain.load_state_dict(scheduler.state_dict())
    assert (plain.last_epoch, rates_of(second)) == (9, rates_of(optimizer))


def test_a_compiled_step_is_followed() -> None:
    """The hook runs outside the compiled part."""
    weight = parameter()
    optimizer = torch.optim.SGD([weight], lr=torch.tensor(0.1))
    ScheduleLR(optimizer, LINE, follow=True)
    weight.sum().backward()
    step = torch.compile(lambda: optimizer.step(), backend="eager")
    for _ in range(3):
        step()
    assert weight.tolist() == pytest.approx([1 - sum(LINE(t) for t in range(3))] * 2)
