"""What rules take, and what they give."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from loganneal.diagnosis.cycles import Cycle, cycles
from loganneal.diagnosis.log import Log
from loganneal.diagnosis.measures import first_loss


@dataclass(frozen=True)
class Finding:
    """What one rule found.

    Args:
        evidence: What was measured, a sentence each.
        span: First and last step of where it shows.
        numbers: The measured values by name.
        cycle: Which cycle it shows in, counted from 1; 0 where that means nothing.
    """

    evidence: tuple[str, ...]
    span: tuple[int, int]
    numbers: dict[str, float] = field(default_factory=dict)
    cycle: int = 0


class Run(NamedTuple):
    """A log, its cycles, L0 (its loss at the start), and whether the last row alone begins one more cycle.

    A cycle of one row at the end is not among the cycles: many trainers log the rate after ``scheduler.step()``, which
    shows the first rate of a cycle that is never run.
    """

    log: Log
    cycles: list[Cycle]
    first: float
    begins_another: bool

    @property
    def broken(self) -> bool:
        """Whether a loss is not finite, or the run is known to have ended so."""
        return self.log.diverged or not bool(np.all(np.isfinite(self.log.loss)))


def look_at(log: Log) -> Run:
    """A log with what every rule needs; without a learning rate, all of it is one cycle."""
    found = cycles(log.lr) if log.has_rate else [Cycle(0, 0, len(log.step))]
    begins_another = len(found) > 1 and found[-1].stop - found[-1].start == 1
    return Run(log, found[:-1] if begins_another else found, first_loss(log.loss), begins_another)


def span(log: Log, start: int, stop: int) -> tuple[int, int]:
    """The first and the last step of the rows from `start` up to but not including `stop`."""
    return int(log.step[start]), int(log.step[stop - 1])
