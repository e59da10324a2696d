"""Runs an hour of each engine: one after the other, in local processes, and on Ray, with one thread a run.

python benchmarks/study_speed.py [RUNS [STEPS]]

The first run of each worker is not counted: the clock starts when all have ended, with torch and the data loaded. A run
of 2,000 steps takes about 20 seconds. Ray's cluster is on this machine, with as many processors as there are workers.
"""

import os
import sys
import time
from typing import NamedTuple

from loganneal.lab.spec import RunSpec
from loganneal.studies.comparison import declare
from loganneal.studies.engines import Engine, Failure, InProcess, LocalProcesses, OnRay

WORKERS = 2


class Timing(NamedTuple):
    """How long an engine took, and what its runs took by themselves."""

    wall: float
    training: float


def specs(count: int, steps: int) -> list[RunSpec]:
    """Different runs of one length."""
    comparison = declare("digits", arms=("cosine", "linear"), trials=1, replicates=(count + 1) // 2, steps=steps)
    return [run.spec for run in comparison.plan()][:count]


def measure(engine: Engine, workers: int, runs: int, steps: int) -> Timing:
    """Train one run for each worker, and then `runs` of them by the clock."""
    started, training = 0.0, 0.0
    for number, (_, outcome) in enumerate(engine.run(specs(workers + runs, steps)), 1):
        if isinstance(outcome, Failure):
            raise RuntimeError(outcome.message)
        if number == workers:
            started = time.perf_counter()
        elif number > workers:
            training += outcome.seconds
    return Timing(time.perf_counter() - started, training)


def report(name: str, workers: int, runs: int, timing: Timing) -> None:
    """Print one engine's line."""
    idle = 1 - timing.training / (workers * timing.wall)
    print(
        f"{name:20} {timing.wall:6.1f} s, {3600 * runs / timing.wall:5.0f} runs an hour, training in a run "
        f"{timing.training / runs:5.1f} s, workers not training {idle:5.1%} of the time",
        flush=True,
    )


def main() -> None:
    """Print the numbers."""
    import ray

    runs, steps = (*map(int, sys.argv[1:]), *(8, 2000)[len(sys.argv) - 1 :])
    ray.init(num_cpus=WORKERS, include_dashboard=False, log_to_driver=False, logging_level="error")
    engines: dict[str, tuple[Engine, int]] = {
        "one after the other": (InProcess(), 1),
        "local": (LocalProcesses(WORKERS), WORKERS),
        "ray": (OnRay(), WORKERS),
    }
    print(f"{runs} runs of {steps} steps, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before")
    walls = {}
    for name, (engine, workers) in engines.items():
        timing = measure(engine, workers, runs, steps)
        report(name, workers, runs, timing)
        walls[name] = timing.wall
    print(f"local over one after the other: {walls['one after the other'] / walls['local']:.2f}")
    print(f"overhead of Ray over local: {walls['ray'] / walls['local'] - 1:+.1%}")


if __name__ == "__main__":
    main()
