"""A comparison of three arms whose scores are made by a formula, and a study of it with two budgets."""

from typing import Any

import pytest

from loganneal.runs import MetricsRow, Record
from loganneal.studies.declare.comparison import Comparison, FinishedRun, PlannedRun, declare
from loganneal.studies.declare.study import Study
from loganneal.studies.result.conclude import conclude, conclude_study


def _finished(run: PlannedRun) -> FinishedRun:
    """CLA is two points worse; in the first replicate linear diverges at its second trial."""
    place = (run.spec, "diverged", None, None, "", (MetricsRow(2, run.peak, 2.3),))
    if (run.replicate, run.arm, run.trial) != (0, "linear", 1):
        score = 0.9 + run.replicate / 500 - (0.02 if run.arm == "cla" else 0.0) - run.trial / 100
        middle = MetricsRow(50, run.peak / 2, 0.5, validation_score=score / 2)
        curve = (*place[5], middle, MetricsRow(100, 0.0, 0.1, validation_score=score))
        place = (run.spec, "completed", score, score, curve)
    return FinishedRun(run, Record(*place, 1.5, {"device": "cpu", "torch": "2"}))


@pytest.fixture(scope="session")
def comparison() -> Comparison:
    """What is compared."""
    return declare("digits", arms=("cla", "cosine", "linear"), trials=2, replicates=8)


@pytest.fixture(scope="session")
def finished(comparison: Comparison) -> list[FinishedRun]:
    """All its runs."""
    return [_finished(run) for run in comparison.plan()]


@pytest.fixture(scope="session")
def summary(comparison: Comparison, finished: list[FinishedRun]) -> dict[str, Any]:
    """What they show."""
    return conclude(comparison, finished)


@pytest.fixture(scope="session")
def study() -> Study:
    """The same comparison with two budgets."""
    declared = {"arms": ("cla", "cosine", "linear"), "trials": 2, "replicates": 8}
    budgets = tuple(declare("digits", steps=steps, **declared) for steps in (100, 200))
    return Study(name="budgets", title="Two budgets", comparisons=budgets)


@pytest.fixture(scope="session")
def study_finished(study: Study) -> list[FinishedRun]:
    """All its runs."""
    return [_finished(run) for run in study.plan()]


@pytest.fixture(scope="session")
def study_summary(study: Study, study_finished: list[FinishedRun]) -> dict[str, Any]:
    """What they show."""
    return conclude_study(study, study_finished)
