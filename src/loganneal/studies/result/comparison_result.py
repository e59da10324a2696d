"""What a comparison found, with everything that was fixed before its first run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from loganneal._value import Value
from loganneal.data.metric import Metric
from loganneal.studies.result.arm_result import ArmResult
from loganneal.studies.result.launched import Launched
from loganneal.studies.result.verdict import Interval, Look

SELECTION = "best validation score at the last step; of equals, the one drawn first"


@dataclass(frozen=True, kw_only=True)
class Declaration(Value):
    """What was fixed before the first run. It stands by itself: reading it needs neither data nor code.

    Args:
        workload: As it was declared: a name, a path or ``module:function``.
        workload_title: The same for a reader.
        metric: What runs are scored by.
        floor: Score of a diverged run; None where it is the worst score of the comparison.
        margin: Of a tie, as the metric is shown.
        model, optimizer, steps, batch_size, momentum, weight_decay, precision: Alike in every run;
            None where a command has its own.
        train_examples, validation_examples: How many; None likewise.
        trials: Runs in each tuning, K.
        replicates: How often the whole tuning is repeated, R.
        reference: Name of the arm that the others are compared with.
        first_seed: Seed of the first replicate.
        peak_range: Lowest and highest peak rate that tuning tries.
        tuned: What is tuned, the peak rate first.
        settings: Further choices of every run, by their names in `loganneal.runs.RunSpec`.
        selection: How a trial is chosen.
        looks: Replicates after which it may end; empty where it may not.
        primary: With looks, the rival that is tested.
        stage: Of a plan with a screening "screening" or "duel"; "imported" for scores that no study has made.
    """

    workload: str
    workload_title: str
    metric: Metric
    floor: float | None
    margin: float
    model: str
    optimizer: str
    steps: int
    batch_size: int | None
    momentum: float | None
    weight_decay: float | None
    precision: str | None
    train_examples: int | None
    validation_examples: int | None
    trials: int
    replicates: int
    reference: str
    first_seed: int
    peak_range: Interval
    tuned: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    selection: str = SELECTION
    looks: tuple[int, ...] = ()
    primary: str | None = None
    stage: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The fields by name as JSON values; those of a plan with looks only where there is one."""
        values = super().to_dict()
        return {name: value for name, value in values.items() if name not in ("looks", "primary", "stage") or value}


@dataclass(frozen=True)
class Power(Value):
    """What a comparison can detect with 80 % power, in standard deviations of a paired difference, and in words."""

    detectable_difference_sd: float | None
    detectable_tie_sd: float | None
    sentence: str


@dataclass(frozen=True)
class PairResult(Value):
    """The difference between two rivals, for which no test was declared."""

    first: str
    second: str
    mean: float
    interval95: Interval | None


@dataclass(frozen=True, kw_only=True)
class ComparisonResult(Value):
    """What a comparison found.

    Args:
        label: The fewest words that tell it from the others of its study.
        declaration: What was fixed before the first run.
        replicates_done: Complete replicates, which alone count.
        replicates_mixed: Replicates left out since their runs come from different kinds of device.
        reference_loss_cut: Share of its first training loss that the reference lost; None before the first replicate.
        informative: Whether that is enough for schedules to differ; None before the first replicate.
        power: What it can detect.
        arms: In the declared order.
        exploratory: Differences between rivals.
        seconds_of_training: Of all its runs; arms that share a run count it once.
        launched: How the runs went, where they are those of a command.
        look: With looks, the last one that took place, whose replicates are those that count.
        environment: Each fact of its runs' environments, with its values.
    """

    label: str
    declaration: Declaration
    replicates_done: int
    replicates_mixed: int
    reference_loss_cut: float | None
    informative: bool | None
    power: Power
    arms: tuple[ArmResult, ...]
    exploratory: tuple[PairResult, ...]
    seconds_of_training: float
    environment: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    launched: Launched | None = None
    look: Look | None = None

    def to_dict(self) -> dict[str, Any]:
        """The fields by name as JSON values; ``launched`` and ``look`` only where there is something to say."""
        values = super().to_dict()
        return {name: value for name, value in values.items() if name not in ("launched", "look") or value is not None}

    @property
    def is_complete(self) -> bool:
        """Whether every declared replicate counts; with looks, whether one of them ended it."""
        if not self.declaration.looks:
            return self.replicates_done == self.declaration.replicates
        return self.look is not None and (self.look.number == len(self.declaration.looks) or self.is_decided)

    @property
    def is_decided(self) -> bool:
        """Whether the rival that is tested wins, loses or ties."""
        return any(arm.verdict in ("win", "loss", "tie") for arm in self.rivals)

    @property
    def ended_early(self) -> bool:
        """Whether a look before the last one ended it."""
        return self.is_complete and self.look is not None and self.look.number < len(self.declaration.looks)

    @property
    def reference(self) -> ArmResult:
        """The arm that the others are compared with."""
        return self.arm(self.declaration.reference)

    @property
    def rivals(self) -> tuple[ArmResult, ...]:
        """The other arms."""
        return tuple(one for one in self.arms if one.name != self.declaration.reference)

    def arm(self, name: str) -> ArmResult:
        """One of its arms by name."""
        return next(one for one in self.arms if one.name == name)
