"""With a GradScaler, which skips updates whose gradients are not finite."""

from typing import Any

import pytest
import torch
from torch.optim.lr_scheduler import ExponentialLR
from torch_runs import SCHEDULE, make_optimizer, rates_of, run

import loganneal as la
from loganneal.torch import CyclicalLogAnnealingLR, ScheduleLR

SKIPPED = {0, 1, 5, 12, 13}


def scaled_update(optimizer: torch.optim.Optimizer, scaler: torch.amp.GradScaler, overflows: bool) -> bool:
    """An update by the scaler, and whether it was made."""
    optimizer.zero_grad()
    loss = sum(((p**2).sum() for group in optimizer.param_groups for p in group["params"]), torch.tensor(0.0))
    scaler.scale(loss * float("inf") if overflows else loss).backward()
    scaler.step(optimizer)
    before = scaler.get_scale()
    scaler.update()
    return scaler.get_scale() >= before


@pytest.mark.parametrize("make", [lambda o: ScheduleLR(o, SCHEDULE), lambda o: CyclicalLogAnnealingLR(o, 3, 2)])
def test_the_rate_waits_where_the_scheduler_does(make: Any) -> None:
    """The usual pattern, a scheduler's step for each update that was made, gives them the rates 0, 1, 2, ...

    Torch warns of a wrong order at none of them, though the first updates are skipped.
    """
    optimizer, plain = make_optimizer((0.1,)), make_optimizer((0.1,))
    scheduler, scaler = make(optimizer), torch.amp.GradScaler("cpu", init_scale=1024.0)
    used = []
    for i in range(30):
        rates = rates_of(optimizer)
        if scaled_update(optimizer, scaler, overflows=i in SKIPPED):
            used.append(rates)
            scheduler.step()
    assert used == run(plain, make(plain), 25)
    assert scheduler.last_epoch == 25
    resumed = make(make_optimizer((0.1,)))
    resumed.load_state_dict(scheduler.state_dict())
    assert rates_of(resumed.optimizer) == rates_of(optimizer)


def test_the_rate_follows_the_schedulers_own_count() -> None:
    """Stepped with every batch, whether its update is made or not, it advances with every batch."""
    optimizer = make_optimizer((0.1,))
    scheduler, scaler = ScheduleLR(optimizer, SCHEDULE), torch.amp.GradScaler("cpu", init_scale=1024.0)
    for i in range(30):
        assert rates_of(optimizer) == [SCHEDULE(i)]
        scaled_update(optimizer, scaler, overflows=i in SKIPPED - {0, 1})
        scheduler.step()


def test_a_first_step_without_an_update_is_warned_of_as_by_torch() -> None:
    """Which cannot know that a scaler skipped it; the pattern above has no such step."""
    for make in (lambda o: ScheduleLR(o, SCHEDULE), lambda o: ExponentialLR(o, 0.9)):
        optimizer = make_optimizer((0.1,))
        scheduler, scaler = make(optimizer), torch.amp.GradScaler("cpu", init_scale=1024.0)
        assert not scaled_update(optimizer, scaler, overflows=True)
        with pytest.warns(UserWarning, match="before `optimizer.step"):
            scheduler.step()
        scaled_update(optimizer, scaler, overflows=True)
        scheduler.step()  # once is enough


def test_cycles_end_once_where_their_last_update_is_skipped() -> None:
    """The hook is called by the scheduler's step, which comes when the update is made."""
    optimizer = make_optimizer((0.1,))
    scheduler = ScheduleLR(optimizer, la.CyclicalLogAnnealing(0.1, 3))
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    ended = []
    scheduler.register_cycle_end_hook(lambda cycle: ended.append((cycle, i)))
    for i in range(10):
        if scaled_update(optimizer, scaler, overflows=i in {2, 3}):
            scheduler.step()
    assert ended == [(0, 4), (1, 7)]
