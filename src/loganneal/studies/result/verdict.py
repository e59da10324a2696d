"""How one arm compares with the reference: paired differences, Holm's p and the verdict."""

from dataclasses import dataclass
from typing import Literal

from loganneal._value import Value

Interval = tuple[float, float]
VerdictName = Literal["win", "loss", "tie", "inconclusive", "no verdict"]


@dataclass(frozen=True)
class Look(Value):
    """A look at a comparison, after which it may end.

    Args:
        number: Number of the look, counted from 1.
        replicates: Number of complete replicates that it tests.
        level: Level of the paired t test: a difference is found if p is at most this.
        tie_level: Level of each of the two one-sided t tests: a tie is found if both p are at most this.

    Example:
        >>> Look(number=1, replicates=4, level=0.031, tie_level=0.031).replicates
        4
    """

    number: int
    replicates: int
    level: float
    tie_level: float


@dataclass(frozen=True)
class Paired(Value):
    """Paired differences of one arm to the reference, positive if the arm is better, and their statistics.

    Args:
        differences: The differences, one for each replicate.
        mean: Mean of the differences.
        sd: Standard deviation of the differences; None if there are fewer than two.
        interval95: 95% interval of the mean by the paired t test; at a look, the repeated interval. None with fewer
            than two differences, and for arms that a plan with looks does not test.
        interval90: The 90% interval, computed in the same way. It shows a tie if it is within the margin, which is the
            same as two one-sided tests.
        p: Two-sided p value of the exact sign-flip test; at a look, of the paired t test.
        correlation: Correlation of the two scores over the replicates; None if one of them does not vary.

    Example:
        >>> from loganneal.studies.judge.statistics import compare_pairs
        >>> paired = compare_pairs([92.1, 90.9, 93.0, 90.9], [91.2, 90.1, 92.4, 89.8])
        >>> round(paired.mean, 2), paired.p
        (0.85, 0.125)
    """

    differences: tuple[float, ...]
    mean: float
    sd: float | None
    interval95: Interval | None
    interval90: Interval | None
    p: float
    correlation: float | None


@dataclass(frozen=True)
class Verdict(Value):
    """A verdict with its reason.

    Args:
        name: "win", "loss", "tie" or "inconclusive"; "no verdict" if none could be given.
        reason: What the numbers say, as the rest of a sentence that begins with the arm.
        small: Whether the difference of a win or loss is smaller than the margin.
        not_worse: Whether the lower end of the 95% interval is above minus the margin.
        replicates_to_settle: Total number of replicates that would settle an inconclusive comparison; None if that is
            unknown, or if it is settled.

    Example:
        >>> from loganneal.studies.judge.statistics import compare_pairs
        >>> from loganneal.studies.judge.verdicts import judge
        >>> reference = [91.2, 90.1, 92.4, 89.8, 91.0, 90.6, 92.0, 90.3]
        >>> paired = compare_pairs([score + 0.8 for score in reference], reference)
        >>> judge(paired, paired.p, 0.5, rivals=1, reference="cosine").name
        'win'
    """

    name: VerdictName
    reason: str
    small: bool = False
    not_worse: bool = False
    replicates_to_settle: int | None = None


@dataclass(frozen=True)
class Judged(Value):
    """An arm compared with the reference.

    Args:
        paired: The paired differences and their statistics.
        p_holm: The p value after Holm's correction for all rivals.
        verdict: The verdict with its reason.
    """

    paired: Paired
    p_holm: float
    verdict: Verdict
