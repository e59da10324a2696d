"""What a comparison found about one arm."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from loganneal._value import Value
from loganneal.studies.declare.arms import Arm
from loganneal.studies.result.verdict import Interval, Judged, VerdictName


@dataclass(frozen=True, kw_only=True)
class TrialResult(Value):
    """One training run as tuning saw it. Scores are on the scale on which the metric is shown.

    Args:
        replicate: Number of the replicate, counted from 0.
        trial: Number of the trial within the tuning, counted from 0.
        peak_lr: Peak learning rate.
        mean_lr: Mean learning rate over all steps.
        validation_score: Validation score at the last step; the floor for a diverged run.
        test_score: Test score at the last step; the floor for a diverged run.
        diverged: Whether the loss stopped being finite.
        chosen: Whether validation chose this trial in its replicate.
        record: Key of the run's record, 16 hexadecimal digits.
        tuned: Values of the parameters that are tuned besides the peak rate, by name.

    Example:
        >>> trial = TrialResult(replicate=0, trial=2, peak_lr=0.3, mean_lr=0.15, validation_score=94.1,
        ...                     test_score=93.8, diverged=False, chosen=True, record="0123456789abcdef")
        >>> TrialResult.from_dict(trial.to_dict()) == trial
        True
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
    """A range that was tuned within, and how often tuning chose values near its ends.

    Args:
        low: Lower end of the range.
        high: Upper end of the range.
        low_share: Share of the choices in the lowest eighth of the range, in [0, 1].
        high_share: Share of the choices in the highest eighth of the range, in [0, 1].

    Example:
        >>> TunedRange(low=0.03, high=1.5, low_share=0.0, high_share=0.4).high_share
        0.4
    """

    low: float
    high: float
    low_share: float
    high_share: float


@dataclass(frozen=True, kw_only=True)
class ArmScores(Value):
    """Test scores of the runs that validation chose, one for each replicate, on the scale on which they are shown.

    Args:
        test_scores: The scores in order of the replicates.
        mean: Mean of the scores.
        median: Median of the scores.
        sd: Standard deviation of the scores; None if there are fewer than two.
        mean_interval95: Student's 95% interval of the mean; None if there are fewer than two scores.
        best_setting: Median over the replicates of the chosen peak rate, and of what else is tuned, by name.
        ranges: The range of each tuned parameter, with the shares of choices at its ends, by name.
        diverged: Number of the arm's runs that diverged.
        chosen_diverged: Number of the chosen runs that diverged.
        best_of_first: Mean test score if tuning had had only the first k trials, for k = 1 ... K.
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
    """The difference to the reference if both are tuned only within the mean learning rates that both cover.

    Args:
        low: Lowest mean rate that both arms cover.
        high: Highest mean rate that both arms cover.
        replicates: Number of replicates in which both arms have a trial within this range.
        mean: Mean of the differences; positive if the arm is better.
        interval95: 95% interval of the mean; None with one replicate.

    Example:
        >>> EqualMeanRate(low=0.02, high=0.4, replicates=10, mean=0.3, interval95=(-0.1, 0.7)).replicates
        10
    """

    low: float
    high: float
    replicates: int
    mean: float
    interval95: Interval | None


@dataclass(frozen=True, kw_only=True)
class ArmResult(Value):
    """What a comparison found about one arm.

    Args:
        arm: The declaration of the arm.
        mean_rate_over_peak: Area under the curve of the schedule: mean rate over peak rate, in [0, 1]; None if the
            rates are unknown.
        trials: All runs of the complete replicates.
        scores: Test scores of the chosen runs; None before the first replicate is complete.
        judged: The comparison with the reference; None for the reference itself, and before the first replicate is
            complete.
        equal_mean_rate: The difference at equal mean rates; None for the reference, and if no replicate allows it.
    """

    arm: Arm
    mean_rate_over_peak: float | None
    trials: tuple[TrialResult, ...]
    scores: ArmScores | None
    judged: Judged | None
    equal_mean_rate: EqualMeanRate | None

    @property
    def name(self) -> str:
        """Name of the arm."""
        return self.arm.name

    @property
    def title(self) -> str:
        """Name of the arm for a reader."""
        return self.arm.title

    @property
    def verdict(self) -> VerdictName | None:
        """Name of the verdict; None for the reference, and before the first replicate is complete."""
        return self.judged.verdict.name if self.judged else None

    @property
    def diverged(self) -> int:
        """Number of runs of the arm that diverged."""
        return self.scores.diverged if self.scores else 0
