"""Studies that may end early, run for real: stage after stage, stopped and continued, with runs that fail."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from command_studies import SCRIPTS
from command_studies import study as script_study

from loganneal.cli import main
from loganneal.runs import Journal
from loganneal.studies import Study, StudyFailedError, StudyResult, run_study, study_of
from loganneal.studies.declare.comparison import FinishedRun, declare
from loganneal.studies.engines import InProcess
from loganneal.studies.run import Event, Stage, current_stage


def tiny(**changes: Any) -> Study:
    """A few updates on digits."""
    small = {"steps": 2, "train_examples": 64, "looks": (3, 4), "trials": 1}
    return study_of(declare("digits", **{"arms": ("cosine", "linear"), **small, **changes}))


def run(study: Study, folder: Path, events: list[Event] | None = None) -> StudyResult:
    """Run a study, with its records beside its folder."""
    where = {"engine": InProcess(), "records": folder / "records"}
    return run_study(study, folder / "study", on_event=None if events is None else events.append, **where)


def test_stages_follow_each_other(tmp_path: Path) -> None:
    """Replicates up to the first look are trained first; those of the next only if it did not decide."""
    events: list[Event] = []
    result = run(tiny(), tmp_path, events).comparisons[0]
    assert result.is_complete
    stages = [len(event.inventory.missing) for event in events if isinstance(event, Stage)]
    assert stages == ([6] if result.ended_early else [6, 2])
    assert sum(isinstance(event, FinishedRun) for event in events) == sum(stages)


def test_a_finished_study_trains_nothing(tmp_path: Path) -> None:
    """The second call gives the same result from the records alone."""
    first, events = run(tiny(), tmp_path), list[Event]()
    assert run(tiny(), tmp_path, events) == first
    assert [type(event) for event in events] == [Stage]


def test_a_screened_study_has_two_parts(tmp_path: Path) -> None:
    """Three arms are screened; the rival that is picked is compared with the reference; nothing is trained twice."""
    study = tiny(arms=("cosine", "linear", "cla-late"), screen=1)
    result = run(study, tmp_path)
    assert result.is_complete
    stages = [one.declaration.stage for one in result.comparisons]
    assert stages in (["screening"], ["screening", "duel"])
    stage = current_stage(study, Journal(tmp_path / "records"))
    assert stage.inventory.missing == []
    assert len(Journal(tmp_path / "records")) == len(stage.planned)


def test_stopped_and_continued(tmp_path: Path) -> None:
    """After a study ends in the middle of a stage, the next call does the rest and comes to the same conclusion."""

    class EnoughError(Exception):
        pass

    def stop(event: Event) -> None:
        if isinstance(event, FinishedRun) and event.planned.replicate == 1:
            raise EnoughError

    where = {"engine": InProcess(), "records": tmp_path / "records"}
    with pytest.raises(EnoughError):
        run_study(tiny(), tmp_path / "study", on_event=stop, **where)
    other = tmp_path / "other"
    assert run(tiny(), tmp_path).comparisons[0].arms == run(tiny(), other).comparisons[0].arms


def test_runs_that_fail_do_not_hold_it_up(tmp_path: Path) -> None:
    """A replicate whose runs fail is left out, the look takes place without it, and the error names the run."""
    (tmp_path / "failing.py").write_text(
        f"import sys\nsys.path.insert(0, {str(SCRIPTS)!r})\n"
        "import loganneal as la\nimport plain_python\n"
        "if la.trial(la.Cosine(0.1, 60)).seed == 1:\n    sys.exit(3)\n"
        "plain_python.main()\n"
    )
    study = script_study(file="failing.py", cwd=tmp_path, replicates=4)
    looked = study_of(dataclasses.replace(study.comparisons[0], looks=(4,), trials=1))
    with pytest.raises(StudyFailedError, match="2 of 8 runs failed") as caught:
        run_study(looked, tmp_path / "study", engine=InProcess(), records=tmp_path / "records", check=False)
    result = caught.value.result.comparisons[0]
    assert result.look is not None
    assert (result.look.number, result.look.replicates, result.is_complete) == (1, 3, True)


def test_status_between_looks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The status says what the plan is and how far it has come, without a verdict."""
    file = tmp_path / "tiny.toml"
    file.write_text(
        'arms = ["cosine", "linear"]\nlooks = [3, 4]\ntrials = 1\nworkload = "digits"\nsteps = 2\ntrain_examples = 64\n'
    )
    records = str(tmp_path / "records")
    assert main(["study", "status", str(file), "--records", records]) == 0
    out = capsys.readouterr().out
    assert "6 to 8 runs" in out
    assert "looks after 3, 4" in out
    assert (
        main(["study", "run", str(file), "--records", records, "--out", str(tmp_path / "out"), "--workers", "0"]) == 0
    )
    out = capsys.readouterr().out
    assert "replicates of 1 trial each" in out
    assert "paired t test" in (tmp_path / "out" / "index.html").read_text()
