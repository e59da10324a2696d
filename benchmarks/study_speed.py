"""Runs per hour of the engines with one thread per run, and what an engine costs besides the training itself.

python benchmarks/study_speed.py [ROUNDS [STEPS [PAIRS]]]

First the cost: one worker, short runs, and the time of each that is not training. Then, in every round, two timed runs
per worker: one after the other, in local processes, and on Ray. Last, in every pair, two runs per worker in local
processes and on Ray, each of them first in turn, for Ray's overhead with an interval. The first run of each worker is
never counted: the clock starts when all have ended, with torch and the data loaded. Ray's cluster is on this machine,
with as many processors as workers. Ratios are within a round or a pair. A run of 3,000 steps takes about 20 seconds on
a free processor.
"""

import logging
import os
import statistics
import sys
import time
from typing import NamedTuple

import numpy as np
import ray
from scipy import stats

from loganneal.runs.spec import RunSpec
from loganneal.studies.declare.comparison import declare
from loganneal.studies.engines import Engine, Failure, InProcess, LocalProcesses, OnRay

WORKERS = 2
LONG = 20.0
"""Seconds of the run that costs are compared with."""


class Timing(NamedTuple):
    """Means over the runs that count: seconds between two results, times workers, and seconds of training."""

    wall: float
    training: float


def specs(count: int, steps: int) -> list[RunSpec]:
    """Different runs of one length."""
    comparison = declare("digits", arms=("cosine", "linear"), trials=1, replicates=(count + 1) // 2, steps=steps)
    return [run.spec for run in comparison.plan()][:count]


def measure(engine: Engine, workers: int, runs: int, steps: int) -> Timing:
    """Train one run for each worker, and then time `runs` more."""
    started, training = 0.0, 0.0
    for number, (_, outcome) in enumerate(engine.run(specs(workers + runs, steps)), 1):
        if isinstance(outcome, Failure):
            raise RuntimeError(outcome.message)
        if number == workers:
            started = time.perf_counter()
        elif number > workers:
            training += outcome.seconds
    return Timing(workers * (time.perf_counter() - started) / runs, training / runs)


def start_ray(processors: int) -> None:
    """Start a cluster on this machine."""
    ray.shutdown()
    ray.init("local", num_cpus=processors, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)


def costs(rounds: int) -> None:
    """Print what a run takes besides its training in a local process and on Ray."""
    start_ray(1)
    engines: dict[str, Engine] = {"local": LocalProcesses(1), "ray": OnRay()}
    beside: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(rounds):
        for name, engine in engines.items():
            timing = measure(engine, 1, 8, 100)
            beside[name].append(timing.wall - timing.training)
    for name, values in beside.items():
        print(f"beside training, {name:6} {', '.join(f'{value:.3f}' for value in values)} s a run")
    more = statistics.median(beside["ray"]) - statistics.median(beside["local"])
    print(f"Ray's overhead on a run of {LONG:g} s: {more / LONG:+.2%} (medians)", flush=True)


def gains(rounds: int, steps: int) -> None:
    """Print the runs an hour of each engine, and how much more local processes and Ray do."""
    start_ray(WORKERS)
    engines: dict[str, tuple[Engine, int]] = {
        "one after the other": (InProcess(), 1),
        "local": (LocalProcesses(WORKERS), WORKERS),
        "ray": (OnRay(), WORKERS),
    }
    for _ in range(rounds):
        found = {}
        for name, (engine, workers) in engines.items():
            load = os.getloadavg()[0]
            timing = measure(engine, workers, 2 * workers, steps)
            found[name] = 3600 * workers / timing.wall
            hourly = f"{found[name]:4.0f} runs an hour, training {timing.training:4.1f} s"
            print(f"{name:20} {hourly} a run, load before {load:.1f}")
        ratios = [f"{name} {found[name] / found['one after the other']:.2f}" for name in ("local", "ray")]
        print(f"over one after the other: {', '.join(ratios)}", flush=True)


def overhead(pairs: int, steps: int) -> None:
    """Print how much longer runs take on Ray than in local processes: the geometric mean, and its t interval."""
    start_ray(WORKERS)
    engines: list[tuple[str, Engine]] = [("local", LocalProcesses(WORKERS)), ("ray", OnRay())]
    ratios = []
    for pair in range(pairs):
        found = {name: measure(engine, WORKERS, 2 * WORKERS, steps) for name, engine in engines[:: (1, -1)[pair % 2]]}
        ratios.append(found["ray"].wall / found["local"].wall)
        seconds = ", ".join(f"{name} {found[name].wall:.1f} s a run" for name in ("local", "ray"))
        print(f"pair {pair + 1}: {seconds}, ratio {ratios[-1]:.3f}, load {os.getloadavg()[0]:.1f}", flush=True)
    logarithms = np.log(ratios)
    low, high = np.exp(stats.ttest_1samp(logarithms, 0.0).confidence_interval(0.95))
    print(f"Ray over local: {np.exp(logarithms.mean()):.3f} [{low:.3f}, {high:.3f}], median {np.median(ratios):.3f}")


def main() -> None:
    """Print the numbers."""
    rounds, steps, pairs = (*map(int, sys.argv[1:]), *(3, 3000, 8)[len(sys.argv) - 1 :])
    print(f"{WORKERS} workers, {os.cpu_count()} processors, Ray {ray.__version__}, load {os.getloadavg()[0]:.1f}")
    costs(rounds)
    gains(rounds, steps)
    overhead(pairs, steps)


if __name__ == "__main__":
    main()
