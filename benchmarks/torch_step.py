"""What a step of a scheduler costs in PyTorch, as a ratio to CosineAnnealingWarmRestarts measured beside it.

    python benchmarks/torch_step.py

Each number is the median, over rounds, of the ratio of two times measured one right after the other, since machines
are noisy. The schedulers do the same work: one call of ``step()``, on 1, 10 and 100 parameter groups whose rates are
floats or tensors, equal or different, near step 10 and near step 1e9.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import timm.scheduler
import torch
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts

import loganneal as la
from loganneal.torch import CyclicalLogAnnealingLR, ScheduleLR

FIRST, GROWTH = 50, 2
Step = Callable[[], Any]


def optimizer(groups: int, tensors: bool, different: bool) -> torch.optim.Optimizer:
    """An optimizer with ``groups`` groups; the first has the rate 0.1."""
    rates: list[Any] = [0.1 / (1 + index * different) for index in range(groups)]
    if tensors:
        rates = [torch.tensor(rate) for rate in rates]
    parameter_groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": rate} for rate in rates]
    return torch.optim.SGD(parameter_groups, lr=0.1)


def stepper(scheduler: Any, start: int) -> Step:
    """The step of a torch scheduler that is at ``start``, past its first calls."""
    scheduler.optimizer.step()
    scheduler.step()
    scheduler.step(start)
    return scheduler.step


def timm_stepper(owner: torch.optim.Optimizer, start: int) -> Step:
    """The step of timm's cosine with restarts, which is given the number of the update."""
    scheduler = timm.scheduler.CosineLRScheduler(owner, FIRST, cycle_mul=GROWTH, cycle_limit=100, t_in_epochs=False)
    position = start

    def step() -> None:
        nonlocal position
        position += 1
        scheduler.step_update(position)

    return step


def contenders(groups: int, tensors: bool, different: bool, start: int) -> dict[str, Step]:
    """The schedulers that are measured, the reference first."""
    fresh = [optimizer(groups, tensors, different) for _ in range(5)]
    equal = la.CyclicalLogAnnealing(0.1, FIRST)
    growing = la.CyclicalLogAnnealing(0.1, FIRST, cycle_mult=GROWTH)
    return {
        "torch": stepper(CosineAnnealingWarmRestarts(fresh[0], FIRST, GROWTH), start),
        "CyclicalLogAnnealingLR": stepper(CyclicalLogAnnealingLR(fresh[1], FIRST, GROWTH), start),
        "ScheduleLR": stepper(ScheduleLR(fresh[2], growing), start),
        "ScheduleLR, equal cycles": stepper(ScheduleLR(fresh[3], equal), start),
        "timm": timm_stepper(fresh[4], start),
    }


def seconds(step: Step, calls: int) -> float:
    """The time of ``calls`` calls."""
    started = time.perf_counter()
    for _ in range(calls):
        step()
    return time.perf_counter() - started


def measure(groups: int, tensors: bool, different: bool, start: int, rounds: int) -> dict[str, float]:
    """The median ratio of each contender to the reference, and the microseconds of a step of the reference."""
    steps = contenders(groups, tensors, different, start)
    calls = 4_000 // groups if not tensors else 1_000 // groups
    times = [{name: seconds(step, calls) for name, step in steps.items()} for _ in range(rounds)]
    ratios = {name: statistics.median(row[name] / row["torch"] for row in times) for name in steps}
    return {**ratios, "torch": 1e6 * statistics.median(row["torch"] for row in times) / calls}


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=25)
    rounds = parser.parse_args().rounds
    names = list(contenders(1, False, False, 10))
    print(f"torch {torch.__version__}, {rounds} rounds; torch in microseconds a step, the others as ratios to it\n")
    print("| groups | rates | step |", " | ".join(names), "|")
    print("| --- " * (3 + len(names)) + "|")
    for start in (10, 10**9):
        for groups in (1, 10, 100):
            for tensors, different in ((False, False), (False, True), (True, True)):
                row = measure(groups, tensors, different, start, rounds)
                kind = ("tensors" if tensors else "floats") + (", different" if different else ", equal")
                print(f"| {groups} | {kind} | {start:g} |", " | ".join(f"{row[name]:.2f}" for name in names), "|")


if __name__ == "__main__":
    main()
