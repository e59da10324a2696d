"""What is wrong with the runs that validation chose, counted by arm."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from loganneal.lab.dynamics import Log, diagnose
from loganneal.lab.records import MetricsRow, Record

DIVERGED = "diverged"
FEWEST_ROWS = 10
"""Rows of a curve below which nothing is said about it."""


def count_diagnoses(chosen: Mapping[str, Sequence[Record]]) -> dict[str, dict[str, int]]:
    """How many of the chosen runs of each arm have each diagnosis; a curve too short for one does not count.

    Args:
        chosen: Records by arm.
    """
    return {arm: dict(Counter(filter(None, map(_name, records)))) for arm, records in chosen.items()}


def _name(record: Record) -> str | None:
    if record.status == "diverged":
        return DIVERGED
    return diagnose(record_log(record)).name if len(record.metrics) >= FEWEST_ROWS else None


def record_log(record: Record) -> Log:
    """The curve of a record as a log."""
    rows = record.metrics
    validated = [(row.step, row.validation_loss) for row in rows if row.validation_loss is not None]
    return Log(
        step=[row.step for row in rows],
        lr=[row.lr for row in rows],
        loss=[row.loss for row in rows],
        validation_step=[step for step, _ in validated],
        validation_loss=[loss for _, loss in validated],
        grad_norm=_norms(rows),
        steps_per_epoch=record.spec.train_images / record.spec.batch_size,
        diverged=record.status == "diverged",
    )


def _norms(rows: Sequence[MetricsRow]) -> list[float]:
    """Norms of the gradient; none where the record has none."""
    if all(row.grad_norm is None for row in rows):
        return []
    return [np.nan if row.grad_norm is None else row.grad_norm for row in rows]
