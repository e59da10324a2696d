"""The rule by which a form of log annealing is recommended, applied to results that are known beforehand."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from recommended import Recommendation, judge

from loganneal.studies import StudyResult
from loganneal.studies.declare.comparison import FinishedRun, PlannedRun
from loganneal.studies.declare.study import Study
from loganneal.studies.declare.study_file import read_study
from loganneal.studies.judge.conclude import conclude_study

STUDIES = Path(__file__).parents[2] / "studies"
CLEAR = 0.05
"""An advantage that no margin and no noise of these tests hides: 5 points, or 0.05 bits per character."""


@pytest.fixture(scope="module", params=["recommended", "second-form"])
def study(request: pytest.FixtureRequest) -> Study:
    """A declared study with half of its replicates, which is enough to decide if advantages are clear."""
    found = read_study(STUDIES / f"{request.param}.toml")
    return replace(found, comparisons=tuple(replace(one, replicates=8) for one in found.comparisons))


@pytest.fixture
def judged(study: Study, finish: Callable[..., list[FinishedRun]]) -> Callable[..., Recommendation]:
    """What the rule says if rivals have these advantages over the form, in all settings or in some."""

    def judged(settings: tuple[int, ...] = (0, 1, 2, 3), last_loss: float = 0.2, **advantages: float) -> Recommendation:
        runs = []
        for place, comparison in enumerate(study.comparisons):
            sign = 1 if comparison.data.metric.higher_is_better else -1

            def score(run: PlannedRun, place: int = place, sign: int = sign) -> float:
                noise = ((run.replicate * 7 + len(run.arm)) % 5 - 2) / 1000
                return 0.5 + noise + sign * (advantages.get(run.arm, 0.0) if place in settings else 0.0)

            runs += [
                FinishedRun(one.planned._replace(comparison=place), one.record)
                for one in finish(comparison, score, last_loss)
            ]
        return judge(conclude_study(study, runs))

    return judged


def test_better_than_cosine_and_beaten_by_nobody(judged: Callable[..., Recommendation]) -> None:
    """If cosine is behind everywhere and no rival is ahead, the form comes first."""
    found = judged(cosine=-CLEAR)
    assert (found.is_decided, found.is_not_worse, found.is_better, found.comes_first) == (True, True, True, True)


@pytest.mark.parametrize(("settings", "expected"), [((0,), False), ((0, 2), True)])
def test_half_of_the_settings(judged: Callable[..., Recommendation], settings: tuple[int, ...], expected: bool) -> None:
    """It has to be better than cosine in at least half of the settings."""
    assert judged(settings, cosine=-CLEAR).is_better is expected


def test_a_plateau_that_beats_it_comes_first(judged: Callable[..., Recommendation]) -> None:
    """One setting in which warmup-stable-decay beats it is enough, however far behind cosine is."""
    found = judged((1,), cosine=-CLEAR, wsd=CLEAR)
    assert (found.beaten_by, found.comes_first) == (("wsd",), False)


@pytest.mark.parametrize("study", ["second-form"], indirect=True)
def test_a_plateau_with_as_long_a_warmup_counts_too(judged: Callable[..., Recommendation]) -> None:
    """The second form has to hold its own against warmup-stable-decay with either warmup."""
    assert judged((3,), cosine=-CLEAR, **{"wsd-warm": CLEAR}).beaten_by == ("wsd-warm",)


def test_worse_than_linear(judged: Callable[..., Recommendation]) -> None:
    """If linear is ahead by more than the margin, the form is not shown to be no worse."""
    found = judged((2,), linear=CLEAR)
    assert [one.worse_than for one in found.settings] == [(), (), ("linear",), ()][: len(found.settings)]
    assert not found.is_not_worse


def test_nothing_is_decided_by_settings_that_cannot_tell(judged: Callable[..., Recommendation]) -> None:
    """If the loss has hardly fallen, schedules cannot differ."""
    found = judged(cosine=-CLEAR, last_loss=2.2)
    assert (found.is_decided, found.comes_first) == (False, False)


def test_a_study_without_runs_is_named(study: Study) -> None:
    """The rule raises an error if there are no results to apply it to."""
    nothing: StudyResult = conclude_study(study, [])
    assert json.dumps(nothing.to_dict())
    with pytest.raises(ValueError, match="no complete replicate"):
        judge(nothing)
