"""Small real runs for the diagnosis: failures planted by their cause, and healthy runs at the same budget.

One CSV per run, with a row for every step, in the archive of `planted_logs.py`; runs that are already there are not
repeated.

LOGANNEAL_DATA=~/data python experiments/diagnosis_runs.py
"""

import csv
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from diagnosis_tasks import TASKS, Data, Setting
from planted_logs import pack_logs, unpack_logs
from torch import Tensor, nn
from torch.nn import functional

import loganneal as la

STEPS = 240
WARMUP = 12
EVALUATED_EVERY = 10
TOO_HIGH = 50.0
"""The peak of an unstable run over the healthy one."""
TOO_LOW = 0.01
"""The peak of a run that learns little, and has none of the failures; noise must not look like one."""
TOO_STEEP = 1e4
"""The base of a run that decays too fast."""
CUT = 0.15
"""Where in its last cycle the budget of a run that ends at a high rate is cut."""
SHORT = 1 / 3
"""A cycle that is too short, in epochs."""

Build = Callable[[Setting], la.Schedule]


class Case(NamedTuple):
    """One kind of run: its schedule, how many seeds it is run with, and whether the training set is tiny."""

    name: str
    schedule: Build
    seeds: int
    tiny: bool = False

    @property
    def healthy(self) -> bool:
        """Whether nothing is planted in it."""
        return self.name.startswith("healthy")


def cla(peak: float, base: float = 10.0, cycles: int = 2) -> la.Schedule:
    """Cyclical Log Annealing whose last cycle ends with the budget."""
    return la.CyclicalLogAnnealing.fit(max_lr=peak, total_steps=STEPS, cycles=cycles, warmup_steps=WARMUP, base=base)


def cut(peak: float) -> la.Schedule:
    """Two cycles that would end with the budget, made so short that a third one begins and is cut."""
    return la.CyclicalLogAnnealing(max_lr=peak, cycle_steps=int((STEPS - WARMUP) / (2 + CUT)), warmup_steps=WARMUP)


def short(setting: Setting) -> la.Schedule:
    """Whole cycles of about a third of an epoch."""
    return cla(setting.peak, cycles=round((STEPS - WARMUP) / (SHORT * setting.steps_per_epoch)))


def sgdr(peak: float) -> la.Schedule:
    """Two cycles of a cosine."""
    return la.CyclicalCosineAnnealing.fit(max_lr=peak, total_steps=STEPS, cycles=2, warmup_steps=WARMUP)


CASES = (
    Case("healthy-cla", lambda setting: cla(setting.peak), 5),
    Case("healthy-cosine", lambda setting: la.Warmup(la.Cosine(setting.peak, STEPS - WARMUP), WARMUP), 2),
    Case("healthy-linear", lambda setting: la.Warmup(la.Linear(setting.peak, STEPS - WARMUP), WARMUP), 2),
    Case("healthy-sgdr", lambda setting: sgdr(setting.peak), 2),
    Case("healthy-one-cycle", lambda setting: la.OneCycle(setting.peak, STEPS), 2),
    Case("unstable", lambda setting: cla(TOO_HIGH * setting.peak), 3),
    Case("decay-too-fast", lambda setting: cla(setting.peak, base=TOO_STEEP), 3),
    Case("cycles-too-short", short, 3),
    Case("ends-at-a-high-rate", lambda setting: cut(setting.peak), 3),
    Case("too-low", lambda setting: cla(TOO_LOW * setting.peak), 2),
    Case("overfitting", lambda setting: cla(setting.peak), 3, tiny=True),
)


def main() -> None:
    """Run what is missing, the seeds of all cases in turn, so that an early stop leaves a whole picture."""
    torch.set_num_threads(1)
    root = Path(os.environ["LOGANNEAL_DATA"])
    wanted = sys.argv[1:] or list(TASKS)
    with tempfile.TemporaryDirectory() as name:
        logs = Path(name)
        unpack_logs(logs)
        for task, case, seed in in_turn(wanted):
            path = log_path(logs, task, case, seed)
            if not path.exists():
                run(task, case, seed, root, path)
                pack_logs(logs)


def in_turn(tasks: Sequence[str]) -> Iterator[tuple[str, Case, int]]:
    """The runs of some tasks, a seed of every case before the next seed."""
    for seed in range(max(case.seeds for case in CASES)):
        yield from ((task, case, seed) for task in tasks for case in CASES if seed < case.seeds)


def log_path(logs: Path, task: str, case: Case, seed: int) -> Path:
    """Where the log of a run is, in a folder of logs."""
    return logs / task / f"{case.name}-{seed}.csv"


def run(task: str, case: Case, seed: int, root: Path, path: Path) -> None:
    """Train once and write the log."""
    started, setting = time.perf_counter(), TASKS[task]
    data = setting.load(root, seed)
    train = data.train[: setting.tiny] if case.tiny else data.train
    rows = list(fit(setting, data._replace(train=train), case.schedule(setting), seed))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("step", "lr", "loss", "grad_norm", "validation_loss", "validation_score"))
        writer.writerows([format(value, ".5g") for value in row] for row in rows)
    last = " ".join(format(value, ".4g") for value in rows[-1])
    print(f"{task} {case.name} {seed}: {time.perf_counter() - started:.1f} s, last row {last}", flush=True)


def fit(setting: Setting, data: Data, schedule: la.Schedule, seed: int) -> Iterator[tuple[float, ...]]:
    """A plain training loop; it ends with the first loss that is not finite."""
    torch.manual_seed(seed)
    network = setting.network()
    optimizer = setting.optimizer(network.parameters())
    batches = endless(len(data.train), setting.batch_size, torch.Generator().manual_seed(seed))
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = schedule(step)
        chosen = data.train[next(batches)]
        loss = update(network, optimizer, *data.examples(chosen))
        measured = evaluate(network, data) if (step + 1) % EVALUATED_EVERY == 0 else ()
        yield (step + 1, schedule(step), *loss, *measured)
        if not math.isfinite(loss[0]):
            return


def update(network: nn.Module, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor) -> tuple[float, float]:
    """One step; the loss and the norm of its gradient."""
    network.train()
    optimizer.zero_grad()
    loss = functional.cross_entropy(network(x), y)
    loss.backward()
    norm = nn.utils.get_total_norm([p.grad for p in network.parameters() if p.grad is not None])
    optimizer.step()
    return loss.item(), norm.item()


@torch.no_grad()
def evaluate(network: nn.Module, data: Data) -> tuple[float, float]:
    """Mean loss and accuracy on the validation examples."""
    network.eval()
    x, y = data.examples(data.validation)
    scores = network(x)
    return functional.cross_entropy(scores, y).item(), (scores.argmax(1) == y).double().mean().item()


def endless(total: int, batch_size: int, generator: torch.Generator) -> Iterator[Tensor]:
    """Batches of indices, every epoch in a new order, an incomplete last batch left out unless it is all there is."""
    while True:
        order = torch.randperm(total, generator=generator)
        whole = max(total // batch_size, 1)
        yield from order.split(batch_size)[:whole]


if __name__ == "__main__":
    main()
