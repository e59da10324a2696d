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
    """One run of a comparison.

    Args:
        replicate: Number of the replicate, counted from 0.
        arm: Name of the arm.
        trial: Number of the trial within the tuning, counted from 0.
        peak: Peak learning rate.
        spec: The specification of the run.
        tuned: Names and values of the parameters that are tuned besides the peak rate.
        comparison: Number of the comparison within its study, counted from 0.

    Example:
        >>> run = next(declare("digits", arms=("cosine", "linear")).replicate(0))
        >>> run.arm, run.trial, run.peak == run.spec.schedule.max_lr
        ('cosine', 0, True)
    """

    replicate: int
    arm: str
    trial: int
    peak: float
    spec: Spec
    tuned: tuple[tuple[str, float], ...] = ()
    comparison: int = 0


class FinishedRun(NamedTuple):
    """A planned run with its record.

    Args:
        planned: The run as it was planned.
        record: The outcome of the run.
    """

    planned: PlannedRun
    record: Record


SCRIPT_ARMS = ("cosine", "linear")
"""The arms of a comparison on your own command if it names none."""

_WHOLE: dict[str, tuple[int, int | None]] = {
    "trials": (1, _limits.RUNS),
    "replicates": (1, _limits.RUNS),
    "steps": (1, _limits.STEPS),
    "train_examples": (1, None),
    "first_seed": (0, MAX_SEED - _limits.RUNS),
}
_ELSEWHERE = ("workload", "model", "schedule", "steps", "seed", "split_seed", "train_examples", "optimizer")
SETTINGS = tuple(item.name for item in dataclasses.fields(RunSpec) if item.name not in _ELSEWHERE)
"""The names that `Comparison.settings` may hold: the choices of a run that no other parameter covers."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What is compared, declared before the first run. `loganneal.studies.declare.comparison.declare` makes one.

    Args:
        workload: A name, a path or ``module:function``, as `loganneal.data.find_workload` accepts it.
        model: Name of the network, as in `loganneal.runs.RunSpec`.
        optimizer: Name of the optimizer, as in `loganneal.runs.RunSpec`.
        arms: Names of the arms, including the reference.
        steps: Updates in a run, at least 1.
        train_examples: Number of examples to train on, at least 1.
        margin: Difference within which two arms tie, in hundredths of the metric's unit, which are points for an
            accuracy; from 1e-9 to 1e9.
        peak_range: Lowest and highest peak learning rate that tuning tries.
        trials: Number of settings that tuning tries in each replicate, K; at least 1.
        replicates: How often the whole tuning is repeated, R; at least 1.
        reference: Name of the arm with which the others are compared.
        first_seed: Seed of the first replicate, at least 0; another one gives fresh seeds to confirm a result.
        own_arms: Arms that are not built in. They take precedence over built-in arms of the same name.
        settings: Further choices of a run, the same in every arm, by their names in `loganneal.runs.RunSpec`.
        tuned: What is tuned in every arm besides the peak rate.
        peak_lr: The peak rate that works today if ``peak_range`` was chosen around one; otherwise None.
        looks: Numbers of replicates after which the comparison may end, increasing to R; empty if it may not end early.
        primary: With looks, the rival that is tested, at 5%; the others are exploratory. None if there is only one
            rival or a screening picks it.
        screen: Number of replicates of all arms that pick the rival before the looks; 0 for no screening.
        stage: "screening" or "duel" for a part of a plan with a screening; "imported" for scores that no study made;
            otherwise "".
        script: Your own training command, which trains in place of a workload's network; None for a workload.
        relative_margin: Whether the margin is in hundredths of the reference's score.
        data: The workload with that name, as far as it is known.

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
        """The workload and its settings, for a reader."""
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
        """Number of runs that the comparison plans; with looks, the largest number that there can be."""
        return self._runs(self.replicates)

    @property
    def fewest(self) -> int:
        """Smallest number of runs that there can be; without looks, all of them."""
        if self.screen:
            return self.screen * len(self.arms) * self.trials
        return self._runs(self.looks[0] if self.looks else self.replicates)

    def _runs(self, replicates: int) -> int:
        judged = 2 if self.screen else len(self.arms)
        return (self.screen * len(self.arms) + replicates * judged) * self.trials

    @property
    def tested(self) -> str | None:
        """With looks, the name of the rival that is tested, the primary or the only one; otherwise None."""
        return (self.primary or self.rivals[0]) if self.looks and not self.screen else None

    def arm(self, name: str) -> Arm:
        """One of the arms.

        Args:
            name: Name of an arm of this comparison.

        Returns:
            The arm's declaration.
        """
        return next((arm for arm in self.own_arms if arm.name == name), None) or ARMS[name]

    def plan(self) -> list[PlannedRun]:
        """List the runs, replicate by replicate, so that a part of them is balanced too.

        Within a replicate all arms and trials share the seed and the split, and all arms try the same peak rates.

        Returns:
            The runs in the order in which they are trained.
        """
        return [run for replicate in range(self.replicates) for run in self.replicate(replicate)]

    def replicate(self, number: int) -> Iterator[PlannedRun]:
        """The runs of one replicate.

        Args:
            number: Number of the replicate, counted from 0.

        Yields:
            The runs, arm by arm.
        """
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
    """Declare a comparison; the workload supplies every value that is not given, or is given as None.

    Args:
        workload: A name, a path or ``module:function``.
        arms: Names of the arms, including the reference.
        find: Function from the name to the workload. ``loganneal.studies.declare.code_facts`` has one that runs no
            code.
        **declared: Other parameters of `loganneal.studies.Comparison`. With ``peak_lr``, ``peak_factor`` is allowed
            too: peak rates are then tried within this factor of ``peak_lr``, 2.5 by default.

    Returns:
        The comparison.

    Raises:
        DataNotFoundError: The workload is a path, and nothing is there.
        ValueError: A value is out of its range or a name is unknown; the message says which.

    Example:
        >>> declare("digits").margin
        1.0
    """
    found = find(workload)
    if declared.get("looks"):
        declare_looks(declared, known_peak(found, declared))
    factor = declared.pop("peak_factor", None)
    if declared.get("peak_lr") is not None:
        if declared.get("peak_range") is not None:
            _checks.fail("Comparison", "peak_range", "left out if `peak_lr` is given", declared["peak_range"])
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
    """Declare a comparison that trains with your own command.

    Args:
        script: The command.
        steps: Updates in a run, at least 1.
        peak_lr: The peak learning rate that works today, above 0; trials are spread around it.
        margin: Difference within which two arms tie, in hundredths of the metric's unit.
        peak_factor: Factor around ``peak_lr`` within which peak rates are tried; None for 2.5.
        arms: Names of the arms, including the reference.
        trials: Number of peak rates that each tuning tries; None for 2.
        **declared: Other parameters of `loganneal.studies.Comparison`.

    Returns:
        The comparison.

    Raises:
        ValueError: A value is out of its range or a name is unknown; the message says which.

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
