"""A rule of the diagnosis: what it needs, what it looks for, and the words for what it finds."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from loganneal.diagnosis.finding import Finding, Run


class Verdict(StrEnum):
    """What came of applying a rule to a log.

    Attributes:
        FOUND: The rule found what it looks for.
        NOT_FOUND: The rule was applied and found nothing.
        UNKNOWN: The log has too little for the rule; its value is "cannot be told".

    Example:
        >>> Verdict("not found") is Verdict.NOT_FOUND
        True
    """

    FOUND = "found"
    NOT_FOUND = "not found"
    UNKNOWN = "cannot be told"


@dataclass(frozen=True)
class Outcome:
    """What came of applying one rule to one log.

    Args:
        verdict: Whether the rule found something, found nothing, or could not be applied.
        reason: Why the rule could not be applied; "" otherwise.
        finding: What the rule found; None otherwise.

    Example:
        >>> print(Outcome(Verdict.UNKNOWN, "from this log, since it has too few rows"))
        cannot be told from this log, since it has too few rows
    """

    verdict: Verdict
    reason: str = ""
    finding: Finding | None = None

    def __str__(self) -> str:
        return f"{self.verdict} {self.reason}".strip()


@dataclass(frozen=True)
class Need:
    """Something that a log must have before a rule can be applied.

    Args:
        words: The need in words, for the documentation.
        lacks: Maps a run to the reason why the log does not have it, as the end of "cannot be told ..."; "" if it has.

    Example:
        >>> Need("two rows", lambda run: "" if len(run.log.step) > 1 else "from this log").words
        'two rows'
    """

    words: str
    lacks: Callable[[Run], str]


def _no_advice(finding: Finding) -> tuple[str, ...]:
    """Give no advice, whatever was found.

    Args:
        finding: What the rule found.

    Returns:
        An empty tuple.
    """
    return ()


@dataclass(frozen=True)
class Rule:
    """One failure that the diagnosis looks for.

    Args:
        name: Name of the failure.
        needs: What a log must have before the rule can be applied.
        find: Maps a run that has all of this to what the rule found; None if it found nothing.
        sentence: Maps a finding to the diagnosis as a sentence.
        advice: Maps a finding to what should be changed, mostly parameters of the schedule, the most helpful change
            first. The advice is a direction, since a log does not show how far to go.

    Example:
        >>> from loganneal.diagnosis import RULES
        >>> [rule.name for rule in RULES]
        ['unstable', 'decay too fast', 'cycles too short', 'ends at a high rate', 'overfitting']
    """

    name: str
    needs: tuple[Need, ...]
    find: Callable[[Run], Finding | None]
    sentence: Callable[[Finding], str]
    advice: Callable[[Finding], tuple[str, ...]] = _no_advice

    def ask(self, run: Run) -> Outcome:
        """Apply the rule to a run.

        Args:
            run: The log, with its cycles and its loss at the start.

        Returns:
            What the rule found, or the first of its needs that the log lacks.
        """
        lacking = next(filter(None, (need.lacks(run) for need in self.needs)), "")
        if lacking:
            return Outcome(Verdict.UNKNOWN, lacking)
        finding = self.find(run)
        return Outcome(Verdict.FOUND, finding=finding) if finding else Outcome(Verdict.NOT_FOUND)
