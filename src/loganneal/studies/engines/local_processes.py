"""Runs in worker processes on this machine."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, NamedTuple

from loganneal import _checks, _limits
from loganneal.runs.any_spec import Spec
from loganneal.runs.command_spec import CommandSpec
from loganneal.studies.engines._base import Failure, Outcome, attempt
from loganneal.studies.engines.devices import DevicePool, visible_devices

ATTEMPTS = 2
"""How often a run is started if its worker process dies."""


@dataclass(frozen=True)
class LocalProcesses:
    """An engine of worker processes on this machine, which end with this process.

    Training commands share the GPUs that are visible: each has devices of its own while it runs, and waits until
    enough of them are free.

    Args:
        workers: Number of worker processes, from 1 to 1,024.
        data_root: Folder with data sets; None for the one that LOGANNEAL_DATA names.
        threads: Number of torch's threads for each worker, from 1 to 1,024.

    Raises:
        ValueError: A number is out of its range.

    Example:
        >>> LocalProcesses(workers=4).trains_here
        True
    """

    workers: int = 2
    data_root: Path | None = None
    threads: int = 1
    _crew: "list[_Worker] | None" = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("workers", "threads"):
            _checks.whole("LocalProcesses", name, getattr(self, name), 1, _limits.THREADS)

    @property
    def trains_here(self) -> bool:
        """True, since runs read the data sets of this machine."""
        return True

    def at_once(self, spec: Spec) -> int:
        """Ask how many runs are trained at a time.

        Args:
            spec: The specification of one of the runs, which says how many GPUs a training command takes.

        Returns:
            The number of workers, or of runs for which the visible GPUs have room if that is smaller.

        Raises:
            ValueError: The run takes more GPUs than there are.
        """
        pool = DevicePool(visible_devices())
        gpus = _gpus(spec, pool)
        return min(self.workers, pool.room(gpus)) if gpus else self.workers

    @contextmanager
    def kept(self) -> Iterator["LocalProcesses"]:
        """Keep the worker processes between calls of `run`, since each takes seconds to import torch.

        Yields:
            The engine to use within the block. Its workers are ended when the block ends.
        """
        same, crew = replace(self), list[_Worker]()
        object.__setattr__(same, "_crew", crew)  # the class is frozen
        try:
            yield same
        finally:
            _dismiss(crew)

    def run(self, specs: Sequence[Spec]) -> Generator[tuple[Spec, Outcome]]:
        """Train runs, as many at a time as there are workers. A run whose worker dies is started once more.

        Args:
            specs: The specifications of the runs.

        Yields:
            Each specification with its record, or with a failure, in the order in which the runs end.
        """
        crew, done = [] if self._crew is None else self._crew, False
        try:
            while len(crew) < min(self.workers, len(specs)):
                crew.append(_Worker(self.data_root, self.threads))
            yield from _share_out(specs, crew, DevicePool(visible_devices()))
            done = True
        finally:
            if self._crew is None or not done:  # workers that were left in the middle of a run are of no use
                _dismiss(crew)


def _dismiss(crew: "list[_Worker]") -> None:
    """End the processes of a crew, and empty it."""
    for worker in crew:
        worker.terminate()  # all of them first, so that they end in parallel
    for worker in crew:
        worker.stop()
    crew.clear()


class _Worker:
    """A process that trains one run at a time."""

    def __init__(self, data_root: Path | None, threads: int) -> None:
        self._arguments = (data_root, threads)
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")  # a forked torch may hang
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, *self._arguments), daemon=True)
        with _interrupts_held():
            self.process.start()
        theirs.close()  # so that the death of the process is seen as the end of the pipe

    def assign(self, spec: Spec, devices: tuple[str, ...] = ()) -> None:
        """Begin a run on these devices; if the process is dead, `result` shows it."""
        with suppress(OSError):
            self.connection.send((spec, devices))

    def result(self) -> Outcome | None:
        """The outcome of the run; None if the process died, which is then replaced."""
        try:
            outcome: Outcome = self.connection.recv()
        except (EOFError, OSError):
            self.stop()
            self._start()
            return None
        return outcome

    def terminate(self) -> None:
        """Ask the process to end, if it could be started at all."""
        if self.process.pid is not None:
            self.process.terminate()

    def stop(self) -> None:
        """End the process, whatever it is doing; one that is itself stopped reacts only to SIGKILL."""
        self.terminate()
        if self.process.pid is None:
            return
        self.process.join(_limits.STOP_SECONDS)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
        self.connection.close()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold back Ctrl-C while a process starts: it inherits this, and prints no traceback in its first seconds."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # its own start would let Ctrl-C through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(
    connection: "Connection[Outcome, tuple[Spec, tuple[str, ...]]]", data_root: Path | None, threads: int
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent answers Ctrl-C, and ends this process
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(EOFError, OSError):  # the pipe ends with the parent
        while True:
            spec, devices = connection.recv()
            connection.send(attempt(spec, data_root, threads, devices))


def _end_with_parent() -> None:
    """End when the parent is killed, rather than finish a run, perhaps for hours, for which nobody is waiting."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class _Task(NamedTuple):
    """A run, the number of its attempt, and the devices that it has."""

    spec: Spec
    number: int = 1
    devices: tuple[str, ...] = ()
    gpus: float = 0.0


def _share_out(specs: Sequence[Spec], crew: Sequence[_Worker], pool: DevicePool) -> Iterator[tuple[Spec, Outcome]]:
    waiting = deque(_Task(spec, gpus=_gpus(spec, pool)) for spec in specs)
    idle, busy = list(crew), dict[Any, tuple[_Worker, _Task]]()
    while waiting or busy:
        while waiting and idle and (devices := pool.take(waiting[0].gpus)) is not None:
            worker, task = idle.pop(), waiting.popleft()._replace(devices=devices)
            worker.assign(task.spec, devices)
            busy[worker.connection] = worker, task
        for connection in wait(list(busy)):
            worker, task = busy.pop(connection)
            outcome = worker.result()
            idle.append(worker)
            pool.give_back(task.devices, task.gpus)
            if outcome is not None:
                yield task.spec, outcome
            elif task.number < ATTEMPTS:
                waiting.appendleft(task._replace(number=task.number + 1, devices=()))
            else:
                yield task.spec, Failure(f"its worker process died {ATTEMPTS} times; is there enough memory?")


def _gpus(spec: Spec, pool: DevicePool) -> float:
    """How many devices a run reserves: only commands reserve any; runs of built-in networks share what there is."""
    return pool.wanted(spec.gpus) if isinstance(spec, CommandSpec) else 0.0
