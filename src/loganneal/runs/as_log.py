"""A recorded run as a log, for the diagnosis."""

import math
from collections.abc import Sequence

import numpy as np

from loganneal.diagnosis import Log
from loganneal.diagnosis.logs.run_folder import epoch_steps
from loganneal.runs.any_spec import Spec
from loganneal.runs.record import MetricsRow, Record
from loganneal.runs.spec import RunSpec


def log_of(record: Record) -> Log:
    """The log of a run, from its record.

    Args:
        record: The run; it needs at least one row of metrics.
    """
    return log_of_rows(record.spec, measured_rows(record), diverged=record.status == "diverged")


def measured_rows(record: Record) -> list[MetricsRow]:
    """The rows of a curve with a training loss; a user's own script may have reported others too."""
    return [row for row in record.metrics if row.step and not math.isnan(row.loss)]


def log_of_rows(spec: Spec, rows: Sequence[MetricsRow], *, diverged: bool = False) -> Log:
    """The log of a run so far.

    Args:
        spec: The run.
        rows: Its curve so far, with at least one row.
        diverged: Whether it ended because the loss was no longer finite.
    """
    measured = [row for row in rows if row.validation_loss is not None]
    return Log(
        step=[row.step for row in rows],
        lr=[row.lr for row in rows],
        loss=[row.loss for row in rows],
        validation_step=[row.step for row in measured],
        validation_loss=[float(row.validation_loss or 0) for row in measured],
        grad_norm=[np.nan if row.grad_norm is None else row.grad_norm for row in rows],
        steps_per_epoch=epoch_steps(spec.train_examples, spec.batch_size) if isinstance(spec, RunSpec) else None,
        diverged=diverged,
    )
