"""What rules take, and what they give."""

from dataclasses import dataclass, field
from typing import NamedTuple

from loganneal.diagnosis.cycles import Cycle, cycles
from loganneal.diagnosis.log import Log
from loganneal.diagnosis.measures import first_loss


@dataclass(frozen=True)
class Finding:
    """What one rule found.

    Args:
        name: Of the failure, as in `RULES`.
        evidence: What was measured, a sentence each.
        span: First and last step of where it shows.
        numbers: The measured values by name.
        cycle: Which cycle it shows in, counted from 1; 0 where that means nothing.
    """

    name: str
    evidence: tuple[str, ...]
    span: tuple[int, int]
    numbers: dict[str, float] = field(default_factory=dict)
    cycle: int = 0


class Run(NamedTuple):
    """A log, its cycles, and L0, its loss at the start."""

    log: Log
    cycles: list[Cycle]
    first: float


def look_at(log: Log) -> Run:
    """A log with what every rule needs."""
    return Run(log, cycles(log.lr), first_loss(log.loss))


def span(log: Log, start: int, stop: int) -> tuple[int, int]:
    """The first and the last step of the rows from `start` up to but not including `stop`."""
    return int(log.step[start]), int(log.step[stop - 1])
