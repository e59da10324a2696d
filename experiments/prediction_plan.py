"""The declared test of `loganneal predict`: what is run, on fresh seeds, before anything is believed.

docs/prediction.md has the declaration in words. Runs that the journal has are not repeated.

LOGANNEAL_DATA=~/data python experiments/prediction_plan.py records/runs
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from loganneal import Schedule
from loganneal.data import find_workload
from loganneal.runs import Journal
from loganneal.runs.spec import RunSpec
from loganneal.studies.declare.builders import build_schedule
from loganneal.studies.engines import InProcess
from loganneal.studies.engines._base import Failure

FIRST_SEED = 7_000
"""No record had this seed or a later one when the test was declared."""

LOGS = ("cosine", "wsd-20")
"""The schedules whose runs are read as logs, each alone and both together, the first being the reference."""

CANDIDATES: dict[str, tuple[str, dict[str, Any]]] = {
    "cosine": ("Cosine", {}),
    "wsd-20": ("WarmupStableDecay", {"decay_share": 0.2}),
    "linear": ("Linear", {}),
    "late": ("CyclicalLogAnnealing", {"base": 0.1, "cycles": 1}),
    "one-cycle": ("OneCycle", {}),
    "cla-2": ("CyclicalLogAnnealing", {"base": 10.0, "cycles": 2}),
    # no record has a run of these four
    "rex": ("Rex", {}),
    "quadratic": ("Polynomial", {"power": 2.0}),
    "steps": ("MultiStepDecay", {"factor": 0.1, "milestone_shares": [0.5, 0.75]}),
    "wsd-sqrt-50": ("WarmupStableDecay", {"decay_share": 0.5, "shape": "one_minus_sqrt"}),
}
"""Form and parameters by name; all have a warmup of 5% except one-cycle, whose rise is its warmup."""

FIXED_RANKING = (
    "late",
    "one-cycle",
    "wsd-sqrt-50",
    "wsd-20",
    "rex",
    "linear",
    "cosine",
    "quadratic",
    "steps",
    "cla-2",
)
"""Best first: what earlier records say about CIFAR-10, without reading a log."""


class Task(NamedTuple):
    """One workload of the test.

    Args:
        peaks: The peak rates.
        seeds: The number of seeds.
        names: The schedules that are trained.
        settings: What differs from the workload's own setting.
    """

    peaks: tuple[float, ...]
    seeds: int
    names: tuple[str, ...]
    settings: dict[str, Any]


TASKS: dict[str, Task] = {
    "cifar10": Task(
        (0.1, 0.3, 0.9),
        8,
        tuple(CANDIDATES),
        {"model": "resnet-tiny", "batch_size": 64, "validation_examples": 4000, "evaluations": 5, "curve_points": 60},
    ),
    "shakespeare": Task(
        (1e-3, 3e-3, 1e-2),
        4,
        tuple(CANDIDATES),
        {"steps": 200, "batch_size": 4, "validation_examples": 200, "evaluations": 4, "curve_points": 50},
    ),
    # memorised: its logs have to be refused, so nothing but logs is trained
    "digits": Task((0.15, 0.3, 0.6), 8, LOGS, {"evaluations": 5}),
}


class Planned(NamedTuple):
    """One run of the plan."""

    workload: str
    peak: float
    seed: int
    name: str
    spec: RunSpec


def schedule_of(name: str, peak: float, steps: int) -> Schedule:
    """A schedule of the plan."""
    form, parameters = CANDIDATES[name]
    return build_schedule(form, peak, steps, parameters)


def plan() -> Iterator[Planned]:
    """Every run, seed by seed, so that a test that is cut short has whole seeds."""
    for seed in range(max(task.seeds for task in TASKS.values())):
        for workload, task in TASKS.items():
            if seed < task.seeds:
                yield from _of_seed(workload, task, FIRST_SEED + seed)


def _of_seed(workload: str, task: Task, seed: int) -> Iterator[Planned]:
    data = find_workload(workload)
    steps = task.settings.get("steps", data.steps)
    for peak in task.peaks:
        for name in task.names:
            schedule = schedule_of(name, peak, steps)
            spec = data.spec(schedule=schedule, seed=seed, split_seed=seed, **task.settings)
            yield Planned(workload, peak, seed, name, spec)


def main() -> None:
    """Train what the journal lacks."""
    journal = Journal(Path(sys.argv[1]))
    missing = [one for one in plan() if journal.read(one.spec) is None]
    names = {one.spec.key: one for one in missing}
    print(f"{len(missing)} of {sum(1 for _ in plan())} runs to train.", flush=True)
    for number, (spec, outcome) in enumerate(InProcess().run([one.spec for one in missing]), 1):
        one = names[spec.key]
        if isinstance(outcome, Failure):
            raise SystemExit(f"{one.workload}, {one.name}, {one.peak}: {outcome.message}")
        journal.write(outcome)
        print(f"{number}: {one.workload} {one.name} {one.peak:g} seed {one.seed}, {outcome.seconds:.1f} s", flush=True)


if __name__ == "__main__":
    main()
