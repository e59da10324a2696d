"""Exact rates of the decays, computed from their formulas in 60-digit arithmetic, apart from the code under test.

python tests/schedules/make_family_golden.py > tests/schedules/family_golden.csv

Parameters are doubles, taken as exactly the numbers that they are. An empty field is a parameter that is not given.
"""

import csv
import sys
from collections.abc import Callable, Iterator
from typing import Any, TextIO

import mpmath

mpf = mpmath.mpf
TENTH = mpf(0.1)
"""The factor where none is given: the double nearest to 0.1."""

STEP, MILESTONES, EXPONENTIAL = "StepDecay", "MultiStepDecay", "ExponentialDecay"
ROOT, STABLE = "InverseSquareRoot", "WarmupStableDecay"

CASES: list[tuple[str, dict[str, Any], list[int]]] = [
    (STEP, {"max_lr": 0.1, "every_steps": 30}, [0, 1, 29, 30, 59, 60, 150, 10**6]),
    (STEP, {"max_lr": 3e-4, "every_steps": 7, "factor": 0.97}, [6, 7, 999, 3_000, 3_157]),
    (STEP, {"max_lr": 2.0, "every_steps": 1000, "factor": 0.9999}, [999, 10**6, 2**24 - 1, 123_456_789, 2**30 + 5]),
    (STEP, {"max_lr": 0.1, "every_steps": 2**23 + 1, "factor": 0.5}, [2**24 + 1, 2**24 + 2, 3 * 2**23 + 2]),
    (STEP, {"max_lr": 0.1, "every_steps": 3 * 10**11, "factor": 0.3}, [10**9, 3 * 10**11 - 1, 3 * 10**11, 10**12]),
    (MILESTONES, {"max_lr": 0.1, "milestones": [32_000, 48_000]}, [0, 31_999, 32_000, 47_999, 48_000, 10**9]),
    (MILESTONES, {"max_lr": 0.02, "milestones": [1, 2, 5, 6], "factor": 0.3}, [0, 1, 2, 4, 5, 6, 7]),
    (
        MILESTONES,
        {"max_lr": 1.0, "milestones": [2**24 + 1, 2**30, 10**12], "factor": 0.7},
        [2**24, 2**24 + 1, 2**30 - 1, 2**30, 10**12 - 1, 10**12],
    ),
    (EXPONENTIAL, {"max_lr": 0.1, "every_steps": 100}, [0, 1, 50, 100, 333, 599, 700]),
    (EXPONENTIAL, {"max_lr": 0.05, "every_steps": 391, "factor": 0.95, "min_lr": 1e-4}, [1, 390, 391, 20_000, 10**6]),
    (EXPONENTIAL, {"max_lr": 1e-3, "every_steps": 1, "factor": 0.999999}, [1, 10**6, 13_000_000, 2**24 + 1]),
    (
        EXPONENTIAL,
        {"max_lr": 0.1, "every_steps": 10**8 + 7, "factor": 0.2},
        [10**6, 123_456_789, 2**29 + 1, 858_993_459],
    ),
    (EXPONENTIAL, {"max_lr": 0.1, "every_steps": 10**11, "factor": 0.5}, [10**6, 2 * 10**9, 10**11, 10**12 + 1]),
    (EXPONENTIAL, {"max_lr": 0.3, "every_steps": 3, "factor": 1e-5, "min_lr": 0.01}, [0, 1, 2, 3, 4]),
    (ROOT, {"max_lr": 0.1, "warmup_steps": 4_000}, [0, 1, 3_999, 4_000, 4_001, 16_000, 10**6, 2**24 + 1, 10**12]),
    (ROOT, {"max_lr": 5e-4, "warmup_steps": 7, "warmup_init_lr": 1e-7}, [0, 1, 6, 7, 8, 100_000, 2**30 + 1]),
    (ROOT, {"max_lr": 0.1, "warmup_steps": 0, "timescale_steps": 2.5}, [0, 1, 7, 1000, 10**9]),
    (ROOT, {"max_lr": 0.1, "warmup_steps": 10**4, "timescale_steps": 10**5}, [5_000, 10**4, 110_000, 310_000, 10**10]),
    (ROOT, {"max_lr": 0.1, "warmup_steps": 10**10}, [10**6, 2**31 - 2, 10**10 - 1, 10**10, 10**12]),
    (
        STABLE,
        {"max_lr": 0.1, "total_steps": 100, "warmup_steps": 10, "decay_steps": 20},
        [0, 1, 9, 10, 50, 80, 81, 90, 99, 100, 10**6],
    ),
    (
        STABLE,
        {
            "max_lr": 3e-4,
            "total_steps": 10_000,
            "warmup_steps": 500,
            "decay_steps": 2_000,
            "min_lr": 3e-6,
            "warmup_init_lr": 1e-5,
            "shape": "cosine",
        },
        [0, 499, 500, 8_000, 8_001, 9_000, 9_999, 10_000],
    ),
    (
        STABLE,
        {"max_lr": 1.0, "total_steps": 777, "warmup_steps": 0, "decay_steps": 777, "shape": "one_minus_sqrt"},
        [0, 1, 388, 389, 775, 776, 777],
    ),
    (
        STABLE,
        {"max_lr": 0.1, "total_steps": 2**31 - 3, "warmup_steps": 2**24 + 1, "decay_steps": 10**9, "shape": "cosine"},
        [2**24, 2**24 + 1, 1_147_483_645, 1_147_483_646, 2_000_000_000, 2**31 - 4, 2**31 - 3],
    ),
    (
        STABLE,
        {"max_lr": 0.1, "total_steps": 10**12, "warmup_steps": 10**6, "decay_steps": 10**11, "shape": "one_minus_sqrt"},
        [10**6 - 1, 10**9, 900_000_000_001, 10**12 - 1, 10**12],
    ),
]


