"""What a calibration counted, as frozen rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from loganneal import _checks
from loganneal._value import Value

FORMAT = "loganneal-calibration/1"


@dataclass(frozen=True, kw_only=True)
class SizedRow(Value):
    """Studies of one size.

    Args:
        replicates: Number of replicates, R.
        trials: Number of trials, K.
        rivals: Number of comparisons with the reference.
        shared_seeds: Whether the names of a replicate share their seeds.
        sd: Standard deviation of a paired difference.
    """

    replicates: int
    trials: int
    rivals: int
    shared_seeds: bool
    sd: float


@dataclass(frozen=True, kw_only=True)
class SameRow(SizedRow):
    """An arm against itself: shares of the studies.

    Args:
        decided: Any rival wins or loses.
        rejected: The test alone, after Holm, finds a difference.
        tie: The first rival ties.
        tie_predicted: What the power calculation predicts for it.
    """

    decided: float
    rejected: float
    tie: float
    tie_predicted: float


@dataclass(frozen=True, kw_only=True)
class PlantedRow(SizedRow):
    """A known difference: shares of the studies.

    Args:
        difference: The planted difference, as the metric is shown.
        difference_sd: The same in standard deviations.
        found: The test finds it.
        predicted: What the power calculation predicts for it.
        win, tie, loss, inconclusive: The verdicts.
        tie_predicted: What the power calculation predicts for a tie.
    """

    difference: float
    difference_sd: float
    found: float
    predicted: float
    win: float
    tie: float
    loss: float
    inconclusive: float
    tie_predicted: float


@dataclass(frozen=True, kw_only=True)
class TieRow(SizedRow):
    """Ties: shares of the studies.

    Args:
        margin: Margin of a tie, as the metric is shown.
        margin_sd: The same in standard deviations.
        tie: A tie if there is no difference.
        tie_predicted: What the power calculation predicts for it.
        tie_at_margin: A tie if the difference is the margin.
    """

    margin: float
    margin_sd: float
    tie: float
    tie_predicted: float
    tie_at_margin: float


@dataclass(frozen=True, kw_only=True)
class UsualRow(Value):
    """The usual protocol, an arm against itself: shares of the studies that find a difference.

    Args:
        trials: Number of trials of the one tuning.
        reruns: Number of fresh seeds for each name.
        shared_seeds: Whether the reruns share their seeds.
        different: By the sign-flip test.
        different_t: By the paired t test.
    """

    trials: int
    reruns: int
    shared_seeds: bool
    different: float
    different_t: float

    @property
    def worst(self) -> float:
        """The larger of the two shares; five pairs give no p below 2 / 2^5, so the t test is counted as well."""
        return max(self.different, self.different_t)


@dataclass(frozen=True, kw_only=True)
class SequentialRow(Value):
    """Studies with looks: shares of the studies, and what they cost.

    Args:
        studies: Number of studies.
        looks: Numbers of replicates after which a study may end.
        trials: Number of trials, K.
        arms: Number of arms from which the screening picked the rival, including the reference; 2 without a screening.
        shared_seeds: Whether the names of a replicate share their seeds.
        sd: Standard deviation of a paired difference.
        difference_sd: The planted difference, in such deviations; 0 for an arm against itself.
        win, loss, tie: The verdicts.
        fixed_found: Share in which the fixed plan of 10 replicates with 4 trials finds the same difference; None with a
            screening, which that plan does not have.
        replicates: Mean number of replicates of the two arms that are judged.
        runs: Mean number of runs, including those of the screening.
    """

    studies: int
    looks: tuple[int, ...]
    trials: int
    arms: int
    shared_seeds: bool
    sd: float
    difference_sd: float
    win: float
    loss: float
    tie: float
    fixed_found: float | None
    replicates: float
    runs: float

    @property
    def decided(self) -> float:
        """Share of the studies that say win or loss."""
        return self.win + self.loss


@dataclass(frozen=True)
class PoolFacts(Value):
    """The pool from which studies were resampled."""

    runs: int
    seeds: int
    peaks: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Calibration(Value):
    """How often the verdicts are right where the truth is known.

    Args:
        pool: The pool from which studies were resampled.
        studies: Number of studies for each row.
        margin: Margin of a tie, as the metric is shown.
        limit: 5% plus two standard errors: what a row of an arm against itself may decide.
        same: An arm against itself.
        planted: A known difference.
        ties: Ties by the margin.
        usual: The usual protocol, an arm against itself.
        sequential: Plans with looks.
    """

    pool: PoolFacts
    studies: int
    margin: float
    limit: float
    same: tuple[SameRow, ...]
    planted: tuple[PlantedRow, ...]
    ties: tuple[TieRow, ...]
    usual: tuple[UsualRow, ...]
    sequential: tuple[SequentialRow, ...] = ()

    @property
    def worst(self) -> float:
        """The largest share of studies of an arm against itself that decide anything."""
        return max(row.decided for row in self.same)

    @property
    def worst_sequential(self) -> float:
        """The same for plans with looks."""
        return max((row.decided for row in self.sequential if not row.difference_sd), default=0.0)

    def to_dict(self) -> dict[str, Any]:
        """The calibration as JSON values, with the name of their layout."""
        return {"format": FORMAT, **super().to_dict()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The calibration that `to_dict` wrote.

        Raises:
            ValueError: The layout is a different one, or a field is missing, unknown or of the wrong type.
        """
        fields = dict(values)
        if (given := fields.pop("format", None)) != FORMAT:
            _checks.fail("Calibration", "format", repr(FORMAT), given)
        return super().from_dict(fields)
