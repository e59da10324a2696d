"""A training of seconds that the tests of every framework share: the schedule, the data, the model, the optimizer."""

from typing import Any

import torch

import loganneal as la
from loganneal.torch import ScheduleLR

SCHEDULE = la.CyclicalLogAnnealing(max_lr=0.1, cycle_steps=4, cycle_mult=2, warmup_steps=2)
"""Cycles begin at steps 2, 6 and 14."""


def rates(stop: int, start: int = 0) -> list[float]:
    return [SCHEDULE(step) for step in range(start, stop)]


def inputs(count: int = 28) -> torch.Tensor:
    return torch.randn(count, 4, generator=torch.Generator().manual_seed(1))


def linear() -> torch.nn.Linear:
    layer = torch.nn.Linear(4, 1, bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.linspace(-1, 1, 4))
    return layer


def loss(model: torch.nn.Module, batch: torch.Tensor) -> torch.Tensor:
    return (model(batch) - batch.sum(1, keepdim=True)).square().mean()


def scheduled(
    model: torch.nn.Module, schedule: la.Schedule = SCHEDULE, **options: Any
) -> tuple[torch.optim.Optimizer, ScheduleLR]:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.5)
    return optimizer, ScheduleLR(optimizer, schedule, **options)
