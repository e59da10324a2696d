"""The verdict on one arm: win, loss, tie, inconclusive or none, by rules declared before the run."""

from dataclasses import replace

from loganneal.data.metric import ACCURACY, Metric
from loganneal.studies.judge.power import (
    ALPHA,
    SEARCH_LIMIT,
    fewest_replicates,
    replicates_to_settle,
    smallest_p,
)
from loganneal.studies.result.verdict import Look, Paired, Verdict, VerdictName

LOSS_CUT = 0.3
"""Share by which the reference must cut its first training loss for the workload to be informative."""


def judge(
    paired: Paired, p_holm: float, margin: float, rivals: int, reference: str, metric: Metric = ACCURACY
) -> Verdict:
    """Judge the differences of one arm to the reference.

    A tie if the 90% paired interval is within the margin; otherwise a win or loss if Holm's p is below 0.05;
    otherwise inconclusive. With so few replicates that no p could be low enough, there is no verdict.

    Args:
        paired: Differences on the scale on which they are shown, positive if the arm is better, and their statistics.
        p_holm: Holm's p of this arm among all rivals.
        margin: The margin of a tie, in the same unit.
        rivals: The comparisons with the reference.
        reference: Title of the reference, for the sentence.
        metric: The metric, for the sentence.

    Example:
        >>> from loganneal.studies.judge.statistics import compare_pairs
        >>> paired = compare_pairs([95, 96, 94, 95, 97, 96], [90, 92, 90, 91, 92, 90])
        >>> judge(paired, paired.p, margin=1.0, rivals=1, reference="Cosine").name
        'win'
    """
    replicates = len(paired.differences)
    if smallest_p(replicates, rivals) >= ALPHA:
        return _too_few(replicates, rivals)
    shown = difference_text(paired, metric)
    if is_tie(paired, margin):
        reason = f"ties with {reference}: {shown}, the 90% interval within ±{margin:g}"
        return Verdict("tie", reason, not_worse=not_worse(paired, margin))
    if p_holm < ALPHA:
        return _decided(paired, p_holm, margin, reference, metric)
    return _undecided(paired, p_holm, margin, rivals, f"{reference}: {shown}")


def not_informative(loss_cut: float) -> Verdict:
    """The verdict on every arm if the reference itself has hardly learned.

    >>> not_informative(0.1).name
    'no verdict'
    """
    reason = (
        f"gets no verdict: the reference cut its training loss by {loss_cut:.0%}, less than {LOSS_CUT:.0%}, "
        "so this setting cannot distinguish schedules"
    )
    return Verdict("no verdict", reason)


def judge_at_look(paired: Paired, margin: float, look: Look, reference: str, metric: Metric = ACCURACY) -> Verdict:
    """Judge the rival that is tested, at the look that ended the comparison or at the last one.

    A tie if the repeated 90% interval is within the margin; otherwise a win or loss if p is at most the look's level;
    otherwise inconclusive. Differences that do not vary decide nothing.

    Args:
        paired: The differences as `loganneal.studies.judge.looks.as_seen_at` returns them.
        margin: The margin of a tie, in the same unit.
        look: The look.
        reference: Title of the reference, for the sentence.
        metric: The metric, for the sentence.
    """
    if not paired.sd:
        reason = "is undecided: its differences do not vary, and equal differences decide nothing"
        return Verdict("inconclusive", reason)
    when = f"at look {look.number}, after {counted(look.replicates, 'replicate')}"
    if is_tie(paired, margin):
        shown = difference_text(paired, metric)
        reason = f"ties with {reference} {when}: {shown}, the repeated 90% interval within ±{margin:g}"
        return Verdict("tie", reason, not_worse=not_worse(paired, margin))
    if paired.p <= look.level:
        found = _decided(paired, paired.p, margin, reference, metric)
        return replace(found, reason=f"{found.reason} {when} (the threshold there is {look.level:.3f})")
    shown, safe = difference_text(paired, metric), not_worse(paired, margin)
    reason = f"is undecided against {reference} {when}: {shown}, p {p_text(paired.p)}"
    return Verdict("inconclusive", f"{reason}; {_bound(margin, safe)}", not_worse=safe)


def settles(paired: Paired, margin: float, look: Look) -> bool:
    """Whether a look before the last ends a comparison: differences vary, and there is a tie, a win or a loss."""
    return bool(paired.sd) and (is_tie(paired, margin) or paired.p <= look.level)


