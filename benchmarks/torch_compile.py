"""How many graphs torch.compile makes over 200 updates with restarts, ours beside CosineAnnealingWarmRestarts.

    python benchmarks/torch_compile.py

The optimizer's step is compiled, with rates that are floats or tensors, and other values of the groups by schedules.
The graphs are run as they are traced, so that no compiler is needed: what is counted is how often torch traces.
"""

import argparse
from collections.abc import Callable
from typing import Any

import torch
from torch._dynamo.testing import CompileCounter
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts

import loganneal as la
from loganneal.torch import CyclicalLogAnnealingLR, ScheduleLR

CYCLE = 20
SCHEDULE = la.CyclicalLogAnnealing(0.1, CYCLE)
VALUES = {"weight_decay": la.Scale(SCHEDULE, 0.1), "momentum": la.InverseMomentum(SCHEDULE)}

OPTIMIZERS: dict[str, Callable[[Any, Any], torch.optim.Optimizer]] = {
    "SGD": lambda parameters, rate: torch.optim.SGD(parameters, rate),
    "SGD, momentum 0.95, weight decay": lambda parameters, rate: torch.optim.SGD(parameters, rate, 0.95, 0, 0.01),
    "AdamW": lambda parameters, rate: torch.optim.AdamW(parameters, rate, (0.95, 0.999), weight_decay=0.01),
    "AdamW, capturable": lambda parameters, rate: torch.optim.AdamW(
        parameters, rate, (0.95, 0.999), weight_decay=0.01, capturable=True
    ),
}
SCHEDULERS: dict[str, Callable[[torch.optim.Optimizer], Any]] = {
    "CosineAnnealingWarmRestarts": lambda optimizer: CosineAnnealingWarmRestarts(optimizer, CYCLE),
    "CyclicalLogAnnealingLR": lambda optimizer: CyclicalLogAnnealingLR(optimizer, CYCLE),
    "ScheduleLR": lambda optimizer: ScheduleLR(optimizer, SCHEDULE),
    "ScheduleLR, momentum and weight decay too": lambda optimizer: ScheduleLR(optimizer, SCHEDULE, values=VALUES),
}


def graphs(optimizer: torch.optim.Optimizer, weight: torch.nn.Parameter, scheduler: Any, updates: int) -> str:
    """The graphs after all updates, and after which update the last of them came."""
    torch._dynamo.reset()
    counter = CompileCounter()
    step = torch.compile(optimizer.step, backend=counter)
    last = 0
    for update in range(1, updates + 1):
        before = counter.frame_count
        optimizer.zero_grad()
        (weight**2).sum().backward()
        step()
        scheduler.step()
        last = update if counter.frame_count > before else last
    return f"{counter.frame_count} (update {last})"


def cell(make: Callable[..., Any], schedule: Callable[..., Any], tensor: bool, updates: int) -> str:
    """One number of the table; a dash where the optimizer has no momentum or weight decay to schedule."""
    weight = torch.nn.Parameter(torch.ones(3))
    optimizer = make([weight], torch.tensor(0.1) if tensor else 0.1)
    try:
        return graphs(optimizer, weight, schedule(optimizer), updates)
    except ValueError:
        return "-"


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--updates", type=int, default=200)
    updates = parser.parse_args().updates
    print(
        f"torch {torch.__version__}; graphs over {updates} updates in cycles of {CYCLE}, and the update of the last\n"
    )
    print("| optimizer | rate |", " | ".join(SCHEDULERS), "|")
    print("| --- " * (2 + len(SCHEDULERS)) + "|")
    for name, make in OPTIMIZERS.items():
        for tensor in (False, True):
            cells = [cell(make, schedule, tensor, updates) for schedule in SCHEDULERS.values()]
            print(f"| {name} | {'tensor' if tensor else 'float'} |", " | ".join(cells), "|")


if __name__ == "__main__":
    main()
