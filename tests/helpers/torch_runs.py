"""What the tests of the schedulers of PyTorch share: optimizers, runs, and every way to make a scheduler."""

import io
from collections.abc import Callable
from typing import Any

import torch
from torch.optim.lr_scheduler import LRScheduler

import loganneal as la
from loganneal.torch import CyclicalLogAnnealingLR, ScheduleLR

SCHEDULE = la.CyclicalLogAnnealing(max_lr=0.1, cycle_steps=3, min_lr=1e-4, cycle_mult=2, warmup_steps=4)
STEPS = 28  # with restarts at 4, 7, 13 and 25

Make = Callable[..., LRScheduler]

MAKERS: dict[str, Make] = {
    "one schedule": lambda optimizer, **more: ScheduleLR(optimizer, SCHEDULE, **more),
    "a list": lambda optimizer, **more: ScheduleLR(optimizer, [SCHEDULE, la.OneCycle(0.05, 20)], **more),
    "other values": lambda optimizer, **more: ScheduleLR(
        optimizer, SCHEDULE, values={"momentum": la.InverseMomentum(SCHEDULE, 0.8, 0.9)}, **more
    ),
    "restarts": lambda optimizer, **more: CyclicalLogAnnealingLR(optimizer, 3, 2, 1e-4, **more),
    "restarts with warmup": lambda optimizer, **more: CyclicalLogAnnealingLR(
        optimizer, 3, 2, 1e-4, warmup_steps=4, warmup_init_lr=1e-3, peak_decay=0.5, **more
    ),
}


def parameter() -> torch.nn.Parameter:
    return torch.nn.Parameter(torch.ones(2))


def make_optimizer(rates: tuple[Any, ...] = (0.1, 0.05)) -> torch.optim.Optimizer:
    return torch.optim.SGD([{"params": [parameter()], "lr": rate} for rate in rates], lr=0.1, momentum=0.9)


def rates_of(optimizer: torch.optim.Optimizer) -> list[float]:
    return [float(group["lr"]) for group in optimizer.param_groups]


def update(optimizer: torch.optim.Optimizer) -> None:
    """One step on a loss that is the sum of squares."""
    optimizer.zero_grad()
    sum((p**2).sum() for group in optimizer.param_groups for p in group["params"]).backward()
    optimizer.step()


def run(optimizer: torch.optim.Optimizer, scheduler: Any, steps: int) -> list[list[float]]:
    """The rates with which the updates are made."""
    used = []
    for _ in range(steps):
        used.append(rates_of(optimizer))
        update(optimizer)
        scheduler.step()
    return used


def weights_of(optimizer: torch.optim.Optimizer) -> list[list[float]]:
    return [p.tolist() for group in optimizer.param_groups for p in group["params"]]


def save_and_load(state: Any) -> Any:
    """Through a file, with the default of torch.load, which accepts numbers, strings, dictionaries and tensors."""
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file)
