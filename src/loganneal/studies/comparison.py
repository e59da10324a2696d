"""A declared comparison, and the list of runs that it asks for."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from loganneal import _checks
from loganneal.lab.records import Record
from loganneal.lab.spec import RunSpec
from loganneal.lab.workloads import WORKLOADS
from loganneal.studies.arms import ARMS, DEFAULT_ARMS
from loganneal.studies.space import peak_rates


class PlannedRun(NamedTuple):
    """One run of a comparison: which replicate, arm and trial it is, and what is trained."""

    replicate: int
    arm: str
    trial: int
    peak: float
    spec: RunSpec


class FinishedRun(NamedTuple):
    """A planned run with its record."""

    planned: PlannedRun
    record: Record


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What is compared, declared before the first run.

    Args:
        workload: A key of `loganneal.lab.workloads.WORKLOADS`.
        arms: Keys of `ARMS`, the reference among them.
        steps: Updates in a run.
        train_images: Images to train on.
        margin: Difference in points within which two arms tie, above 0.
        peak_range: Lowest and highest peak rate that tuning tries.
        trials: Settings that tuning tries in each replicate, K.
        replicates: How often the whole tuning is repeated, R.
        reference: The arm that the others are compared with.
        first_seed: Seed of the first replicate; another gives fresh seeds to confirm with.

    Raises:
        ValueError: A value is out of its range or a name is unknown; the message says which.
        TypeError: A value has the wrong type.

    Example:
        >>> comparison = declare("digits", arms=("cla", "cosine"), trials=2, replicates=3)
        >>> len(comparison.plan()), comparison.rivals
        (12, ('cla',))
    """

    workload: str
    arms: tuple[str, ...]
    steps: int
    train_images: int
    margin: float
    peak_range: tuple[float, float]
    trials: int = 4
    replicates: int = 10
    reference: str = "cosine"
    first_seed: int = 0

    def __post_init__(self) -> None:
        _checks.one_of("Comparison", "workload", self.workload, WORKLOADS)
        for name in ("trials", "replicates", "steps", "train_images"):
            _checks.whole("Comparison", name, getattr(self, name), 1)
        _checks.whole("Comparison", "first_seed", self.first_seed, 0)
        _check_arms(self.arms, self.reference)
        _checks.number("Comparison", "margin", self.margin, 0.0, math.inf, bounds="()")
        _check_range(self.peak_range)

    @property
    def rivals(self) -> tuple[str, ...]:
        """The arms other than the reference."""
        return tuple(arm for arm in self.arms if arm != self.reference)

    def plan(self) -> list[PlannedRun]:
        """The runs, replicate by replicate, so that a part of them is balanced too.

        Within a replicate all arms and trials share the seed and the split, and all arms the peak rates.
        """
        return [run for replicate in range(self.replicates) for run in self._replicate(replicate)]

    def _replicate(self, replicate: int) -> Iterator[PlannedRun]:
        seed = self.first_seed + replicate
        peaks = peak_rates(seed, self.trials, *self.peak_range)
        for arm in self.arms:
            for trial, peak in enumerate(peaks):
                yield PlannedRun(replicate, arm, trial, peak, self._spec(arm, peak, seed))

    def _spec(self, arm: str, peak: float, seed: int) -> RunSpec:
        return WORKLOADS[self.workload].spec(
            schedule=ARMS[arm].build(peak, self.steps),
            seed=seed,
            split_seed=seed,
            steps=self.steps,
            train_images=self.train_images,
        )


def declare(
    workload: str = "digits",
    *,
    arms: tuple[str, ...] = DEFAULT_ARMS,
    steps: int | None = None,
    train_images: int | None = None,
    margin: float | None = None,
    peak_range: tuple[float, float] | None = None,
    **settings: Any,
) -> Comparison:
    """A comparison with the workload's own value for everything not given.

    Args:
        workload: A key of `loganneal.lab.workloads.WORKLOADS`.
        arms: Keys of `ARMS`.
        steps: Updates in a run.
        train_images: Images to train on.
        margin: In points.
        peak_range: Lowest and highest peak rate.
        **settings: Other parameters of `Comparison`.

    Raises:
        ValueError: As `Comparison` does.

    Example:
        >>> declare("digits").margin
        1.0
    """
    _checks.one_of("Comparison", "workload", workload, WORKLOADS)
    declared = WORKLOADS[workload]
    return Comparison(
        workload=workload,
        arms=tuple(arms),
        steps=declared.steps if steps is None else steps,
        train_images=declared.train_images if train_images is None else train_images,
        margin=declared.margin if margin is None else margin,
        peak_range=declared.peak_range if peak_range is None else peak_range,
        **settings,
    )


def _check_arms(arms: tuple[str, ...], reference: str) -> None:
    for arm in arms:
        _checks.one_of("Comparison", "arms", arm, ARMS)
    _checks.one_of("Comparison", "reference", reference, ARMS)
    if len(set(arms)) != len(arms):
        _checks.fail("Comparison", "arms", "different names", ",".join(arms))
    if len(arms) < 2 or reference not in arms:
        allowed = f"names of arms, the reference {reference!r} and at least one rival among them"
        _checks.fail("Comparison", "arms", allowed, ",".join(arms))


def _check_range(peak_range: tuple[float, float]) -> None:
    low, high = peak_range
    low = _checks.number("Comparison", "peak_range", low, 0.0, math.inf, bounds="()")
    _checks.number("Comparison", "peak_range", high, low, math.inf, bounds="()")
