"""A declared comparison, and the list of runs that it asks for."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from numpy.typing import NDArray

from loganneal import _checks, _limits
from loganneal.data import Workload, find_workload
from loganneal.runs.any_spec import Spec
from loganneal.runs.record import Record
from loganneal.runs.spec import MAX_SEED, RunSpec
from loganneal.studies.declare.arms import ARMS, DEFAULT_ARMS, Arm
from loganneal.studies.declare.comparison_checks import check_arms, check_range, check_total, check_tuned
from loganneal.studies.declare.script import PEAK_FACTOR, Script, around
from loganneal.studies.declare.sequential import IMPORTED, TRIALS, check_plan, checked_looks, declare_looks, known_peak
from loganneal.studies.declare.space import coordinates, rates_at
from loganneal.studies.declare.tuned_parameter import TunedParameter


class PlannedRun(NamedTuple):
    """One run of a comparison: which replicate, arm and trial it is, and what is trained.

    `tuned` are the values of what is tuned beside the peak rate; `comparison` counts those of a study from 0.
    """

    replicate: int
    arm: str
    trial: int
    peak: float
    spec: Spec
    tuned: tuple[tuple[str, float], ...] = ()
    comparison: int = 0


class FinishedRun(NamedTuple):
    """A planned run with its record."""

    planned: PlannedRun
    record: Record


SCRIPT_ARMS = ("cosine", "linear")
"""The arms of a comparison on the user's own command that names none."""

