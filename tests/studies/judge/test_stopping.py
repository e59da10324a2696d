"""Plans that may end early: looks, what they need next, failures, and a screening before a duel."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from loganneal.reports.caveats import warnings
from loganneal.reports.headline import study_headline
from loganneal.studies.declare.comparison import Comparison, FinishedRun, PlannedRun, declare
from loganneal.studies.declare.study import Study, study_of
from loganneal.studies.judge.conclude import conclude, conclude_study
from loganneal.studies.judge.stopping import due_runs, followed, picked, reached, staged

Finish = Callable[..., list[FinishedRun]]

WOBBLE = (0.001, -0.001, 0.002, -0.002, 0.0005, -0.0005, 0.0015, -0.0015)


def plan(**changes: Any) -> Comparison:
    """Linear against cosine, with looks after 4, 6 and 8 replicates."""
    return declare("digits", **{"arms": ("cosine", "linear"), "looks": (4, 6, 8), "margin": 0.01, **changes})


def better_by(advantage: float, arm: str = "linear") -> Callable[[PlannedRun], float]:
    """One arm is better than the others by this much, except for a little noise."""

    def score(run: PlannedRun) -> float:
        own = advantage + WOBBLE[run.replicate % 8] if run.arm == arm else 0.0
        return 0.9 + own - (0.05 if run.trial == 0 else 0.0)

    return score


def first(runs: list[FinishedRun], replicates: int) -> list[FinishedRun]:
    """The runs of the first replicates."""
    return [run for run in runs if run.planned.replicate < replicates]


def failed(run: FinishedRun) -> FinishedRun:
    """The same run without a result."""
    record = dataclasses.replace(
        run.record, status="failed", reason="exit code 1", validation_score=None, test_score=None
    )
    return FinishedRun(run.planned, record)


def test_a_large_difference_ends_it_at_the_first_look(finish: Finish) -> None:
    """Four replicates decide, no more are due, and later ones that happen to be there do not count."""
    comparison = plan()
    runs = finish(comparison, better_by(0.02))
    result = conclude(comparison, runs)
    assert (result.arm("linear").verdict, result.replicates_done, result.is_complete) == ("win", 4, True)
    assert len(due_runs(study_of(comparison), first(runs, 4))) == 4 * 2 * 2
    assert conclude(comparison, first(runs, 4)).arms == result.arms
    assert result.look is not None
    assert result.look.number == 1


def test_between_looks_there_is_no_verdict(finish: Finish) -> None:
    """Five replicates of a plan with looks after 4 and 6 give scores, but neither verdict nor interval."""
    comparison = plan()
    runs = finish(comparison, better_by(0.0012))
    arm = conclude(comparison, first(runs, 5)).arm("linear")
    assert arm.judged is not None
    assert arm.scores is not None
    assert (arm.verdict, arm.judged.paired.interval95) == ("no verdict", None)
    assert "5 replicates, the next look is after 6" in arm.judged.verdict.reason
    assert {run.replicate for run in due_runs(study_of(comparison), first(runs, 5))} == set(range(6))


def test_the_last_look_ends_it_without_a_decision(finish: Finish) -> None:
    """A small difference is inconclusive after the last look, and the comparison is complete."""
    comparison = plan()
    result = conclude(comparison, finish(comparison, better_by(0.0004)))
    assert (result.arm("linear").verdict, result.replicates_done, result.is_complete) == ("inconclusive", 8, True)
    assert not result.ended_early


def test_a_tie_ends_it_too(finish: Finish) -> None:
    """Differences far within the margin tie at the first look."""
    comparison = plan(margin=2.0)
    result = conclude(comparison, finish(comparison, better_by(0.0)))
    assert (result.arm("linear").verdict, result.replicates_done) == ("tie", 4)
    assert result.ended_early


def test_ending_early_is_said(finish: Finish) -> None:
    """The report warns that the mean is biased, that intervals are repeated, and which rates of failure remain."""
    comparison = plan()
    lines = " ".join(warnings(conclude(comparison, finish(comparison, better_by(0.02)))))
    assert "biased away from 0" in lines
    assert "up to 53% of runs fail or diverge" in lines


def test_a_failed_run_leaves_its_replicate_out(finish: Finish) -> None:
    """The look takes place with the complete replicates once all have been tried, not before."""
    comparison = plan()
    runs = first(finish(comparison, better_by(0.02)), 4)
    broken = [failed(runs[0]), *runs[1:]]
    state = reached(comparison, broken)
    assert state.look is not None
    assert (len(state.replicates), state.look.number, state.look.replicates, state.ended) == (3, 1, 3, True)
    assert reached(comparison, broken[1:]).look is None


def test_a_chosen_run_that_diverged_waits_for_the_last_look(finish: Finish) -> None:
    """However large the difference, a divergence among the chosen runs does not end it early."""
    comparison = plan()

    def score(run: PlannedRun) -> float | None:
        return None if run.arm == "linear" and run.replicate == 1 else better_by(0.02)(run)

    state = reached(comparison, finish(comparison, score))
    assert state.look is not None
    assert (state.look.number, state.ended) == (3, True)


def test_equal_differences_decide_nothing(finish: Finish) -> None:
    """Runs whose differences do not vary reach the last look without a decision, however large they are."""
    comparison = plan()
    result = conclude(comparison, finish(comparison, lambda run: 0.5 if run.arm == "linear" else 0.25))
    assert (result.arm("linear").verdict, result.replicates_done) == ("inconclusive", 8)


def test_other_rivals_are_exploratory(finish: Finish) -> None:
    """Only the primary rival gets a verdict, whatever the differences of the others."""
    comparison = plan(arms=("cosine", "linear", "cla"), primary="linear")
    result = conclude(comparison, finish(comparison, better_by(0.05, "cla")))
    assert result.arm("cla").verdict == "no verdict"
    assert result.arm("linear").verdict == "inconclusive"


def test_a_screening_comes_first_and_picks(finish: Finish) -> None:
    """All arms are screened; the best is compared with the reference on seeds that the screening did not use."""
    study = study_of(plan(arms=("cosine", "linear", "cla"), screen=2))
    screened = staged(study)
    assert len(due_runs(screened, [])) == study.comparisons[0].fewest == 2 * 3 * 2
    runs = finish(screened.comparisons[0], better_by(0.02, "cla"))
    assert picked(screened.comparisons[0], runs[:-1]) is None
    known = followed(study, runs)
    assert [one.arms for one in known.comparisons] == [("cosine", "linear", "cla"), ("cosine", "cla")]
    seeds = [{run.spec.seed for run in one.plan()} for one in known.comparisons]
    assert seeds == [{0, 1}, set(range(2, 10))]


def test_a_screening_that_picks_the_reference_ends_the_study(finish: Finish) -> None:
    """There is then nothing to test, and the study says so."""
    study = study_of(plan(arms=("cosine", "linear", "cla"), screen=2))
    screened = staged(study)
    runs = finish(screened.comparisons[0], better_by(0.02, "cosine"))
    assert followed(study, runs) == screened
    result = conclude_study(screened, runs)
    assert result.is_complete
    assert "the study ends" in study_headline(result)
    assert {arm.verdict for arm in result.comparisons[0].rivals} == {"no verdict"}


def test_the_whole_of_a_screened_study(finish: Finish) -> None:
    """Screening and duel are side by side in the result, and only the duel decides."""
    study = study_of(plan(arms=("cosine", "linear", "cla"), screen=2))
    runs = finish(staged(study).comparisons[0], better_by(0.02, "cla"))
    known = followed(study, runs)
    duel = [
        FinishedRun(run.planned._replace(comparison=1), run.record)
        for run in finish(known.comparisons[1], better_by(0.02, "cla"))
    ]
    result = conclude_study(known, [*runs, *duel])
    assert [one.label for one in result.comparisons] == ["Screening", "Duel"]
    assert study_headline(result) == "The screening picked CLA (base 10, 2 cycles). cla beats Cosine."


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"looks": (6, 4)}, "looks"),
        ({"looks": (2, 4)}, "looks"),
        ({"looks": "4,6"}, "looks"),
        ({"replicates": 10}, "replicates"),
        ({"peak_range": (0.01, 1.0)}, "peak_range"),
        ({"arms": ("cosine", "linear", "cla")}, "primary"),
        ({"primary": "cla"}, "primary"),
        ({"screen": 2}, "screen"),
        ({"arms": ("cosine", "linear", "cla"), "screen": 2, "primary": "cla"}, "primary"),
        ({"looks": (), "screen": 2, "arms": ("cosine", "linear", "cla")}, "screen"),
        ({"looks": (), "primary": "linear"}, "primary"),
        ({"optimizer": "adamw"}, "peak_lr"),
    ],
)
def test_what_does_not_go_together_is_named(changes: dict[str, Any], named: str) -> None:
    """A plan that contradicts itself is an error that names the parameter."""
    with pytest.raises(ValueError, match=f"'{named}' parameter of Comparison"):
        plan(**changes)


def test_one_duel_a_study() -> None:
    """Several comparisons cannot each be screened, since every further duel is another chance of error."""
    one = plan(arms=("cosine", "linear", "cla"), screen=2)
    other = dataclasses.replace(one, steps=50)
    with pytest.raises(ValueError, match="'screen' parameter of Study"):
        Study(name="two", title="Two", comparisons=(one, other))
