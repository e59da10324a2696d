"""Families of schedules whose one parameter is varied, to choose its best value."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from loganneal import _checks
from loganneal.schedules import CyclicalLogAnnealing, Schedule, WarmupStableDecay


class Setting(NamedTuple):
    """What every schedule of a family shares.

    Args:
        peak: The peak rate.
        steps: The budget in updates.
        warmup: Updates of the warmup.
    """

    peak: float
    steps: int
    warmup: int


class Family(NamedTuple):
    """Schedules that differ in one parameter.

    Args:
        title: What it is called.
        parameter: What is varied.
        values: Its values, increasing.
        build: The schedule of a value.
    """

    title: str
    parameter: str
    values: tuple[float, ...]
    build: Callable[[Setting, float], Schedule]


def _base(setting: Setting, base: float) -> Schedule:
    return CyclicalLogAnnealing.fit(
        total_steps=setting.steps, max_lr=setting.peak, warmup_steps=setting.warmup, base=base, cycles=1
    )


def _cycles(setting: Setting, cycles: float) -> Schedule:
    return CyclicalLogAnnealing.fit(
        total_steps=setting.steps, max_lr=setting.peak, warmup_steps=setting.warmup, base=10.0, cycles=int(cycles)
    )


def _cooldown(setting: Setting, share: float) -> Schedule:
    decay = max(1, min(round(share * setting.steps), setting.steps - setting.warmup))
    return WarmupStableDecay(setting.peak, setting.steps, setting.warmup, decay)


_BASES = tuple(float(base) for base in np.geomspace(0.03, 100.0, 15).round(3) if base != 1.0)

FAMILIES: dict[str, tuple[Family, ...]] = {
    "cla": (
        Family("CLA with one cycle", "base", _BASES, _base),
        Family("CLA with base 10", "cycles", (1.0, 2.0, 3.0, 4.0), _cycles),
    ),
    "wsd": (Family("warmup-stable-decay", "cooldown", tuple(round(0.05 * k, 2) for k in range(1, 20)), _cooldown),),
}
"""By the names that the option --family takes."""


def members(names: Iterator[str] | tuple[str, ...], setting: Setting) -> Mapping[Family, Mapping[float, Schedule]]:
    """The schedules of some families, by family and value.

    Args:
        names: Keys of `FAMILIES`.
        setting: Shared by all of them.

    Raises:
        ValueError: There is no such family.
    """
    chosen = [family for name in names for family in FAMILIES[_checks.one_of("predict", "family", name, FAMILIES)]]
    return {family: {value: family.build(setting, value) for value in family.values} for family in chosen}
