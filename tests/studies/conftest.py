"""Finished runs made by a formula, so that what a study concludes is known beforehand."""

from collections.abc import Callable

import pytest

from loganneal.runs import MetricsRow, Record
from loganneal.studies.declare.comparison import Comparison, FinishedRun, PlannedRun

Score = Callable[[PlannedRun], float | None]
"""Accuracy of a run in [0, 1]; None if it diverges."""


def _record(run: PlannedRun, score: float | None, last_loss: float, device: str) -> Record:
    status = "diverged" if score is None else "completed"
    curve = (
        MetricsRow(2, run.peak, 2.3),
        MetricsRow(run.spec.steps, 0.001, last_loss, validation_score=score),
    )
    return Record(run.spec, status, score, score, curve, 1.0, {"device": device, "torch": "2"})


@pytest.fixture
def finish() -> Callable[..., list[FinishedRun]]:
    """A function that gives every planned run the score that `score(run)` says."""

    def finish(
        comparison: Comparison, score: Score, last_loss: float = 0.2, device: Callable[[PlannedRun], str] | None = None
    ) -> list[FinishedRun]:
        return [
            FinishedRun(run, _record(run, score(run), last_loss, device(run) if device else "cpu"))
            for run in comparison.plan()
        ]

    return finish
