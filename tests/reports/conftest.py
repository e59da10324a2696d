"""A comparison of three arms whose scores are made by a formula, and a study of it with two budgets."""

import pytest

from loganneal.runs import Journal, MetricsRow, Record
from loganneal.studies.declare.comparison import Comparison, FinishedRun, PlannedRun, declare
from loganneal.studies.declare.study import Study, study_of
from loganneal.studies.judge.conclude import conclude, conclude_study
from loganneal.studies.result import ComparisonResult, StudyResult


def _finished(run: PlannedRun) -> FinishedRun:
    """CLA is two points worse; in the first replicate, the second trial of linear diverges."""
    start = MetricsRow(2, run.spec.schedule(1), 2.3)
    place = (run.spec, "diverged", None, None, (start,))
    if (run.replicate, run.arm, run.trial) != (0, "linear", 1):
        score = 0.9 + run.replicate / 500 - (0.02 if run.arm == "cla" else 0.0) - run.trial / 100
        middle = MetricsRow(50, run.spec.schedule(49), 0.5, validation_score=score / 2)
        end = MetricsRow(run.spec.steps, run.spec.schedule(run.spec.steps - 1), 0.1, validation_score=score)
        curve = (start, middle, end)
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
def result(comparison: Comparison, finished: list[FinishedRun]) -> ComparisonResult:
    """What they show."""
    return conclude(comparison, finished)


@pytest.fixture(scope="session")
def alone(comparison: Comparison, finished: list[FinishedRun]) -> StudyResult:
    """The comparison as a study of one."""
    return conclude_study(study_of(comparison), finished)


@pytest.fixture(scope="session")
def records(finished: list[FinishedRun]) -> dict[str, Record]:
    """Its records by key."""
    return {run.planned.spec.key: run.record for run in finished}


@pytest.fixture(scope="session")
def journal(
    finished: list[FinishedRun], study_finished: list[FinishedRun], tmp_path_factory: pytest.TempPathFactory
) -> Journal:
    """The runs of the comparison and of the study."""
    store = Journal(tmp_path_factory.mktemp("journal"))
    for run in (*finished, *study_finished):
        store.write(run.record)
    return store


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
def study_result(study: Study, study_finished: list[FinishedRun]) -> StudyResult:
    """What they show."""
    return conclude_study(study, study_finished)