def between_looks(replicates: int, due: int) -> Verdict:
    """The verdict on the tested rival before a look has ended the comparison."""
    return Verdict(
        "no verdict", f"gets no verdict yet: {counted(replicates, 'replicate')}, the next look is after {due}"
    )


def not_tested(primary: str) -> Verdict:
    """The verdict on a rival that is not the primary one."""
    return Verdict("no verdict", f"gets no verdict: it is exploratory, the test was declared for {primary} alone")


def screened_only(replicates: int) -> Verdict:
    """The verdict on each rival of a screening."""
    return Verdict("no verdict", f"gets no verdict: {counted(replicates, 'replicate')} only pick the rival")


def is_tie(paired: Paired, margin: float) -> bool:
    """Whether two one-sided tests at 5% show a difference smaller than the margin."""
    return paired.interval90 is not None and -margin < paired.interval90[0] and paired.interval90[1] < margin


def not_worse(paired: Paired, margin: float) -> bool:
    """Whether the lower end of the 95% interval is above minus the margin."""
    return paired.interval95 is not None and paired.interval95[0] > -margin


def difference_text(paired: Paired, metric: Metric = ACCURACY) -> str:
    """The mean difference with its 95% interval, in words.

    >>> from loganneal.studies.judge.statistics import compare_pairs
    >>> difference_text(compare_pairs([2.0, 3.0], [1.0, 1.0]))
    '+1.50 points, 95% interval -4.85 to +7.85'
    """
    if paired.interval95 is None:
        return metric.difference(paired.mean)
    low, high = (metric.number(end, "+") for end in paired.interval95)
    return f"{metric.difference(paired.mean)}, 95% interval {low} to {high}"


def p_text(p: float) -> str:
    """A p value as text.

    >>> p_text(0.0314), p_text(0.0002)
    ('= 0.031', '< 0.001')
    """
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "replicate"), counted(8, "replicate")
    ('1 replicate', '8 replicates')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _too_few(replicates: int, rivals: int) -> Verdict:
    needed = fewest_replicates(rivals)
    reason = (
        f"gets no verdict: {counted(replicates, 'replicate')} against {counted(rivals, 'rival')} cannot reach "
        f"p < {ALPHA:g}; {needed} can"
    )
    return Verdict("no verdict", reason, replicates_to_settle=needed)


def _decided(paired: Paired, p_holm: float, margin: float, reference: str, metric: Metric) -> Verdict:
    name: VerdictName = "win" if paired.mean > 0 else "loss"
    small = abs(paired.mean) < margin
    size = f", a small difference (below {margin:g})" if small else ""
    reason = f"is {_by(paired, reference, metric)}, p {p_text(p_holm)}{size}"
    return Verdict(name, reason, small, not_worse(paired, margin))


def _by(paired: Paired, reference: str, metric: Metric) -> str:
    """By how much an arm is better or worse, with the size and its interval unsigned in either case."""
    word, sign = ("better", 1) if paired.mean > 0 else ("worse", -1)
    size = f"{metric.number(abs(paired.mean))} {metric.unit}".strip()
    low, high = (metric.number(end) for end in sorted(sign * end for end in paired.interval95 or ()))
    return f"{word} than {reference} by {size}, 95% interval {low} to {high}"


def _undecided(paired: Paired, p_holm: float, margin: float, rivals: int, against: str) -> Verdict:
    there = len(paired.differences)
    needed = replicates_to_settle(paired.mean, paired.sd, margin, rivals) if paired.sd else None
    # Always ask for more than there were: at 80% power, the present number may have been unlucky.
    needed = max(needed, there + 1) if needed else None
    count = f"about {needed} replicates ({needed - there} more)" if needed else f"more than {SEARCH_LIMIT:,} replicates"
    safe = not_worse(paired, margin)
    reason = f"is undecided against {against}, p {p_text(p_holm)}; {_bound(margin, safe)}; {count} would settle it"
    return Verdict("inconclusive", reason, not_worse=safe, replicates_to_settle=needed)


def _bound(margin: float, safe: bool) -> str:
    """Whether an arm that is undecided is known not to be worse."""
    return f"it is not worse by {margin:g} or more" if safe else f"it may be worse by {margin:g} or more"
