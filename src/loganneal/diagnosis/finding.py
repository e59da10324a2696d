"""What rules take, and what they return."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from loganneal.diagnosis.cycles import Cycle, cycles, opening
from loganneal.diagnosis.log import Log
from loganneal.diagnosis.measures import first_loss, scatter
from loganneal.diagnosis.thresholds import SCATTER_ROWS


@dataclass(frozen=True)
class Finding:
    """What one rule found.

    Args:
        evidence: The measurements behind it, as sentences.
        span: First and last step of the part of the run that shows it.
        numbers: The measured values by name.
        cycle: Number of the cycle that shows it, counted from 1; 0 if it belongs to no single cycle.

    Example:
        >>> Finding(("The last rate, 0.05, is 50% of the highest, 0.1.",), span=(0, 99), numbers={"share": 0.5}).cycle
        0
    """

    evidence: tuple[str, ...]
    span: tuple[int, int]
    numbers: dict[str, float] = field(default_factory=dict)
    cycle: int = 0


class Run(NamedTuple):
    """A log with what every rule needs to know about it.

    A cycle of one row at the end is not among the cycles: many trainers log the rate after ``scheduler.step()``, and
    so log the first rate of a cycle that is never run.

    Args:
        log: The log of the run.
        cycles: Its cycles; a single one if the log has no learning rate.
        first: L0, its loss at the start; NaN if no early loss is finite.
        begins_another: Whether the last row alone begins one more cycle.
        scatter: How much its losses vary from row to row outside the openings of cycles, as a share of their size.

    Example:
        >>> log = Log(step=[1, 2, 3], lr=[0.1, 0.05, 0.0], loss=[2.3, 2.0, np.nan])
        >>> Run(log, cycles(log.lr), first=2.3, begins_another=False).broken
        True
    """

    log: Log
    cycles: list[Cycle]
    first: float
    begins_another: bool
    scatter: float = 0.0

    @property
    def broken(self) -> bool:
        """Whether a loss is not finite, or the run is known to have ended for that reason."""
        return self.log.diverged or not bool(np.all(np.isfinite(self.log.loss)))


def look_at(log: Log) -> Run:
    """A log with what every rule needs; without a learning rate, all of it is one cycle."""
    found = cycles(log.lr) if log.has_rate else [Cycle(0, 0, len(log.step))]
    begins_another = len(found) > 1 and found[-1].stop - found[-1].start == 1
    varies = _scatter(log, found)
    return Run(log, found[:-1] if begins_another else found, first_loss(log.loss, varies), begins_another, varies)


def _scatter(log: Log, found: list[Cycle]) -> float:
    """The scatter of the losses outside the openings, where an unstable loss would be no noise."""
    calm = np.isfinite(log.loss)
    for cycle in found:
        calm[slice(*opening(cycle))] = False
    return scatter(log.loss, calm) if np.sum(calm) >= SCATTER_ROWS else 0.0


def span(log: Log, start: int, stop: int) -> tuple[int, int]:
    """The first and the last step of the rows from `start` up to but not including `stop`."""
    return int(log.step[start]), int(log.step[stop - 1])
