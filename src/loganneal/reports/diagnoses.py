"""What is wrong with the runs that validation chose, counted by arm."""

from collections import Counter
from collections.abc import Mapping, Sequence

from loganneal.diagnosis import diagnose
from loganneal.runs.as_log import log_of, measured_rows
from loganneal.runs.record import Record

DIVERGED = "diverged"
FEWEST_ROWS = 10
"""Rows that a curve must have to be diagnosed."""


def count_diagnoses(chosen: Mapping[str, Sequence[Record]]) -> dict[str, dict[str, int]]:
    """How many of the chosen runs of each arm have each diagnosis; a curve too short for one does not count.

    Args:
        chosen: Records by arm.
    """
    return {arm: dict(Counter(filter(None, map(_name, records)))) for arm, records in chosen.items()}


def _name(record: Record) -> str | None:
    if record.status == "diverged":
        return DIVERGED
    return diagnose(log_of(record)).name if len(measured_rows(record)) >= FEWEST_ROWS else None
