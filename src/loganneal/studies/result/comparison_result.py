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
    """What was fixed before the first run. Reading it needs neither data nor code.

    Values that a training command chooses itself, such as its batch size, are None.

    Args:
        workload: The workload as it was declared: a name, a path or ``module:function``.
        workload_title: The workload for a reader.
        metric: The metric that runs are scored by.
        floor: Score of a diverged run; None if that is the worst score of the comparison.
        margin: Margin of a tie, on the scale on which the metric is shown.
        model: Name of the network.
        optimizer: Name of the optimizer.
        steps: Updates in a run.
        batch_size: Examples in an update.
        momentum: Momentum of "sgd".
        weight_decay: Weight decay of every parameter.
        precision: "float32" or "bfloat16".
        train_examples: Number of examples to train on.
        validation_examples: Number of examples to select on.
        trials: Number of runs in each tuning, K.
        replicates: How often the whole tuning is repeated, R.
        reference: Name of the arm with which the others are compared.
        first_seed: Seed of the first replicate.
        peak_range: Lowest and highest peak learning rate that tuning tries.
        tuned: Names of what is tuned, the peak rate first.
        settings: Further choices of every run, by their names in `loganneal.runs.RunSpec`.
        selection: How a trial is chosen, in words.
        looks: Numbers of replicates after which the comparison may end; empty if it may not end early.
        primary: With looks, the rival that is tested; None if there is only one or a screening picks it.
        stage: "screening" or "duel" for a part of a plan with a screening; "imported" for scores that no study made;
            otherwise "".
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
        """The fields by name as JSON values; those of a plan with looks only if there is one.

        Returns:
            A dictionary that `from_dict` reads.
        """
        values = super().to_dict()
        return {name: value for name, value in values.items() if name not in ("looks", "primary", "stage") or value}


@dataclass(frozen=True)
class Power(Value):
    """What a comparison can detect with a power of 80%.

    Args:
        detectable_difference_sd: Smallest true difference that becomes a win or a loss with a power of 80%, in
            standard deviations of a paired difference; None if no difference can.
        detectable_tie_sd: Smallest margin at which equal arms tie with a power of 80%, in standard deviations of a
            paired difference; None if there is none.
        sentence: What the comparison can detect, in words.

    Example:
        >>> from loganneal.studies.judge.power import detectable_difference
        >>> power = Power(round(detectable_difference(10, rivals=1), 2), None, "10 replicates detect 1.00 sd.")
        >>> power.detectable_difference_sd
        1.0
    """

    detectable_difference_sd: float | None
    detectable_tie_sd: float | None
    sentence: str


@dataclass(frozen=True)
class PairResult(Value):
    """The difference between two rivals, for which no test was declared.

    Args:
        first: Name of the first arm.
        second: Name of the second arm.
        mean: Mean difference; positive if the first arm is better.
        interval95: 95% interval of the mean; None with one replicate.

    Example:
        >>> PairResult("linear", "late", mean=0.4, interval95=(0.1, 0.7)).first
        'linear'
    """

    first: str
    second: str
    mean: float
    interval95: Interval | None


@dataclass(frozen=True, kw_only=True)
class ComparisonResult(Value):
    """What a comparison found.

    Args:
        label: A name that tells the comparison from the others of its study, in few words.
        declaration: What was fixed before the first run.
        replicates_done: Number of complete replicates; only these count.
        replicates_mixed: Number of replicates left out because their runs come from different kinds of device.
        reference_loss_cut: Share of its first training loss by which the reference reduced it; None before the first
            replicate is complete.
        informative: Whether the reference learned enough for schedules to differ; None before the first replicate is
            complete.
        power: What the comparison can detect.
        arms: What was found about each arm, in the declared order.
        exploratory: Differences between rivals, for which no test was declared.
        seconds_of_training: Seconds of training over all runs; a run that arms share counts once.
        launched: How the runs went; None unless they are runs of a command.
        look: With looks, the last one that took place, whose replicates are those that count; otherwise None.
        environment: The values of each fact about the runs' environments, by the name of the fact.
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
        """The fields by name as JSON values; ``launched`` and ``look`` only if they are not None.

        Returns:
            A dictionary that `from_dict` reads.
        """
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
        """What was found about the reference."""
        return self.arm(self.declaration.reference)

    @property
    def rivals(self) -> tuple[ArmResult, ...]:
        """What was found about the arms other than the reference."""
        return tuple(one for one in self.arms if one.name != self.declaration.reference)

    def arm(self, name: str) -> ArmResult:
        """What was found about one arm.

        Args:
            name: Name of an arm of this comparison.

        Returns:
            The result of the arm.
        """
        return next(one for one in self.arms if one.name == name)
