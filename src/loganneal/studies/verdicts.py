"""The verdict on one arm: win, loss, tie or inconclusive, by rules declared before the run."""

from dataclasses import dataclass
from typing import Literal

from loganneal.studies.power import (
    ALPHA,
    SEARCH_LIMIT,
    fewest_replicates,
    replicates_to_settle,
    smallest_p,
)
from loganneal.studies.statistics import Paired

VerdictName = Literal["win", "loss", "tie", "inconclusive"]

LOSS_CUT = 0.3
"""Share of its first training loss that the reference must have cut for the workload to say anything."""


@dataclass(frozen=True)
class Verdict:
    """A verdict with its reason.

    Args:
        name: win, loss, tie or inconclusive.
        reason: What the numbers say, as the rest of a sentence that begins with the arm.
        small: Whether a win or loss is smaller than the margin.
        replicates_to_settle: For inconclusive, the replicates that would settle it; None where unknown.
    """

    name: VerdictName
    reason: str
    small: bool = False
    replicates_to_settle: int | None = None


def judge(paired: Paired, p_holm: float, margin: float, rivals: int, reference: str) -> Verdict:
    """Judge the differences of one arm to the reference.

    Tie when the 90 % paired interval lies within the margin; else win or loss when Holm's p is below 0.05;
    else inconclusive. With so few replicates that no p could be low enough, always inconclusive.

    Args:
        paired: Differences in points and their statistics.
        p_holm: Holm's p of this arm among all rivals.
        margin: The margin of a tie, in points.
        rivals: The comparisons with the reference.
        reference: Title of the reference, for the sentence.

    Example:
        >>> from loganneal.studies.statistics import compare_pairs
        >>> paired = compare_pairs([95, 96, 94, 95, 97, 96], [90, 92, 90, 91, 92, 90])
        >>> judge(paired, paired.p, margin=1.0, rivals=1, reference="Cosine").name
        'win'
    """
    replicates = len(paired.differences)
    if smallest_p(replicates, rivals) >= ALPHA:
        return _too_few(replicates, rivals)
    if _within(paired.interval90, margin):
        reason = f"ties with {reference}: {_difference(paired)}, the 90 % interval within ±{margin:g}"
        return Verdict("tie", reason)
    if p_holm < ALPHA:
        return _decided(paired, p_holm, margin, reference)
    return _undecided(paired, p_holm, margin, rivals, reference)


def not_informative(loss_cut: float) -> Verdict:
    """The verdict on every arm where the reference itself has hardly learned.

    >>> not_informative(0.1).name
    'inconclusive'
    """
    reason = (
        f"gets no verdict: the reference cut its training loss by {loss_cut:.0%}, less than {LOSS_CUT:.0%}, "
        "so this setting tells nothing about schedules"
    )
    return Verdict("inconclusive", reason)


def _too_few(replicates: int, rivals: int) -> Verdict:
    needed = fewest_replicates(rivals)
    reason = (
        f"gets no verdict: {_count(replicates, 'replicate')} against {_count(rivals, 'rival')} cannot reach "
        f"p < {ALPHA:g}; {needed} can"
    )
    return Verdict("inconclusive", reason, replicates_to_settle=needed)


def _decided(paired: Paired, p_holm: float, margin: float, reference: str) -> Verdict:
    name: VerdictName = "win" if paired.mean > 0 else "loss"
    verb = "beats" if name == "win" else "loses to"
    small = abs(paired.mean) < margin
    size = f", a small difference (below {margin:g})" if small else ""
    return Verdict(name, f"{verb} {reference}: {_difference(paired)}, p {p_text(p_holm)}{size}", small)


def _undecided(paired: Paired, p_holm: float, margin: float, rivals: int, reference: str) -> Verdict:
    needed = replicates_to_settle(paired.mean, paired.sd, margin, rivals) if paired.sd else None
    # More is always asked for than was there: at 80 % power the present number may have been unlucky.
    needed = max(needed, len(paired.differences) + 1) if needed else None
    remedy = f"about {needed} replicates" if needed else f"more than {SEARCH_LIMIT:,} replicates"
    reason = (
        f"is neither better nor worse than {reference} as far as this shows: {_difference(paired)}, "
        f"p {p_text(p_holm)}; {remedy} would settle it"
    )
    return Verdict("inconclusive", reason, replicates_to_settle=needed)


def _within(interval: tuple[float, float] | None, margin: float) -> bool:
    return interval is not None and -margin < interval[0] and interval[1] < margin


def _difference(paired: Paired) -> str:
    if paired.interval95 is None:
        return f"{paired.mean:+.2f} points"
    low, high = paired.interval95
    return f"{paired.mean:+.2f} points [{low:+.2f}, {high:+.2f}]"


def p_text(p: float) -> str:
    """A p value as text.

    >>> p_text(0.0314), p_text(0.0002)
    ('= 0.031', '< 0.001')
    """
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
