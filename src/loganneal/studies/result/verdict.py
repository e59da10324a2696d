"""What is said of one arm against the reference: paired differences, Holm's p and the verdict."""

from dataclasses import dataclass
from typing import Literal

from loganneal._value import Value

Interval = tuple[float, float]
VerdictName = Literal["win", "loss", "tie", "inconclusive", "no verdict"]


@dataclass(frozen=True)
class Look(Value):
    """A look at a comparison that may end it, and what decides at it.

    Args:
        number: Counted from 1.
        replicates: Complete replicates that it sees.
        level: p of the paired t test at or below which a difference is there.
        tie_level: Likewise of each of the two one-sided tests that show a tie.
    """

    number: int
    replicates: int
    level: float
    tie_level: float


@dataclass(frozen=True)
class Paired(Value):
    """Paired differences of one arm to the reference, positive where the arm is better, and their statistics.

    Args:
        differences: One difference a replicate.
        mean: Their mean.
        sd: Their standard deviation; None with fewer than two.
        interval95: Paired t interval, at a look the repeated one; None with fewer than two, and where none is tested.
        interval90: Likewise; within the margin it shows a tie (two one-sided tests).
        p: Two-sided p of the exact sign-flip test; at a look, of the paired t test.
        correlation: Correlation of the pairs; None where one of the two does not vary.
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
        name: "win", "loss", "tie" or "inconclusive"; "no verdict" where none could be given.
        reason: What the numbers say, as the rest of a sentence that begins with the arm.
        small: Whether a win or loss is smaller than the margin.
        not_worse: Whether the lower end of the 95 % interval lies above minus the margin.
        replicates_to_settle: In all, where there were too few; None where unknown or settled.
    """

    name: VerdictName
    reason: str
    small: bool = False
    not_worse: bool = False
    replicates_to_settle: int | None = None


@dataclass(frozen=True)
class Judged(Value):
    """An arm's differences to the reference, Holm's p among all rivals, and the verdict."""

    paired: Paired
    p_holm: float
    verdict: Verdict
