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
        replicates: R.
        trials: K.
        rivals: Comparisons with the reference.
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
        tie_predicted: What the power calculation says of it.
    """

    decided: float
    rejected: float
    tie: float
    tie_predicted: float


@dataclass(frozen=True, kw_only=True)
class PlantedRow(SizedRow):
    """A known difference: shares of the studies.

    Args:
        difference: What was planted, as the metric is shown.
        difference_sd: The same in standard deviations.
        found: The test finds it.
        predicted: What the power calculation says of it.
        win, tie, loss, inconclusive: The verdicts.
        tie_predicted: What the power calculation says of a tie.
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
        margin: As the metric is shown.
        margin_sd: The same in standard deviations.
        tie: A tie where there is no difference.
        tie_predicted: What the power calculation says of it.
        tie_at_margin: A tie where the difference is the margin.
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
        trials: Of the one tuning.
        reruns: Fresh seeds for each name.
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
        """The larger of the two shares: five pairs know no p below 2 / 2^5, so the t test stands beside the other."""
        return max(self.different, self.different_t)


@dataclass(frozen=True, kw_only=True)
class SequentialRow(Value):
    """Studies with looks: shares of the studies, and what they cost.

    Args:
        studies: How many.
        looks: Numbers of replicates after which a study may end.
        trials: K.
        arms: Of which the screening picked the rival, the reference among them; 2 where there was no screening.
        shared_seeds: Whether the names of a replicate share their seeds.
        sd: Standard deviation of a paired difference.
        difference_sd: What was planted, in such deviations; 0 for an arm against itself.
        win, loss, tie: The verdicts.
        fixed_found: Share in which the fixed plan of 10 replicates with 4 trials finds the same difference; None with a
            screening, which that plan has not.
        replicates: Mean number of replicates of the two arms that are judged.
        runs: Mean number of runs, those of the screening among them.
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
    """What studies were resampled from."""

    runs: int
    seeds: int
    peaks: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Calibration(Value):
    """How often the verdicts are right where the truth is known.

    Args:
        pool: What studies were resampled from.
        studies: How many for each row.
        margin: Of a tie, as the metric is shown.
        limit: 5 % plus two standard errors: what a row of an arm against itself may decide.
        same: An arm against itself.
        planted: A difference that is there.
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
        """The same of plans with looks."""
        return max((row.decided for row in self.sequential if not row.difference_sd), default=0.0)

    def to_dict(self) -> dict[str, Any]:
        """The calibration as JSON values, with the name of their layout."""
        return {"format": FORMAT, **super().to_dict()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The calibration that `to_dict` wrote.

        Raises:
            ValueError: It is of another layout, or a field is missing, unknown or of another type.
        """
        fields = dict(values)
        if (given := fields.pop("format", None)) != FORMAT:
            _checks.fail("Calibration", "format", repr(FORMAT), given)
        return super().from_dict(fields)
