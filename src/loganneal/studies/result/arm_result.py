"""What a comparison found of one arm."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from loganneal._value import Value
from loganneal.studies.declare.arms import Arm
from loganneal.studies.result.verdict import Interval, Judged, VerdictName


@dataclass(frozen=True, kw_only=True)
class TrialResult(Value):
    """One training run as tuning saw it; scores are as the metric is shown.

    Args:
        replicate: Counted from 0.
        trial: Counted from 0, in the order drawn.
        peak_lr: Peak learning rate.
        mean_lr: Mean learning rate over all steps.
        validation_score: At the last step; that of a diverged run is the floor.
        test_score: Likewise.
        diverged: Whether the loss stopped being finite.
        chosen: Whether validation chose this trial in its replicate.
        record: Key of the run's record.
        tuned: Values of what is tuned beside the peak rate.
    """

    replicate: int
    trial: int
    peak_lr: float
    mean_lr: float
    validation_score: float
    test_score: float
    diverged: bool
    chosen: bool
    record: str
    tuned: Mapping[str, float] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class TunedRange(Value):
    """A range that was tuned within, and the shares of the choices in its lowest and highest eighth."""

    low: float
    high: float
    low_share: float
    high_share: float


@dataclass(frozen=True, kw_only=True)
class ArmScores(Value):
    """Test scores of the runs that validation chose, one a replicate, as the metric is shown.

    Args:
        test_scores: In order of the replicates.
        mean: Their mean.
        median: Their median.
        sd: Their standard deviation; None with fewer than two.
        mean_interval95: Student's interval of the mean; None with fewer than two.
        best_setting: Median over replicates of the chosen peak rate, and of what else is tuned.
        ranges: The range of each tuned parameter, with the shares of choices at its ends.
        diverged: How many of all its runs diverged.
        chosen_diverged: How many of the chosen ones did.
        best_of_first: Mean test score had tuning had only the first k trials, for k = 1 ... K.
    """

    test_scores: tuple[float, ...]
    mean: float
    median: float
    sd: float | None
    mean_interval95: Interval | None
    best_setting: Mapping[str, float] = field(hash=False)
    ranges: Mapping[str, TunedRange] = field(hash=False)
    diverged: int
    chosen_diverged: int
    best_of_first: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class EqualMeanRate(Value):
    """The difference to the reference where both are tuned within the mean learning rates that both have.

    Args:
        low: Lowest mean rate that both have.
        high: Highest.
        replicates: Those in which both have a trial within.
        mean: Mean of the differences.
        interval95: Of the mean; None with one replicate.
    """

    low: float
    high: float
    replicates: int
    mean: float
    interval95: Interval | None


@dataclass(frozen=True, kw_only=True)
class ArmResult(Value):
    """One arm of a comparison.

    Args:
        arm: Its declaration.
        mean_rate_over_peak: Area under its curve: mean over peak rate, in [0, 1]; None where it was not seen.
        trials: All runs of the complete replicates.
        scores: None before the first replicate is complete.
        judged: Against the reference; None for the reference itself, and before the first replicate is complete.
        equal_mean_rate: None where no replicate allows it, and for the reference.
    """

    arm: Arm
    mean_rate_over_peak: float | None
    trials: tuple[TrialResult, ...]
    scores: ArmScores | None
    judged: Judged | None
    equal_mean_rate: EqualMeanRate | None

    @property
    def name(self) -> str:
        """Of the arm."""
        return self.arm.name

    @property
    def title(self) -> str:
        """Of the arm."""
        return self.arm.title

    @property
    def verdict(self) -> VerdictName | None:
        """The verdict's name; None where there is none."""
        return self.judged.verdict.name if self.judged else None

    @property
    def diverged(self) -> int:
        """How many of its runs diverged."""
        return self.scores.diverged if self.scores else 0
