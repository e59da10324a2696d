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
"""The factor and share if none is given: the double nearest to 0.1."""
ZERO, HALF, RISE, EXPONENT = mpf(0), mpf(0.5), mpf(0.3), mpf(-0.51)

STEP, MILESTONES, EXPONENTIAL = "StepDecay", "MultiStepDecay", "ExponentialDecay"
ROOT, STABLE = "InverseSquareRoot", "WarmupStableDecay"
COOLED, TIME, POWER = "InverseSquareRootCooldown", "InverseTimeDecay", "PowerScheduler"
REPEATED, TRIANGLES, TABLE = "CyclicalStableDecay", "CyclicalTriangular", "Piecewise"
GEOMETRIC = "geometric"
COSINE, LINEAR, POLYNOMIAL, REX, ONE_CYCLE = "Cosine", "Linear", "Polynomial", "Rex", "OneCycle"

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
    *[
        (
            STABLE,
            {
                "max_lr": 0.01,
                "total_steps": 1_000,
                "warmup_steps": 50,
                "decay_steps": 200,
                "min_lr": 1e-5,
                "shape": shape,
                **({"power": 1.7} if shape == "power" else {}),
            },
            [25, 50, 800, 801, 850, 900, 950, 999, 1_000],
        )
        for shape in ("one_minus_square", "power", GEOMETRIC)
    ],
    (
        STABLE,
        {
            "max_lr": 1.0,
            "total_steps": 2**31,
            "warmup_steps": 7,
            "decay_steps": 2**30,
            "min_lr": 1e-9,
            "shape": GEOMETRIC,
        },
        [2**30 - 1, 2**30 + 1, 3 * 2**29 + 1, 2**31 - 2],
    ),
    (
        COOLED,
        {"max_lr": 0.1, "total_steps": 500, "warmup_steps": 20, "decay_steps": 100},
        [0, 10, 20, 80, 400, 401, 499, 500],
    ),
    (
        COOLED,
        {
            "max_lr": 3e-4,
            "total_steps": 2**31 - 5,
            "warmup_steps": 10**4,
            "decay_steps": 10**9,
            "warmup_init_lr": 1e-6,
            "timescale_steps": 1e5,
        },
        [5_000, 10**4, 10**6, 1_147_483_644, 2**31 - 6, 2**31 - 5],
    ),
    (TIME, {"max_lr": 0.1, "timescale_steps": 100.0}, [0, 1, 100, 300, 10**6, 10**12]),
    (TIME, {"max_lr": 2.0, "timescale_steps": 0.3}, [0, 1, 2, 2**24 + 1]),
    (
        POWER,
        {
            "max_lr": 0.02,
            "total_steps": 1_000,
            "warmup_steps": 30,
            "decay_steps": 100,
            "timescale_steps": 77.7,
            "min_lr": 1e-5,
        },
        [0, 15, 30, 77, 78, 500, 900, 901, 950, 999, 1_000],
    ),
    (
        POWER,
        {
            "max_lr": 1e-3,
            "total_steps": 10**12,
            "warmup_steps": 0,
            "decay_steps": 10**11,
            "timescale_steps": 10.0,
            "min_lr": 1e-9,
            "exponent": -0.25,
        },
        [0, 9, 11, 10**6, 2**31 - 2, 10**10, 950_000_000_001, 10**12 - 1],
    ),
    (REPEATED, {"max_lr": 0.1, "cycle_steps": 10}, [0, 8, 9, 10, 18, 19, 99, 10**12 - 1]),
    (
        REPEATED,
        {
            "max_lr": 0.1,
            "cycle_steps": 100,
            "min_lr": 1e-4,
            "cycle_mult": 2.0,
            "decay_share": 0.2,
            "shape": GEOMETRIC,
            "peak_decay": 0.8,
            "warmup_steps": 10,
            "cycles": 3,
        },
        [0, 5, 10, 90, 91, 109, 110, 270, 271, 309, 310, 631, 709, 710],
    ),
    (
        REPEATED,
        {"max_lr": 1.0, "cycle_steps": 2**25 + 1, "decay_share": 0.01, "shape": "one_minus_sqrt"},
        [2**25 - 1, 2**25, 2**25 + 1, 2**26 + 1, 33_219_000, 33_300_000],
    ),
    (TRIANGLES, {"max_lr": 0.1, "cycle_steps": 10, "min_lr": 0.001}, [0, 1, 5, 6, 9, 10, 10**12 + 3]),
    (
        TRIANGLES,
        {"max_lr": 0.1, "cycle_steps": 9, "rise_share": 0.3, "mode": "triangular2", "cycles": 6},
        [0, 2, 3, 4, 9, 12, 21, 47, 53, 54, 10**6],
    ),
    (
        TRIANGLES,
        {"max_lr": 0.1, "cycle_steps": 4000, "min_lr": 1e-5, "mode": "exp_range", "gamma": 0.99994},
        [0, 1, 2000, 2001, 3999, 4000, 6000, 50_001, 102_000],
    ),
    (
        TABLE,
        {"points": [(0, 0.0), (10, 0.1), (60, 0.1), (100, 0.02)]},
        [0, 5, 10, 30, 60, 61, 99, 100, 10**9],
    ),
    (
        TABLE,
        {"points": [(3, 0.1), (2**24 + 2, 1e-5), (2**24 + 5, 0.3), (10**12, 1e-6)], "interpolation": "logarithmic"},
        [0, 3, 4, 2**23, 2**24 + 1, 2**24 + 2, 2**24 + 3, 2**24 + 5, 10**9, 5 * 10**11, 10**12],
    ),
    *[
        (name, {"max_lr": 0.3, "total_steps": 100, "min_lr": 0.007, **own}, [0, 1, 37, 50, 99, 100, 10**9])
        for name, own in ((COSINE, {}), (LINEAR, {}), (POLYNOMIAL, {"power": 2.5}), (REX, {}))
    ],
    *[
        (name, {"max_lr": 0.1, "total_steps": 2**31 - 3}, [1, 2**24 + 1, 2**30, 2**31 - 4])
        for name in (COSINE, LINEAR, REX)
    ],
    (ONE_CYCLE, {"max_lr": 0.1, "total_steps": 100}, [0, 1, 15, 30, 31, 65, 99, 100, 10**6]),
    (
        ONE_CYCLE,
        {"max_lr": 2.0, "total_steps": 777, "rise_share": 0.4, "start_divisor": 10.0, "end_divisor": 100.0},
        [0, 155, 311, 312, 600, 776, 777],
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
    """A linear rise, and then ``max_lr * sqrt(s / (s + t - W))``."""
    if t < warmup_steps:
        return warmup_init_lr + (max_lr - warmup_init_lr) * mpf(t) / warmup_steps
    scale = mpf(warmup_steps) if timescale_steps is None else mpf(timescale_steps)
    return max_lr * mpmath.sqrt(scale / (scale + t - warmup_steps))


FALLS: dict[str, Callable[[Any], Any]] = {
    "linear": lambda q: 1 - q,
    "cosine": lambda q: (1 + mpmath.cos(mpmath.pi * q)) / 2,
    "one_minus_sqrt": lambda q: 1 - mpmath.sqrt(q),
    "one_minus_square": lambda q: 1 - q**2,
    "rex": lambda q: 2 * (1 - q) / (2 - q),
}


def fall(q: Any, peak: Any, floor: Any, shape: str, power: Any) -> Any:
    """The rate after a share ``q`` of a fall."""
    if shape == GEOMETRIC:
        return peak ** (1 - q) * floor**q
    return floor + (peak - floor) * ((1 - q) ** power if shape == "power" else FALLS[shape](q))


def warmup_stable_decay(
    t: int,
    max_lr: Any,
    total_steps: int,
    warmup_steps: int,
    decay_steps: int,
    min_lr: Any = 0,
    warmup_init_lr: Any = 0,
    shape: str = "linear",
    power: Any = None,
) -> Any:
    """A linear rise, a plateau, a fall, and the floor."""
    if t < warmup_steps:
        return warmup_init_lr + (max_lr - warmup_init_lr) * mpf(t) / warmup_steps
    if t >= total_steps:
        return mpf(min_lr)
    q = mpf(max(t - (total_steps - decay_steps), 0)) / decay_steps
    return fall(q, max_lr, min_lr, shape, power)


def root_cooldown(t: int, total_steps: int, decay_steps: int, **given: Any) -> Any:
    """The inverse square root times a line to 0 over the last steps."""
    left = max(min(mpf(total_steps - t) / decay_steps, 1), 0)
    return inverse_square_root(t, **given) * left if t >= given["warmup_steps"] else inverse_square_root(t, **given)


def inverse_time(t: int, max_lr: Any, timescale_steps: Any) -> Any:
    """``max_lr / (1 + t / s)``."""
    return max_lr / (1 + t / timescale_steps)


def power_scheduler(
    t: int,
    max_lr: Any,
    total_steps: int,
    warmup_steps: int,
    decay_steps: int,
    timescale_steps: Any,
    min_lr: Any,
    exponent: Any = EXPONENT,
) -> Any:
    """A linear rise, a power of the step under a cap, and an exponential fall."""
    if t < warmup_steps:
        return max_lr * mpf(t) / warmup_steps
    begin = total_steps - decay_steps
    rate = max_lr * max(mpf(min(t, begin)) / timescale_steps, 1) ** exponent
    return rate if t < begin else fall(min(mpf(t - begin) / decay_steps, 1), rate, min_lr, GEOMETRIC, None)


def cycle_of(t: int, length: int, growth: float, cycles: int | None) -> tuple[int, int, int] | None:
    """The number, start and length of the cycle at a step; None after the last."""
    start, number = 0, 0
    if growth == 1:
        number = t // length
        start, span = number * length, length
    else:
        while t >= start + (span := round(length * growth**number)):
            start, number = start + span, number + 1
    return None if cycles is not None and number >= cycles else (number, start, span)


def cyclical_stable(
    t: int,
    max_lr: Any,
    cycle_steps: int,
    min_lr: Any = ZERO,
    cycle_mult: Any = 1,
    decay_share: Any = TENTH,
    shape: str = "linear",
    peak_decay: Any = 1,
    warmup_steps: int = 0,
    cycles: int | None = None,
) -> Any:
    """A linear rise, and then cycles of a plateau and a fall."""
    if t < warmup_steps:
        return max_lr * mpf(t) / warmup_steps
    place = cycle_of(t - warmup_steps, cycle_steps, float(cycle_mult), cycles)
    if place is None:
        return min_lr
    number, start, length = place
    steps = length - min(int(mpmath.floor((1 - decay_share) * length + 0.5)), length - 1)
    peak = min_lr + (max_lr - min_lr) * peak_decay**number
    q = max(mpf(t - warmup_steps - start - (length - steps)) / steps, 0)
    return fall(q, peak, min_lr, shape, None)


def triangular(
    t: int,
    max_lr: Any,
    cycle_steps: int,
    min_lr: Any = ZERO,
    rise_share: Any = HALF,
    mode: str = "triangular",
    gamma: Any = None,
    cycles: int | None = None,
) -> Any:
    """Linear rises and falls, with an amplitude that is constant, is halved in each cycle, or falls in each step."""
    place = cycle_of(t, cycle_steps, 1, cycles)
    if place is None:
        return min_lr
    number, start, length = place
    rise = min(int(mpmath.floor(rise_share * length + 0.5)), length - 1)
    elapsed = t - start
    height = mpf(elapsed) / rise if elapsed < rise else mpf(length - elapsed) / (length - rise)
    amplitude = {"triangular": mpf(1), "triangular2": mpf(2) ** -number, "exp_range": gamma and gamma**t}[mode]
    return min_lr + (max_lr - min_lr) * amplitude * height


def table(t: int, points: list[tuple[int, Any]], interpolation: str = "linear") -> Any:
    """The rate between the points before and after a step."""
    before = [point for point in points if point[0] <= t]
    after = [point for point in points if point[0] > t]
    if not before or not after:
        return (before[-1] if before else after[0])[1]
    (begin, first), (end, last) = before[-1], after[0]
    q = mpf(t - begin) / (end - begin)
    return first ** (1 - q) * last**q if interpolation == "logarithmic" else (1 - q) * first + q * last


def decay(shape: str) -> Callable[..., Any]:
    """One fall over a budget."""

    def rate(t: int, max_lr: Any, total_steps: int, min_lr: Any = 0, power: Any = None) -> Any:
        return fall(min(mpf(t) / total_steps, 1), max_lr, min_lr, shape, power)

    return rate


def one_cycle(
    t: int,
    max_lr: Any,
    total_steps: int,
    rise_share: Any = RISE,
    start_divisor: Any = 25,
    end_divisor: Any = 10_000,
) -> Any:
    """Half a cosine up, and half a cosine down."""
    rise = int(mpmath.floor(rise_share * total_steps + 0.5))
    first = max_lr / start_divisor
    if t < rise:
        return fall(1 - mpf(t) / rise, max_lr, first, "cosine", None)
    return fall(min(mpf(t - rise) / (total_steps - rise), 1), max_lr, first / end_divisor, "cosine", None)


FORMULAS: dict[str, Callable[..., Any]] = {
    STEP: step_decay,
    MILESTONES: multi_step_decay,
    EXPONENTIAL: exponential_decay,
    ROOT: inverse_square_root,
    STABLE: warmup_stable_decay,
    COOLED: root_cooldown,
    TIME: inverse_time,
    POWER: power_scheduler,
    REPEATED: cyclical_stable,
    TRIANGLES: triangular,
    TABLE: table,
    COSINE: decay("cosine"),
    LINEAR: decay("linear"),
    POLYNOMIAL: decay("power"),
    REX: decay("rex"),
    ONE_CYCLE: one_cycle,
}


def exact(value: Any) -> Any:
    """A double as the number that it is, within a list too; everything else unchanged."""
    if isinstance(value, list | tuple):
        return type(value)(exact(item) for item in value)
    return mpf(value) if isinstance(value, float) else value


def cell(value: Any) -> str:
    """A parameter in the table; milestones and points are separated by blanks, step and rate by a colon."""
    if isinstance(value, tuple):
        return ":".join(map(repr, value))
    return " ".join(map(cell, value)) if isinstance(value, list) else str(value)


def rows() -> Iterator[dict[str, str]]:
    """One row per rate, with 20 digits."""
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
