"""Engines do what is missing, once, and survive failures."""

import dataclasses
import multiprocessing
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import torch

from loganneal.lab.records import RecordStore
from loganneal.lab.train import train
from loganneal.studies.comparison import FinishedRun, PlannedRun, declare
from loganneal.studies.engines import RunFailedError, one_thread, run_missing, take_stock


def plan(replicates: int = 2) -> list[PlannedRun]:
    """A few runs of three steps on real images."""
    arms = ("cosine", "linear")
    return declare("digits", arms=arms, trials=1, replicates=replicates, steps=3, train_images=128).plan()


class Done(NamedTuple):
    """What an engine left behind: records, the runs it yielded, and its error."""

    store: RecordStore
    finished: list[FinishedRun]
    error: RunFailedError


def broken(run: PlannedRun) -> PlannedRun:
    """The same run with a network that does not exist."""
    return run._replace(spec=dataclasses.replace(run.spec, model="no-such-network"))


@pytest.fixture(scope="module", params=[0, 2], ids=["here", "workers"])
def done(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Done:
    """All planned runs, and a broken one among them, done in this process or by two workers."""
    store, runs = RecordStore(tmp_path_factory.mktemp("records")), plan()
    finished: list[FinishedRun] = []
    with pytest.raises(RunFailedError) as caught:
        finished.extend(run_missing([*runs[:1], broken(runs[1]), *runs[1:]], store, workers=request.param))
    return Done(store, finished, caught.value)


def test_runs_all_and_never_again(done: Done) -> None:
    """Every planned run leaves a record, and a second call trains nothing."""
    assert {run.planned.spec.key for run in done.finished} == {run.spec.key for run in plan()}
    assert len(done.store) == 4
    assert list(run_missing(plan(), done.store, workers=1)) == []


def test_a_failed_run_is_told_at_the_end(done: Done) -> None:
    """An error in one run is raised after the others are done, with its place and message."""
    message = str(done.error)
    assert message.startswith("1 of 5 runs failed")
    assert "replicate 1, linear, trial 1" in message
    assert "no-such-network" in message


def test_every_engine_gives_the_same_numbers(done: Done) -> None:
    """A worker process and this process give the same curve and answers to the bit."""
    run, record = done.finished[-1]
    with one_thread():
        again = train(run.spec)
    assert (again.metrics, again.test_correct) == (record.metrics, record.test_correct)


def test_threads_are_restored(tmp_path: Path) -> None:
    """Training in this process uses one thread and leaves the caller's setting as it was."""
    before = torch.get_num_threads()
    (run,) = run_missing(plan()[:1], RecordStore(tmp_path), workers=0)
    assert run.record.environment["threads"] == 1
    assert torch.get_num_threads() == before


def test_corrupt_record_is_named_and_run_again(tmp_path: Path) -> None:
    """A damaged record is named, removed and counted as missing; the others stay."""
    store, runs = RecordStore(tmp_path), plan()[:2]
    list(run_missing(runs, store, workers=0))
    damaged = store.folder(runs[0].spec) / "metrics.csv"
    damaged.write_text(damaged.read_text() + "9,9,9,9\n")
    stock = take_stock(runs, store)
    assert [run for run, _ in stock.finished] == runs[1:]
    assert stock.missing == runs[:1]
    assert runs[0].spec.key in stock.corrupt[0]


def _end_children() -> None:
    for child in multiprocessing.active_children():
        child.kill()
        child.join()


def test_a_dead_worker_is_replaced(tmp_path: Path) -> None:
    """When a worker process is killed its run starts again, and nothing is lost."""
    store, runs = RecordStore(tmp_path), plan()
    results = run_missing(runs, store, workers=1)
    next(results)
    _end_children()
    list(results)
    assert len(store) == 4


@pytest.fixture
def dying_workers() -> Iterator[None]:
    """Worker processes that end as soon as they start."""
    context = multiprocessing.get_context("spawn")
    context.set_executable(shutil.which("false"))
    yield
    context.set_executable(sys.executable)


@pytest.mark.usefixtures("dying_workers")
def test_a_run_whose_worker_dies_twice_fails(tmp_path: Path) -> None:
    """A run whose worker dies at each attempt is reported, not started for ever."""
    with pytest.raises(RunFailedError, match="died 2 times"):
        list(run_missing(plan()[:1], RecordStore(tmp_path), workers=1))


def test_stopping_ends_the_workers(tmp_path: Path) -> None:
    """A reader that stops listening leaves no process behind."""
    results = run_missing(plan(), RecordStore(tmp_path), workers=1)
    next(results)
    results.close()
    assert multiprocessing.active_children() == []
