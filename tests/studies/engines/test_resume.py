"""What is missing is run once, whatever the engine, and damage is named."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from journals import writer
from tiny_studies import outcome, plan

from loganneal.runs import Journal
from loganneal.studies.declare.comparison import FinishedRun, PlannedRun, declare
from loganneal.studies.engines import (
    InProcess,
    LocalProcesses,
    RunFailedError,
    StudyInUseError,
    hold_study_folder,
    run_missing,
    take_inventory,
    torch_threads,
)
from loganneal.training import train

HELPERS = Path(__file__).parents[2] / "helpers"


class Done(NamedTuple):
    """What an engine left behind: records, the runs it yielded, and its error."""

    store: Journal
    finished: list[FinishedRun]
    error: RunFailedError


def broken(run: PlannedRun) -> PlannedRun:
    """The same run with a network that does not exist."""
    return run._replace(spec=dataclasses.replace(run.spec, model="no-such-network"))


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(InProcess(), id="here"),
        pytest.param(LocalProcesses(2), id="workers", marks=pytest.mark.slow),
    ],
)
def done(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Done:
    """All planned runs, and a broken one among them, done in this process or by two workers."""
    store, runs = Journal(tmp_path_factory.mktemp("records")), plan()
    finished: list[FinishedRun] = []
    with pytest.raises(RunFailedError) as caught:
        finished.extend(run_missing([*runs[:1], broken(runs[1]), *runs[1:]], store, request.param))
    return Done(store, finished, caught.value)


def test_runs_all_and_never_again(done: Done) -> None:
    """Every planned run leaves a record, and a second call trains nothing."""
    assert {run.planned.spec.key for run in done.finished} == {run.spec.key for run in plan()}
    assert len(done.store) == 4
    assert list(run_missing(plan(), done.store, LocalProcesses(1))) == []


def test_a_failed_run_is_told_at_the_end(done: Done) -> None:
    """An error in one run is raised after the others are done, with its place and message."""
    message = str(done.error)
    assert message.startswith("1 of 5 runs failed")
    assert "replicate 1, linear, trial 1" in message
    assert "no-such-network" in message


def test_every_engine_gives_the_same_numbers(done: Done) -> None:
    """A worker process and this process give the same curve, weights and answers to the bit."""
    run, record = done.finished[-1]
    with torch_threads(1):
        again = train(run.spec)
    assert outcome(again) == outcome(record)


def test_threads_are_restored(tmp_path: Path) -> None:
    """Training in this process uses the threads it was given and leaves the caller's setting as it was."""
    before = torch.get_num_threads()
    (run,) = run_missing(plan()[:1], Journal(tmp_path), InProcess(threads=2))
    assert run.record.environment["threads"] == 2
    assert torch.get_num_threads() == before


def test_the_same_run_twice_in_a_plan_is_trained_once(tmp_path: Path) -> None:
    """An arm and its average are one run: it is trained once, and both places get its record."""
    comparison = declare("digits", arms=("cosine", "linear"), trials=1, replicates=1, steps=3, train_examples=128)
    (first, _) = comparison.plan()
    finished = list(run_missing([first, first._replace(arm="cosine-swa")], Journal(tmp_path), InProcess()))
    assert [run.planned.arm for run in finished] == ["cosine", "cosine-swa"]
    assert finished[0].record is finished[1].record


def test_corrupt_record_is_named_and_run_again(tmp_path: Path) -> None:
    """A damaged record is named and counts as missing; running what is missing replaces it with the same outcome."""
    store, runs = Journal(tmp_path), plan()[:2]
    first, _ = run_missing(runs, store, InProcess())
    journal = tmp_path / "digits.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b"completed", b"diverged ", 1))
    stock = take_inventory(runs, store)
    assert [run for run, _ in stock.finished] == runs[1:]
    assert stock.missing == runs[:1]
    assert stock.corrupt == [f"Line 1 of {journal} is damaged (checksum)."]
    (again,) = run_missing(runs, store, InProcess())
    assert outcome(again.record) == outcome(first.record)
    assert take_inventory(runs, store).corrupt == []


def test_a_torn_line_is_named_while_a_run_is_missing(tmp_path: Path) -> None:
    """A line that was cut before its key is named, since it may be that of a missing run."""
    store, runs = Journal(tmp_path), plan()[:2]
    list(run_missing(runs[:1], store, InProcess()))
    with (tmp_path / "digits.jsonl").open("ab") as file:
        file.write(b'{"checksum')
    assert take_inventory(runs, store).corrupt == [f"Line 2 of {tmp_path / 'digits.jsonl'} is damaged (checksum)."]
    assert take_inventory(runs[:1], store).corrupt == []


def test_studies_share_their_runs(tmp_path: Path) -> None:
    """A run that one study has trained is there for any other with the same journal."""
    list(run_missing(plan()[:2], Journal(tmp_path), InProcess()))
    trained = list(run_missing(plan(), Journal(tmp_path), InProcess()))
    assert [run.planned for run in trained] == plan()[2:]


def test_another_process_may_write_meanwhile(tmp_path: Path) -> None:
    """While a study trains, another process writes a run: the journal is held for each record alone."""
    results = run_missing(plan(), Journal(tmp_path), InProcess())
    next(results)
    with writer(tmp_path, 50, 1) as other:
        assert other.wait(60) == 0
    assert len(Journal(tmp_path)) == 2
    assert len(list(results)) == 3
    assert len(Journal(tmp_path)) == 5


def test_one_process_runs_a_study(tmp_path: Path) -> None:
    """A second process learns at once which one uses the folder, instead of training everything twice."""
    with hold_study_folder(tmp_path / "study"):
        message = in_other_process(SAME_STUDY, tmp_path / "study")
    assert StudyInUseError.__name__ in message
    assert f"{tmp_path / 'study'} is in use by process {os.getpid()}" in message
    assert in_other_process(SAME_STUDY, tmp_path / "study") == ""


SAME_STUDY = """
import pathlib, sys
from loganneal.studies.engines import hold_study_folder
with hold_study_folder(pathlib.Path(sys.argv[1])):
    pass
"""


def in_other_process(code: str, folder: Path) -> str:
    """Run some code with a folder in another process, and return its error output."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HELPERS), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-c", code, str(folder)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stderr
