"""Chosen runs are diagnosed from their records."""

import dataclasses

import numpy as np
import pytest

import loganneal as la
from loganneal.data import find_workload
from loganneal.reports.diagnoses import count_diagnoses
from loganneal.runs.as_log import log_of
from loganneal.runs.record import MetricsRow, Record


def record(schedule: la.Schedule, rows: int = 50) -> Record:
    """A run whose loss falls smoothly."""
    spec = find_workload("digits").spec(schedule=schedule, seed=0, split_seed=0)
    steps = np.linspace(2, 100, rows).astype(int).tolist()
    rates = schedule.curve(100)
    curve = tuple(MetricsRow(step, float(rates[step - 1]), 2.3 * 0.1 ** (step / 100)) for step in steps)
    return Record(spec, "completed", 0.9, 0.9, curve, 1.0)


@pytest.fixture
def healthy() -> Record:
    """Cosine to zero."""
    return record(la.Cosine(0.3, 100))


def test_counts_by_arm(healthy: Record) -> None:
    """A rate that has not fallen by the end is distinguished from one that has, and a diverged run is named."""
    gone = dataclasses.replace(healthy, status="diverged", validation_score=None, test_score=None)
    counts = count_diagnoses({"cosine": [healthy, healthy, gone], "late": [record(la.Linear(0.3, 200))]})
    assert counts["cosine"] == {"healthy": 2, "diverged": 1}
    assert counts["late"] == {"ends at a high rate": 1}


def test_short_curves_say_nothing(healthy: Record) -> None:
    """A curve of three points gets no diagnosis."""
    assert count_diagnoses({"cosine": [record(la.Cosine(0.3, 100), rows=3)]}) == {"cosine": {}}


def test_what_was_measured_is_in_the_log(healthy: Record) -> None:
    """Norms and validation losses are included if they were measured."""
    rows = [row._replace(grad_norm=1.0) for row in healthy.metrics]
    rows[-1] = rows[-1]._replace(validation_loss=0.4)
    log = log_of(dataclasses.replace(healthy, metrics=tuple(rows)))
    assert log.grad_norm.tolist() == [1.0] * 50
    assert (log.validation_step.tolist(), log.validation_loss.tolist()) == ([100.0], [0.4])
    assert np.isnan(log_of(healthy).grad_norm).all()
