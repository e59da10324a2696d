"""What a step of a scheduler that restarts costs in PyTorch, beside those of the libraries that have one.

    pip install pytorch-optimizer pytorch-scheduler
    python benchmarks/torch_peers.py

All follow cosine cycles of the same lengths, equal or doubling; the work is one call of ``step()``, in the 500 steps
after the one that is named. Each ratio is the median, over rounds, of two processor times measured one right after the
other, since machines are noisy. Rates are floats: both libraries replace tensors with floats, and give every group one
rate.
"""

import argparse
import importlib.metadata
import statistics
import time
from typing import Any

import pytorch_optimizer.lr_scheduler
import pytorch_scheduler
import torch
from torch.optim.lr_scheduler import CosineAnnealingWarmRestarts

import loganneal as la
from loganneal.torch import ScheduleLR

FIRST, PEAK, FLOOR = 50, 0.1, 1e-3
CALLS = 500


def optimizer(groups: int) -> torch.optim.Optimizer:
    """An optimizer with ``groups`` groups and the rate 0.1."""
    parameter_groups = [{"params": [torch.nn.Parameter(torch.zeros(1))]} for _ in range(groups)]
    return torch.optim.SGD(parameter_groups, lr=PEAK)


def begun(scheduler: Any) -> Any:
    """The scheduler, past its first calls, which check the order of steps."""
    scheduler.optimizer.step()
    scheduler.step()
    return scheduler


def contenders(groups: int, growth: int) -> dict[str, Any]:
    """The schedulers that are measured, ours first."""
    schedule = la.CyclicalCosineAnnealing(PEAK, FIRST, FLOOR, growth)
    names = {"cycle_mult": float(growth), "max_lr": PEAK, "min_lr": FLOOR, "gamma": 1.0}
    peers = {
        "torch": CosineAnnealingWarmRestarts(optimizer(groups), FIRST, growth, FLOOR),
        "pytorch_optimizer": pytorch_optimizer.lr_scheduler.CosineAnnealingWarmupRestarts(
            optimizer(groups), FIRST, **names
        ),
        "pytorch-scheduler": pytorch_scheduler.CosineAnnealingWarmupRestarts(optimizer(groups), FIRST, **names),
    }
    schedulers = {"ScheduleLR": ScheduleLR(optimizer(groups), schedule), **peers}
    return {name: begun(scheduler) for name, scheduler in schedulers.items()}


def seconds(scheduler: Any, start: int, calls: int) -> float:
    """The time of a call, averaged over many from a step on."""
    scheduler.step(start)
    step = scheduler.step
    started = time.process_time()
    for _ in range(calls):
        step()
    return (time.process_time() - started) / calls


def measure(groups: int, growth: int, start: int, rounds: int) -> dict[str, float]:
    """The median ratio of each contender to ours, and the microseconds of a step of ours."""
    peers = contenders(groups, growth)
    calls = {name: CALLS if seconds(peer, start, 3) < 1e-4 else 10 for name, peer in peers.items()}
    times = [{name: seconds(peer, start, calls[name]) for name, peer in peers.items()} for _ in range(rounds)]
    ratios = {name: statistics.median(row[name] / row["ScheduleLR"] for row in times) for name in peers}
    return {**ratios, "ScheduleLR": 1e6 * statistics.median(row["ScheduleLR"] for row in times)}


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=51)
    rounds = parser.parse_args().rounds
    names = list(contenders(1, 1))
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names[2:])
    print(f"torch {torch.__version__}, {versions}, {rounds} rounds")
    print("\nScheduleLR in microseconds a step, the others as ratios to it; cycles of 50 steps, or doubling from 50\n")
    print("| cycles | groups | step |", " | ".join(names), "|")
    print("| --- " * (3 + len(names)) + "|")
    for growth, kind in ((1, "equal"), (2, "doubling")):
        for start in (10, 1_000, 1_000_000):
            for groups in (1, 10, 100):
                row = measure(groups, growth, start, rounds)
                print(f"| {kind} | {groups} | {start:g} |", " | ".join(f"{row[name]:.2f}" for name in names), "|")


if __name__ == "__main__":
    main()
