"""How far a study is and what it costs, in words."""

from pathlib import Path

import pytest
from followed_studies import SECONDS, compared, followed, record, train

from loganneal.reports.study_status import cost, cost_sentences, look_sentences, status_rows, trouble_sentences
from loganneal.runs import Journal
from loganneal.studies.declare.arms import ARMS, Arm
from loganneal.studies.declare.study import Study
from loganneal.studies.run import Stage, current_stage


def stage_of(study: Study, records: Path) -> Stage:
    """How far a study is according to a journal."""
    return current_stage(study, Journal(records))


def test_the_cost_is_what_runs_took(tmp_path: Path) -> None:
    """Seconds, runs and their mean; what is left is the mean times the runs left, and nothing once all are done."""
    study = followed()
    train(study, tmp_path, 3)
    found = cost(study, stage_of(study, tmp_path))
    assert (found.seconds, found.runs, found.mean, found.left) == (3 * SECONDS, 3, SECONDS, 5 * SECONDS)
    assert found.most_left is None
    train(study, tmp_path)
    stage = stage_of(study, tmp_path)
    assert cost_sentences(cost(study, stage), stage) == ["16 s of training in 8 runs, 2 s a run on average."]


def test_arms_that_share_their_runs_are_paid_once(tmp_path: Path) -> None:
    """An arm that averages another one costs nothing, neither so far nor from now on."""
    averaged = Arm("ema", "Averaged", "#c9408c", ARMS["cosine"].schedule, averaging="ema")
    study = followed(arms=("cosine", "ema"), own_arms=(averaged,), replicates=2)
    run = study.plan()[0]
    Journal(tmp_path).write(record(run, "diverged"))
    found = cost(study, stage_of(study, tmp_path))
    assert (found.seconds, found.runs, found.left) == (SECONDS, 1, SECONDS)


def test_comparisons_have_costs_of_their_own(tmp_path: Path) -> None:
    """A row of each arm in each comparison; the first has runs, the second none."""
    study = Study(name="two", title="Two", comparisons=(compared(steps=10), compared(steps=20)))
    for run in study.plan()[:2]:
        Journal(tmp_path).write(record(run))
    stage = stage_of(study, tmp_path)
    assert [row[2] for row in status_rows(stage)] == ["1/4", "1/4", "0/4", "0/4"]
    assert [bool(row[0]) for row in status_rows(stage)] == [True, False, True, False]
    assert cost(study, stage).left == 14 * SECONDS


def test_nothing_is_promised_before_the_first_run(tmp_path: Path) -> None:
    """How long a run takes is not known."""
    study = followed()
    assert cost_sentences(cost(study, stage_of(study, tmp_path))) == [
        "Nothing has been spent yet, and how long a run takes is not known before the first one."
    ]


@pytest.mark.parametrize(
    ("runs", "sentence"),
    [
        (0, "Look 1 of 2 is due after 3 replicates; 0 are complete."),
        (5, "Look 1 of 2 is due after 3 replicates; 2 are complete."),
        (None, "Look 1 of 2 ended it."),
    ],
)
def test_looks_are_announced(runs: int | None, sentence: str, tmp_path: Path) -> None:
    """The sentence says which one is next and how near it is; a clear difference ends the plan at the first."""
    study = followed(looks=(3, 5), peak_lr=0.4, trials=1, replicates=None)
    if runs != 0:
        train(study, tmp_path, runs)
    assert look_sentences(stage_of(study, tmp_path)) == [sentence]


def test_what_went_wrong_is_counted(tmp_path: Path) -> None:
    """Nothing is said about runs that went well."""
    study = followed()
    train(study, tmp_path, 2)
    assert trouble_sentences(stage_of(study, tmp_path).inventory) == []
    train(study, tmp_path, 1, "diverged")
    assert trouble_sentences(stage_of(study, tmp_path).inventory) == ["1 run diverged."]
