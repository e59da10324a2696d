"""What a study of several comparisons concludes: each by itself, never pooled."""

import json
from collections.abc import Callable

import pytest

from loganneal.reports.caveats import warnings
from loganneal.reports.headline import study_headline
from loganneal.studies.declare.comparison import FinishedRun, PlannedRun, declare
from loganneal.studies.declare.study import Study
from loganneal.studies.judge.budgets import budgets, steps_to_target
from loganneal.studies.judge.conclude import conclude, conclude_study
from loganneal.studies.result import StudyResult

STEPS = (25, 50, 100)


def study() -> Study:
    """Cosine and linear decay on the digits with three budgets."""
    declared = {"arms": ("linear", "cosine"), "trials": 2, "replicates": 8}
    budgets = tuple(declare("digits", steps=steps, **declared) for steps in STEPS)
    return Study(name="budgets", title="Budgets", comparisons=budgets)


def score(run: PlannedRun) -> float:
    """More steps are better; linear decay is 3 points ahead with 50 steps and 3 points behind with 100."""
    ahead = {25: 0.0, 50: 0.03, 100: -0.03}[run.spec.steps] if run.arm == "linear" else 0.0
    return 0.7 + run.spec.steps / 500 + ahead + ((run.replicate * 5) % 8) / 1000 + run.trial / 100


@pytest.fixture
def finished(finish: Callable[..., list[FinishedRun]]) -> list[FinishedRun]:
    """All runs, told apart by the number of their comparison."""
    parts = enumerate(finish(comparison, score) for comparison in study().comparisons)
    return [run._replace(planned=run.planned._replace(comparison=number)) for number, part in parts for run in part]


def test_each_comparison_by_itself(finished: list[FinishedRun]) -> None:
    """Every comparison says what it says alone, and the headline counts the verdicts."""
    result = conclude_study(study(), finished)
    alone = [conclude(one, part) for one, part in zip(study().comparisons, study().parts(finished), strict=True)]
    assert [one.arms for one in result.comparisons] == [one.arms for one in alone]
    assert [one.label for one in result.comparisons] == ["25 steps", "50 steps", "100 steps"]
    assert result.command == "loganneal study run budgets.toml"
    assert study_headline(result) == "Of 3 comparisons with Cosine: linear wins 1 and loses 1."


def test_comes_back_from_json(finished: list[FinishedRun]) -> None:
    """The result survives its JSON, equal in every field."""
    result = conclude_study(study(), finished)
    assert StudyResult.from_dict(json.loads(result.to_json())) == result


def test_steps_to_target_are_a_trained_budget(finished: list[FinishedRun]) -> None:
    """The target is the reference's median with the largest budget; an arm that does not reach it has no number."""
    (task,) = budgets(conclude_study(study(), finished))
    arms = {one.arm.name: one for one in task.arms}
    assert task.steps == STEPS
    assert task.target == arms["cosine"].medians[-1]
    assert (arms["cosine"].steps_to_target, arms["linear"].steps_to_target) == (100, None)


def test_steps_to_target_of_a_metric_to_be_small() -> None:
    """If lower is better, the target is reached from above."""
    assert steps_to_target([50, 100, 200], [2.0, 1.8, 1.7], target=1.8, sign=-1) == 100


def test_partial(finished: list[FinishedRun]) -> None:
    """A study with a missing run is partial, and says in which comparison."""
    result = conclude_study(study(), finished[:-1])
    assert not result.is_complete
    assert any(
        line.startswith("Partial: 7 of 8 replicates count") for one in result.comparisons for line in warnings(one)
    )
    assert study_headline(conclude_study(study(), [])) == "No replicate is complete yet."