_WHOLE: dict[str, tuple[int, int | None]] = {
    "trials": (1, _limits.RUNS),
    "replicates": (1, _limits.RUNS),
    "steps": (1, _limits.STEPS),
    "train_examples": (1, None),
    "first_seed": (0, MAX_SEED - _limits.RUNS),
}
_ELSEWHERE = ("workload", "model", "schedule", "steps", "seed", "split_seed", "train_examples", "optimizer")
SETTINGS = tuple(item.name for item in dataclasses.fields(RunSpec) if item.name not in _ELSEWHERE)
"""What `Comparison.settings` may hold: the choices of a run that no other parameter says."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What is compared, declared before the first run.

    Args:
        workload: A name, a path or ``module:function``, as `loganneal.data.find_workload` takes it.
        model: Name of the network.
        optimizer: As in `loganneal.runs.RunSpec`.
        arms: Names of arms, the reference among them.
        steps: Updates in a run.
        train_examples: Examples to train on.
        margin: Difference in points within which two arms tie, from 1e-9 to 1e9.
        peak_range: Lowest and highest peak rate that tuning tries.
        trials: Settings that tuning tries in each replicate, K.
        replicates: How often the whole tuning is repeated, R.
        reference: The arm that the others are compared with.
        first_seed: Seed of the first replicate; another gives fresh seeds to confirm with.
        own_arms: Arms that are not built in, or stand for a built-in one of that name.
        settings: Further choices of a run, alike in every arm, by their names in `loganneal.runs.RunSpec`.
        tuned: What is tuned in every arm beside the peak rate.
        peak_lr: The peak rate that works today, where ``peak_range`` lies around one.
        looks: Numbers of replicates after which the comparison may end, the last being R; empty where it may not.
        primary: With looks, the rival that is tested, at 5 %; the others are exploratory.
        screen: Replicates of all arms before the looks, which pick the rival.
        stage: Of a plan with a screening "screening" or "duel"; "imported" for scores that no study has made.
        script: The user's own training command, which trains in place of a workload's network.
        relative_margin: Whether the margin is a share of the reference's score, in hundredths.
        data: The workload that its name says, as far as it is known; see
            `loganneal.studies.declare.comparison.declare`.

    Raises:
        ValueError: A value is out of its range or a name is unknown; the message says which.
        TypeError: A value has the wrong type.

    Example:
        >>> comparison = declare("digits", arms=("cla", "cosine"), trials=2, replicates=3)
        >>> len(comparison.plan()), comparison.rivals
        (12, ('cla',))
    """

    workload: str
    model: str
    optimizer: str
    arms: tuple[str, ...]
    steps: int
    train_examples: int
    margin: float
    peak_range: tuple[float, float]
    trials: int = 4
    replicates: int = 10
    reference: str = "cosine"
    first_seed: int = 0
    own_arms: tuple[Arm, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    tuned: tuple[TunedParameter, ...] = ()
    peak_lr: float | None = None
    looks: tuple[int, ...] = ()
    primary: str | None = None
    screen: int = 0
    stage: str = ""
    script: Script | None = None
    relative_margin: bool = False
    data: Workload = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, (least, most) in _WHOLE.items():
            value = _checks.whole("Comparison", name, getattr(self, name), least, most)
            object.__setattr__(self, name, value)  # the class is frozen; 100.0 becomes 100
        check_arms(self.arms, self.reference, (*ARMS, *(arm.name for arm in self.own_arms)))
        check_total(self.total)
        _checks.number("Comparison", "margin", self.margin, *_limits.MARGIN)
        check_range(self.peak_range, self.peak_lr)
        for name in self.settings:
            _checks.one_of("Comparison", name, name, SETTINGS)
        check_tuned(self)
        object.__setattr__(self, "looks", checked_looks(self.looks))
        check_plan(self)
        for arm in self.arms:
            self._spec(self.arm(arm), self.peak_range[0], self.first_seed, {})

    @property
    def title(self) -> str:
        """What it trains on and how, for a reader."""
        if self.stage == IMPORTED:
            return self.workload
        if self.script is not None:
            return f"{self.script.name}, {self.steps:,} steps"
        return f"{self.data.title}, {self.model}, {self.optimizer}, {self.steps} steps"

    @property
    def rivals(self) -> tuple[str, ...]:
        """The arms other than the reference."""
        return tuple(arm for arm in self.arms if arm != self.reference)

    @property
    def total(self) -> int:
        """How many runs it plans; with looks, the most that there can be."""
        return self._runs(self.replicates)

    @property
    def fewest(self) -> int:
        """How many runs there are at least; without looks, all."""
        if self.screen:
            return self.screen * len(self.arms) * self.trials
        return self._runs(self.looks[0] if self.looks else self.replicates)

    def _runs(self, replicates: int) -> int:
        judged = 2 if self.screen else len(self.arms)
        return (self.screen * len(self.arms) + replicates * judged) * self.trials

    @property
    def tested(self) -> str | None:
        """With looks, the rival that is tested, which is the primary or the only one."""
        return (self.primary or self.rivals[0]) if self.looks and not self.screen else None

    def arm(self, name: str) -> Arm:
        """One of its arms by name."""
        return next((arm for arm in self.own_arms if arm.name == name), None) or ARMS[name]

    def plan(self) -> list[PlannedRun]:
        """The runs, replicate by replicate, so that a part of them is balanced too.

        Within a replicate all arms and trials share the seed and the split, and all arms the coordinates.
        """
        return [run for replicate in range(self.replicates) for run in self.replicate(replicate)]

    def replicate(self, number: int) -> Iterator[PlannedRun]:
        """The runs of one replicate, counted from 0."""
        seed = self.first_seed + number
        own = len(self.arm(self.reference).tuned)
        points = coordinates(seed, self.trials, 1 + len(self.tuned) + own)
        peaks = rates_at(points[:, 0], *self.peak_range)
        for name in self.arms:
            arm = self.arm(name)
            for trial, (peak, point) in enumerate(zip(peaks, points, strict=True)):
                tuned = self._turned(arm, point)
                yield PlannedRun(number, name, trial, peak, self._spec(arm, peak, seed, tuned), tuple(tuned.items()))

    def _turned(self, arm: Arm, point: NDArray[Any]) -> dict[str, float]:
        """The values of the tuned parameters at a point: shared ones first, then the arm's own."""
        tuned = (*self.tuned, *arm.tuned)
        return {one.name: one.value(float(unit)) for one, unit in zip(tuned, point[1:], strict=True)}

    def _spec(self, arm: Arm, peak: float, seed: int, tuned: Mapping[str, float]) -> Spec:
        own = {one.name: tuned[one.name] for one in arm.tuned if one.name in tuned}
        shared = {name: value for name, value in tuned.items() if name not in own}
        if self.script is not None:
            return self.script.spec(arm.build(peak, self.steps, own), self.steps, seed, split_seed=seed)
        averages = (*self.settings.get("averaging", ()), *(self.arm(name).averaging for name in self.arms))
        made = {name for name in averages if name is not None}
        return self.data.spec(
            schedule=arm.build(peak, self.steps, own),
            seed=seed,
            split_seed=seed,
            model=self.model,
            optimizer=self.optimizer,
            steps=self.steps,
            train_examples=self.train_examples,
            **{**self.settings, **shared, "averaging": tuple(sorted(made))},
        )


def declare(
    workload: str = "digits",
    *,
    arms: tuple[str, ...] = DEFAULT_ARMS,
    find: Callable[[str], Workload] = find_workload,
    **declared: Any,
) -> Comparison:
    """A comparison with the workload's own value for everything not given, or given as None.

    Args:
        workload: A name, a path or ``module:function``.
        arms: Names of arms.
        find: From the name to the workload. ``loganneal.studies.declare.code_facts`` has one that runs no code.
        **declared: Other parameters of `loganneal.studies.Comparison`. Where ``peak_lr`` is among them, ``peak_factor``
            may be, too: peak rates are then tried within this factor of it.

    Raises:
        DataNotFoundError: The workload is a path that leads nowhere.
        ValueError: As `Comparison` does.

    Example:
        >>> declare("digits").margin
        1.0
    """
    found = find(workload)
    if declared.get("looks"):
        declare_looks(declared, known_peak(found, declared))
    factor = declared.pop("peak_factor", None)
    if declared.get("peak_lr") is not None:
        declared["peak_range"] = around(declared["peak_lr"], PEAK_FACTOR if factor is None else factor)
    elif factor is not None:
        _checks.fail("Comparison", "peak_factor", "left out without `peak_lr`", factor)
    names = ("model", "optimizer", "steps", "train_examples", "margin", "peak_range")
    given = {name: value for name, value in declared.items() if value is not None}
    own = {name: getattr(found, name) for name in names}
    return Comparison(workload=workload, arms=tuple(arms), data=found, **{**own, **given})


def declare_script(
    script: Script,
    *,
    steps: int,
    peak_lr: float,
    margin: float,
    peak_factor: float | None = None,
    arms: tuple[str, ...] = SCRIPT_ARMS,
    trials: int | None = None,
    **declared: Any,
) -> Comparison:
    """A comparison that trains with the user's own command.

    Args:
        script: The command.
        steps: Updates in a run.
        peak_lr: The peak rate that works today; trials lie around it.
        margin: Within which two arms tie, in hundredths of the metric.
        peak_factor: How far around; 2.5 by default.
        arms: Names of arms.
        trials: Peak rates that each tuning tries; 2 by default.
        **declared: Other parameters of `Comparison`.

    Raises:
        ValueError: As `Comparison` does.

    Example:
        >>> script = Script(command=("python", "train.py", "--seed", "${seed}"), higher_is_better=False)
        >>> comparison = declare_script(script, steps=5000, peak_lr=6e-4, margin=0.5)
        >>> comparison.total, comparison.rivals
        (40, ('linear',))
    """
    peak_range = around(peak_lr, PEAK_FACTOR if peak_factor is None else peak_factor)
    workload = script.workload(steps, margin, peak_range)
    if declared.get("looks") and declared.get("replicates") is None:
        declared["replicates"] = checked_looks(declared["looks"])[-1]
    return Comparison(
        workload=workload.name,
        model=workload.model,
        optimizer=workload.optimizer,
        arms=tuple(arms),
        steps=steps,
        train_examples=1,
        margin=margin,
        peak_range=peak_range,
        trials=TRIALS if trials is None else trials,
        peak_lr=peak_lr,
        script=script,
        data=workload,
        **{name: value for name, value in declared.items() if value is not None},
    )
