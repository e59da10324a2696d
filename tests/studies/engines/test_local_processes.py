"""Local worker processes survive failures and leave nothing behind."""

import contextlib
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing import resource_tracker
from pathlib import Path

import pytest
from command_studies import study
from interruptible import wait_until
from tiny_studies import plan

from loganneal import _limits
from loganneal.runs import Journal, Record
from loganneal.studies.engines import LocalProcesses, RunFailedError, run_missing

pytestmark = pytest.mark.slow


def _end_children() -> None:
    for child in multiprocessing.active_children():
        child.kill()
        child.join()


@pytest.mark.slow
def test_a_dead_worker_is_replaced(tmp_path: Path) -> None:
    """When a worker process is killed its run starts again, and nothing is lost."""
    store, runs = Journal(tmp_path), plan()
    results = run_missing(runs, store, LocalProcesses(1))
    next(results)
    _end_children()
    list(results)
    assert len(store) == 4


@pytest.mark.parametrize(
    ("gpus", "devices", "runs"), [(None, "0,1", 2), (0.25, "0,1", 4), (2, "0,1", 1), (None, "", 4)]
)
def test_gpus_limit_the_runs_at_a_time(
    gpus: float | None, devices: str, runs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of four workers, only as many train a command at a time as there are GPUs for; a workload's runs take none."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", devices)
    engine = LocalProcesses(4)
    assert engine.at_once(study(gpus=gpus).plan()[0].spec) == runs
    assert engine.at_once(plan()[0].spec) == 4


@pytest.fixture
def dying_workers() -> Iterator[None]:
    """Worker processes that end as soon as they start."""
    resource_tracker.ensure_running()  # it would be started by the same executable
    context = multiprocessing.get_context("spawn")
    context.set_executable(shutil.which("false"))
    yield
    context.set_executable(sys.executable)


@pytest.mark.usefixtures("dying_workers")
def test_a_run_whose_worker_dies_twice_fails(tmp_path: Path) -> None:
    """A run whose worker dies at each attempt is reported, not restarted forever."""
    with pytest.raises(RunFailedError, match="died 2 times"):
        list(run_missing(plan()[:1], Journal(tmp_path), LocalProcesses(1)))


@pytest.mark.slow
def test_stopping_ends_the_workers(tmp_path: Path) -> None:
    """A caller that stops iterating leaves no process behind."""
    results = run_missing(plan(), Journal(tmp_path), LocalProcesses(1))
    next(results)
    results.close()
    assert multiprocessing.active_children() == []


LONG = """
import sys
from loganneal import _limits
from loganneal.runs import Journal
from loganneal.studies.engines import LocalProcesses, run_missing
from tiny_studies import plan
if __name__ == "__main__":
    for _ in run_missing([*plan()[:2], *plan(steps=1_000_000)], Journal(sys.argv[1]), LocalProcesses(2)):
        pass
"""


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.slow
def test_workers_die_with_their_study(tmp_path: Path) -> None:
    """When the study is killed, workers in the middle of a long run end too."""
    script = tmp_path / "long.py"
    script.write_text(LONG)
    path = {"PYTHONPATH": str(Path(__file__).parents[2] / "helpers")}
    study = subprocess.Popen([sys.executable, str(script), str(tmp_path / "records")], env={**os.environ, **path})
    wait_until(lambda: len(Journal(tmp_path / "records")) >= 2 or study.poll() is not None)
    assert study.poll() is None
    children = Path(f"/proc/{study.pid}/task/{study.pid}/children").read_text().split()
    study.send_signal(signal.SIGKILL)
    study.wait()
    assert len(children) >= 2
    wait_until(lambda: not any(_alive(int(pid)) for pid in children))


@pytest.mark.parametrize("name", ["workers", "threads"])
def test_numbers_below_one_are_refused(name: str) -> None:
    """Workers and threads are at least one."""
    with pytest.raises(ValueError, match=rf"'{name}'.*\[1, 1024\]"):
        LocalProcesses(**{name: 0})


@pytest.mark.slow
def test_a_stopped_worker_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker process that is itself stopped does not keep its study from ending."""
    monkeypatch.setattr(_limits, "STOP_SECONDS", 0.2)
    results = run_missing(plan(), Journal(tmp_path), LocalProcesses(1))
    next(results)
    for child in multiprocessing.active_children():
        assert child.pid is not None
        os.kill(child.pid, signal.SIGSTOP)
    results.close()
    assert multiprocessing.active_children() == []


def test_an_interrupted_start_is_quiet(tmp_path: Path) -> None:
    """Ctrl-C while workers start, which reaches them too, ends the study without a traceback from them."""
    script = tmp_path / "long.py"
    script.write_text(LONG)
    path = {"PYTHONPATH": str(Path(__file__).parents[2] / "helpers") + os.pathsep + os.environ.get("PYTHONPATH", "")}
    command = [sys.executable, str(script), str(tmp_path / "records")]
    study = subprocess.Popen(command, env={**os.environ, **path}, stderr=subprocess.PIPE, start_new_session=True)
    while not (children := _children(study.pid)):
        assert study.poll() is None
    for _ in range(20):
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGINT)
        time.sleep(0.02)
        children = _children(study.pid)
    study.kill()
    assert b"KeyboardInterrupt" not in study.communicate()[1]


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_workers_that_are_kept_do_further_runs() -> None:
    """Two batches of runs go to the same process, which ends with the context."""
    specs = [run.spec for run in plan(replicates=1)]
    with LocalProcesses(workers=1).kept() as engine:
        lots = []
        for spec in specs:
            assert [isinstance(outcome, Record) for _, outcome in engine.run([spec])] == [True]
            lots.append([child.pid for child in multiprocessing.active_children()])
        assert len(lots[0]) == 1
        assert lots[0] == lots[1]
    assert multiprocessing.active_children() == []


def test_kept_workers_are_not_left_with_a_run() -> None:
    """If a batch of runs is ended halfway, the next batch begins with new processes."""
    specs = [run.spec for run in plan(replicates=2)]
    with LocalProcesses(workers=2).kept() as engine:
        with contextlib.closing(engine.run(specs)) as outcomes:
            next(outcomes)
        assert multiprocessing.active_children() == []
        assert len(list(engine.run(specs[:1]))) == 1
