"""Under torch.compile: restarts recompile nothing, and compiled code uses the current rate."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch._dynamo.testing import CompileCounter
from torch.optim.lr_scheduler import LRScheduler

import loganneal as la
from loganneal.torch import CyclicalLogAnnealingLR, ScheduleLR

STEPS, CYCLE = 200, 20
SCHEDULE = la.CyclicalLogAnnealing(0.1, CYCLE, 1e-4)
DECAY, MOMENTUM = la.Scale(SCHEDULE, 0.1), la.InverseMomentum(SCHEDULE)

Optimizer = torch.optim.Optimizer
Parameters = list[torch.nn.Parameter]

OPTIMIZERS: dict[str, Callable[[Parameters], Optimizer]] = {
    "SGD": lambda p: torch.optim.SGD(p, lr=torch.tensor(0.1)),
    "Adam": lambda p: torch.optim.Adam(p, lr=torch.tensor(0.1)),
    "RMSprop": lambda p: torch.optim.RMSprop(p, lr=torch.tensor(0.1)),
}
SCHEDULERS: dict[str, Callable[[Optimizer], LRScheduler]] = {
    "ScheduleLR": lambda optimizer: ScheduleLR(optimizer, SCHEDULE),
    "CyclicalLogAnnealingLR": lambda optimizer: CyclicalLogAnnealingLR(optimizer, CYCLE, eta_min=1e-4),
}


def train(
    make: Callable[[Parameters], Optimizer], schedule: Callable[[Optimizer], LRScheduler], compiled: bool
) -> tuple[torch.Tensor, list[int]]:
    """The weight after 200 updates, with ten cycles, and how many graphs there were after each."""
    torch._dynamo.reset()
    counter = CompileCounter()  # runs the graphs as they are, so that no compiler of C++ is needed
    weight = torch.nn.Parameter(torch.ones(3))
    optimizer = make([weight])
    scheduler = schedule(optimizer)
    update = torch.compile(optimizer.step, backend=counter) if compiled else optimizer.step
    graphs = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        (weight**2).sum().backward()
        update()
        scheduler.step()
        graphs.append(counter.frame_count)
    return weight.detach(), graphs


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
@pytest.mark.parametrize("schedule", SCHEDULERS.values(), ids=SCHEDULERS)
def test_a_tensor_rate_compiles_once_over_restarts(
    make: Callable[[Parameters], Optimizer], schedule: Callable[[Optimizer], LRScheduler]
) -> None:
    """One graph for 200 updates and ten cycles, which trains as the optimizer does without it."""
    weight, graphs = train(make, schedule, compiled=True)
    assert graphs == [1] * STEPS
    torch.testing.assert_close(weight, train(make, schedule, compiled=False)[0], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("schedule", SCHEDULERS.values(), ids=SCHEDULERS)
@pytest.mark.parametrize("rate", [0.1, torch.tensor(0.1)], ids=["float", "tensor"])
def test_nothing_is_compiled_after_the_second_update(rate: Any, schedule: Callable[[Optimizer], LRScheduler]) -> None:
    """SGD makes its momentum at the first; of a float torch sees there that it changes."""

    def make(parameters: Parameters) -> Optimizer:
        return torch.optim.SGD(parameters, lr=rate if isinstance(rate, float) else rate.clone(), momentum=0.9)

    weight, graphs = train(make, schedule, compiled=True)
    assert graphs == [1] + [2] * (STEPS - 1)
    torch.testing.assert_close(weight, train(make, schedule, compiled=False)[0], rtol=1e-5, atol=1e-7)


def test_capturable_compiles_once() -> None:
    """Adam with capturable=True, which on this processor torch permits only under compilation."""

    def make(parameters: Parameters) -> Optimizer:
        return torch.optim.Adam(parameters, lr=torch.tensor(0.1), capturable=True)

    weight, graphs = train(make, SCHEDULERS["ScheduleLR"], compiled=True)
    assert graphs == [1] * STEPS
    torch.testing.assert_close(
        weight, train(OPTIMIZERS["Adam"], SCHEDULERS["ScheduleLR"], compiled=False)[0], rtol=1e-4, atol=1e-6
    )


def test_betas_of_tensors_compile_once() -> None:
    """The first beta by a schedule too, filled in place."""

    def make(parameters: Parameters) -> Optimizer:
        betas = torch.tensor(0.95), torch.tensor(0.99)
        return torch.optim.Adam(parameters, lr=torch.tensor(0.1), betas=betas, foreach=False)

    def schedule(optimizer: Optimizer) -> LRScheduler:
        return ScheduleLR(optimizer, SCHEDULE, values={"momentum": MOMENTUM})

    weight, graphs = train(make, schedule, compiled=True)
    assert graphs == [1] * STEPS
    torch.testing.assert_close(weight, train(make, schedule, compiled=False)[0], rtol=1e-5, atol=1e-7)


def test_other_values_that_are_floats_compile_twice() -> None:
    """Weight decay, for which AdamW takes no tensor, and the first beta: never again after the second update."""

    def make(parameters: Parameters) -> Optimizer:
        return torch.optim.AdamW(parameters, lr=torch.tensor(0.1), betas=(0.95, 0.99), weight_decay=0.01)

    def schedule(optimizer: Optimizer) -> LRScheduler:
        return ScheduleLR(optimizer, SCHEDULE, values={"momentum": MOMENTUM, "weight_decay": DECAY})

    weight, graphs = train(make, schedule, compiled=True)
    assert graphs == [1] + [2] * (STEPS - 1)
    torch.testing.assert_close(weight, train(make, schedule, compiled=False)[0], rtol=1e-5, atol=1e-7)


def test_a_whole_compiled_update_is_not_compiled_anew_at_restarts() -> None:
    """Forward, backward and the optimizer's step in one compiled function."""
    torch._dynamo.reset()
    counter = CompileCounter()
    weight = torch.nn.Parameter(torch.ones(3))
    optimizer = torch.optim.Adam([weight], lr=torch.tensor(0.1))
    scheduler = ScheduleLR(optimizer, SCHEDULE)

    @torch.compile(backend=counter)
    def update() -> None:
        (weight**2).sum().backward()
        optimizer.step()
        optimizer.zero_grad()

    graphs = []
    for _ in range(STEPS):
        update()
        scheduler.step()
        graphs.append(counter.frame_count)
    assert graphs == [graphs[0]] * STEPS
