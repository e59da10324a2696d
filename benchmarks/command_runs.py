"""What a study adds to the runs of a command: to start and end one, and to each update that is watched and reported.

python benchmarks/command_runs.py
"""

import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

import loganneal as la
from loganneal.runs.command_spec import CommandSpec
from loganneal.studies.engines import InProcess
from loganneal.studies.engines.run_place import RunPlace

ROUNDS, UPDATES = 30, 20_000
SCRIPT = 'printf "step,lr,validation\\n10,0.1,0.5\\n" > "$1/report.csv"'


Work = Callable[[la.Trial, Any, int], Any]
"""One update of a training."""


def spec(folder: Path, seed: int) -> CommandSpec:
    """A run of a shell script that does nothing but report."""
    return CommandSpec(
        workload="nothing",
        schedule=la.Constant(0.1),
        steps=10,
        seed=seed,
        split_seed=seed,
        cwd=str(folder),
        command=("sh", "-c", SCRIPT, "sh", "${out}"),
        folder=str(folder / "runs"),
    )


def seconds(work: Callable[[], Any]) -> float:
    """The seconds of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def of_a_run(folder: Path) -> float:
    """Seconds that a study adds to a run, the median over rounds in which the bare command is run beside it."""
    added = []
    for seed in range(ROUNDS):
        managed = seconds(lambda seed=seed: list(InProcess().run([spec(folder, seed)])))
        bare = seconds(lambda: subprocess.run(["sh", "-c", SCRIPT, "sh", str(folder)], check=True))
        added.append(managed - bare)
    return statistics.median(added)


def of_an_update(folder: Path, work: Work) -> float:
    """By how many seconds an update takes longer in a study than by itself."""
    place = RunPlace(spec(folder, ROUNDS))
    place.prepare()
    return _update(la.trial(la.Constant(0.1), path=place.trial), work) - _update(la.trial(la.Constant(0.1)), work)


def _update(trial: la.Trial, work: Work) -> float:
    parameter = torch.nn.Parameter(torch.zeros(1))
    parameter.grad = torch.zeros(1)
    optimizer = trial.watch(torch.optim.SGD([parameter], lr=0.1))
    return seconds(lambda: [work(trial, optimizer, step) for step in range(UPDATES)]) / UPDATES


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run = of_a_run(folder)
        watched = of_an_update(folder, lambda _, optimizer, step: optimizer.step())
        reported = of_an_update(folder, lambda trial, _, step: trial.report(step, lr=0.1, loss=1.0))
    print("| What a study adds | Milliseconds |\n| --- | ---: |")
    print(f"| to a run, to start and end it | {1000 * run:.0f} |")
    print(f"| to an update whose optimizer is watched | {1000 * watched:.4f} |")
    print(f"| to an update that reports its rate and loss | {1000 * reported:.4f} |")


if __name__ == "__main__":
    main()
