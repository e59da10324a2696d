"""A rule of the diagnosis: what it needs, what it looks for, and the words for what it finds."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from loganneal.diagnosis.finding import Finding, Run


class Verdict(StrEnum):
    """What came of asking a rule."""

    FOUND = "found"
    NOT_FOUND = "not found"
    UNKNOWN = "cannot be told"


@dataclass(frozen=True)
class Outcome:
    """What came of asking a rule of one log.

    Args:
        verdict: Whether it found something, found nothing, or could not be asked.
        reason: Why it could not be asked; empty otherwise.
        finding: What it found; None otherwise.

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
    """Something a rule needs before it can be asked.

    Args:
        words: What it is, for the documentation.
        lacks: Why a run does not have it, as the end of "cannot be told ..."; empty if it has.
    """

    words: str
    lacks: Callable[[Run], str]


def _no_advice(finding: Finding) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Rule:
    """One failure that the diagnosis looks for.

    Args:
        name: Of the failure.
        needs: What a log must have for the rule to be asked.
        find: What it looks for in a run that has all that; None where nothing is found.
        sentence: The finding in a sentence.
        advice: What to change, in terms of a schedule's parameters, what helps most first. Directions, since a log does
            not show by how much.
    """

    name: str
    needs: tuple[Need, ...]
    find: Callable[[Run], Finding | None]
    sentence: Callable[[Finding], str]
    advice: Callable[[Finding], tuple[str, ...]] = _no_advice

    def ask(self, run: Run) -> Outcome:
        """Apply the rule to a run, if the run has what the rule needs."""
        lacking = next(filter(None, (need.lacks(run) for need in self.needs)), "")
        if lacking:
            return Outcome(Verdict.UNKNOWN, lacking)
        finding = self.find(run)
        return Outcome(Verdict.FOUND, finding=finding) if finding else Outcome(Verdict.NOT_FOUND)
