"""What is known of a study while it runs."""

import pytest

from loganneal.reports.terminal.scoreboard import Scoreboard, duration
from loganneal.runs.record import MetricsRow, Record
from loganneal.studies.declare.comparison import FinishedRun, declare
from loganneal.studies.declare.study import Study, study_of


def finished(study: Study, scores: tuple[float, ...], seconds: float = 1.0) -> list[FinishedRun]:
    """The first runs of a study, with these validation scores."""
    return [
        FinishedRun(run, Record(run.spec, "completed", score, score, (MetricsRow(1, 0.1, 1.0),), seconds))
        for run, score in zip(study.plan(), scores, strict=False)
    ]


@pytest.fixture
def study() -> Study:
    """Two arms, two trials, two replicates."""
    return study_of(declare("digits", arms=("cosine", "linear"), trials=2, replicates=2))


def test_counts_and_forecasts(study: Study) -> None:
    """Time left is the pace of this session times what is left; a score is the mean of the bests."""
    runs = finished(study, (0.9, 0.8, 0.7, 0.6, 0.96, 0.5, 0.4, 0.3), seconds=10.0)
    now = [100.0]
    board = Scoreboard(study, runs[:2], lambda: 2, clock=lambda: now[0])
    assert "not known" in board.time_left()
    now[0] += 1000.0  # probes of a command, which are no training
    for run in runs[2:5]:
        now[0] += 10.0
        board.add(run)
    assert (board.done, board.running, board.left, board.total) == (5, 2, 1, 8)
    assert board.time_left().startswith("about 30 s left, until ")
    assert (board.shown(0, "cosine"), board.best(runs[4])) == ("93.00%", "96.00%")
    assert (board.tuned(runs[2]), board.tuned(runs[4])) == (True, False)
    assert board.runs(0, "cosine") == 3


def test_running_never_exceeds_what_is_there(study: Study) -> None:
    """With more workers than runs, no more are running than are left."""
    board = Scoreboard(study, finished(study, (0.5,) * 7), lambda: 4)
    assert (board.running, board.left) == (1, 0)


def test_long_comparisons_are_forecast_as_long() -> None:
    """What is left of a comparison with long runs counts as long runs."""
    comparisons = tuple(
        declare("digits", arms=("cosine", "linear"), trials=1, replicates=2, steps=steps) for steps in (10, 100)
    )
    study = Study(name="a", title="A", comparisons=comparisons)
    plan = study.plan()
    record = {10: 1.0, 100: 9.0}
    runs = [FinishedRun(run, Record(run.spec, "completed", 0.5, 0.5, (), record[run.spec.steps])) for run in plan[:3]]
    assert Scoreboard(study, runs).training_left() == 2 * 1.0 + 3 * 9.0


def test_lower_is_better_where_the_workload_says_so() -> None:
    """Of bits per character the best is the smallest, and they are shown as they are."""
    study = study_of(declare("shakespeare", arms=("cosine", "linear"), trials=2, replicates=1))
    board = Scoreboard(study, finished(study, (3.5, 2.5)))
    assert board.shown(0, "cosine") == "2.500"
    assert board.label(0) == "bits per character"
    assert board.shown(0, "linear") == "..."


@pytest.mark.parametrize(("seconds", "text"), [(59.6, "1 min 0 s"), (3600, "1 h 0 min")])
def test_durations_are_rounded_before_they_are_split(seconds: float, text: str) -> None:
    """No text says 60 seconds."""
    assert duration(seconds) == text