def step_decay(t: int, max_lr: Any, every_steps: int, factor: Any = TENTH) -> Any:
    """``max_lr * factor**floor(t / every_steps)``."""
    return max_lr * factor ** (t // every_steps)


def multi_step_decay(t: int, max_lr: Any, milestones: list[int], factor: Any = TENTH) -> Any:
    """``max_lr`` times the factor for each milestone that is reached."""
    return max_lr * factor ** sum(t >= milestone for milestone in milestones)


def exponential_decay(t: int, max_lr: Any, every_steps: int, factor: Any = TENTH, min_lr: Any = 0) -> Any:
    """The height above the floor times ``factor**(t / every_steps)``."""
    return min_lr + (max_lr - min_lr) * factor ** (mpf(t) / every_steps)


def inverse_square_root(
    t: int, max_lr: Any, warmup_steps: int, warmup_init_lr: Any = 0, timescale_steps: Any = None
) -> Any:
    """A line up, and then ``max_lr * sqrt(s / (s + t - W))``."""
    if t < warmup_steps:
        return warmup_init_lr + (max_lr - warmup_init_lr) * mpf(t) / warmup_steps
    scale = mpf(warmup_steps) if timescale_steps is None else mpf(timescale_steps)
    return max_lr * mpmath.sqrt(scale / (scale + t - warmup_steps))


FALLS: dict[str, Callable[[Any], Any]] = {
    "linear": lambda q: 1 - q,
    "cosine": lambda q: (1 + mpmath.cos(mpmath.pi * q)) / 2,
    "one_minus_sqrt": lambda q: 1 - mpmath.sqrt(q),
}


def warmup_stable_decay(
    t: int,
    max_lr: Any,
    total_steps: int,
    warmup_steps: int,
    decay_steps: int,
    min_lr: Any = 0,
    warmup_init_lr: Any = 0,
    shape: str = "linear",
) -> Any:
    """A line up, a plateau, a fall, and the floor."""
    if t < warmup_steps:
        return warmup_init_lr + (max_lr - warmup_init_lr) * mpf(t) / warmup_steps
    if t >= total_steps:
        return mpf(min_lr)
    q = mpf(max(t - (total_steps - decay_steps), 0)) / decay_steps
    return min_lr + (max_lr - min_lr) * FALLS[shape](q)


FORMULAS: dict[str, Callable[..., Any]] = {
    STEP: step_decay,
    MILESTONES: multi_step_decay,
    EXPONENTIAL: exponential_decay,
    ROOT: inverse_square_root,
    STABLE: warmup_stable_decay,
}


def exact(value: Any) -> Any:
    """A double as the number that it is; everything else as it stands."""
    return mpf(value) if isinstance(value, float) else value


def cell(value: Any) -> str:
    """A parameter in the table; milestones are separated by blanks."""
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def rows() -> Iterator[dict[str, str]]:
    """One row a rate, with 20 digits."""
    for name, parameters, steps in CASES:
        given = {key: exact(value) for key, value in parameters.items()}
        for step in steps:
            rate = mpmath.nstr(FORMULAS[name](step, **given), 20)
            yield {"schedule": name, **{key: cell(v) for key, v in parameters.items()}, "step": str(step), "lr": rate}


def write(out: TextIO) -> None:
    """The whole table."""
    names = dict.fromkeys(name for _, parameters, _ in CASES for name in parameters)
    table = csv.DictWriter(out, ["schedule", *names, "step", "lr"], lineterminator="\n")
    table.writeheader()
    with mpmath.workdps(60):
        table.writerows(rows())


if __name__ == "__main__":
    write(sys.stdout)
