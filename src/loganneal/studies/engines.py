"""Where runs execute: in this process, or in local worker processes. Finished runs are never repeated."""

import multiprocessing
import signal
import traceback
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, NamedTuple

from loganneal import _checks
from loganneal.lab.records import CorruptRecordError, Record, RecordStore
from loganneal.lab.spec import RunSpec
from loganneal.studies.comparison import FinishedRun, PlannedRun

ATTEMPTS = 2
"""How often a run is started whose worker process dies."""


class RunFailedError(RuntimeError):
    """Some runs raised an error; the others are kept."""


class Stock(NamedTuple):
    """Which planned runs have a record.

    Args:
        finished: Those that have.
        missing: Those still to do.
        corrupt: What was wrong with records found damaged; they were removed and their runs are missing.
    """

    finished: list[FinishedRun]
    missing: list[PlannedRun]
    corrupt: list[str]


class _Failure(NamedTuple):
    """What a worker sends when a run raised an error."""

    message: str


def take_stock(planned: Sequence[PlannedRun], store: RecordStore) -> Stock:
    """Read the records there are. A damaged record is removed and named, and its run counts as missing."""
    stock = Stock([], [], [])
    for run in planned:
        record = _read(run.spec, store, stock.corrupt)
        if record is None:
            stock.missing.append(run)
        else:
            stock.finished.append(FinishedRun(run, record))
    return stock


def run_missing(
    planned: Sequence[PlannedRun], store: RecordStore, *, workers: int = 2, data_root: Path | None = None
) -> Generator[FinishedRun]:
    """Train the planned runs that have no record, write each record, and yield it.

    Args:
        planned: The runs of a comparison.
        store: Where records are read and written; only this process writes.
        workers: Local worker processes, one torch thread each; 0 trains in this process.
        data_root: Folder with data sets.

    Raises:
        RunFailedError: At the end, when some runs raised an error; the others were yielded.
        ValueError: `workers` is negative.
    """
    _checks.whole("run_missing", "workers", workers, 0)
    missing = take_stock(planned, store).missing
    results = _in_workers(missing, workers, data_root) if workers else _in_process(missing, data_root)
    failures = []
    for run, outcome in results:
        if isinstance(outcome, _Failure):
            name = f"replicate {run.replicate + 1}, {run.arm}, trial {run.trial + 1}"
            failures.append(f"{name}: {outcome.message}")
            continue
        store.write(outcome)
        yield FinishedRun(run, outcome)
    if failures:
        raise RunFailedError(f"{len(failures)} of {len(missing)} runs failed. The first: {failures[0]}")


def _read(spec: RunSpec, store: RecordStore, corrupt: list[str]) -> Record | None:
    try:
        return store.read(spec)
    except CorruptRecordError as error:
        corrupt.append(str(error))
        store.remove(spec)
        return None


Outcome = tuple[PlannedRun, Record | _Failure]


def _in_process(missing: Sequence[PlannedRun], data_root: Path | None) -> Iterator[Outcome]:
    with one_thread():
        for run in missing:
            yield run, _attempt(run.spec, data_root)


def _attempt(spec: RunSpec, data_root: Path | None) -> Record | _Failure:
    from loganneal.lab.train import train  # imports torch, which only the training process needs

    try:
        return train(spec, data_root=data_root)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return _Failure(f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})")


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch with one thread, which makes runs side by side fast and their sums repeatable."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


class _Worker:
    """A process that trains one run at a time; it dies with its parent."""

    def __init__(self, data_root: Path | None) -> None:
        self.data_root = data_root
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")  # a forked torch may hang
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, self.data_root), daemon=True)
        self.process.start()
        theirs.close()  # so that the death of the process is seen as the end of the pipe

    def assign(self, run: PlannedRun) -> None:
        """Begin a run; should the process be dead, `result` tells."""
        with suppress(OSError):
            self.connection.send(run.spec)

    def result(self) -> Record | _Failure | None:
        """What the run gave; None when the process died, which is then replaced."""
        try:
            outcome: Record | _Failure = self.connection.recv()
        except (EOFError, OSError):
            self.stop()
            self._start()
            return None
        return outcome

    def stop(self) -> None:
        """End the process, whatever it does."""
        self.process.terminate()
        self.process.join()
        self.connection.close()


def _serve(connection: "Connection[Record | _Failure, RunSpec]", data_root: Path | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent answers Ctrl-C, and ends this process
    with one_thread(), suppress(EOFError, OSError):  # the pipe ends with the parent
        while True:
            connection.send(_attempt(connection.recv(), data_root))


def _in_workers(missing: Sequence[PlannedRun], workers: int, data_root: Path | None) -> Iterator[Outcome]:
    crew = [_Worker(data_root) for _ in range(min(workers, len(missing)))]
    try:
        yield from _share_out(missing, crew)
    finally:
        for worker in crew:
            worker.stop()


def _share_out(missing: Sequence[PlannedRun], crew: Sequence[_Worker]) -> Iterator[Outcome]:
    waiting = deque((run, 1) for run in missing)  # each with the number of its attempt
    idle, busy = list(crew), dict[Any, tuple[_Worker, PlannedRun, int]]()
    while waiting or busy:
        while waiting and idle:
            worker, (run, attempt) = idle.pop(), waiting.popleft()
            worker.assign(run)
            busy[worker.connection] = worker, run, attempt
        for connection in wait(list(busy)):
            worker, run, attempt = busy.pop(connection)
            outcome = worker.result()
            idle.append(worker)
            if outcome is not None:
                yield run, outcome
            elif attempt < ATTEMPTS:
                waiting.appendleft((run, attempt + 1))
            else:
                yield run, _Failure(f"its worker process died {ATTEMPTS} times; is there enough memory?")
