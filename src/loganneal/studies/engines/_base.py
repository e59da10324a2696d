"""The interface of engines, and what all of them do with one run."""

import signal
import threading
import traceback
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from loganneal.runs.any_spec import Spec
from loganneal.runs.command_spec import CommandSpec
from loganneal.runs.launch import SeenRates
from loganneal.runs.record import Record
from loganneal.studies.engines.devices import device_kind, visible_devices


class Failure(NamedTuple):
    """What an engine yields in place of a record if a run raised an error.

    Args:
        message: The error, with its kind and its place in the code.

    Example:
        >>> Failure("ValueError: no such network (loop.py:120)").message
        'ValueError: no such network (loop.py:120)'
    """

    message: str


@dataclass(frozen=True)
class Probe:
    """What the first updates of a command showed; see `loganneal.studies.check`.

    Args:
        reason: Why the probe ended early; "" if it went to its end, or was ended as intended.
        rates: The rates that were recorded; None if there are none.
        rows: The rows that were reported.
        observed: Sums over weights and gradients before each update, with its time.
        seconds: Seconds from its start to its end.
        complete: Whether the command ended by itself.
    """

    reason: str
    rates: SeenRates | None
    rows: tuple[dict[str, float], ...]
    observed: tuple[dict[str, float], ...]
    seconds: float
    complete: bool


Outcome = Record | Failure | Probe


class Engine(Protocol):
    """Where runs execute. `InProcess`, `LocalProcesses`, `OnRay` and `OnSlurm` are engines."""

    @property
    def data_root(self) -> Path | None:
        """Folder with data sets where the runs execute; None for the one that LOGANNEAL_DATA names there."""
        ...

    @property
    def trains_here(self) -> bool:
        """Whether runs read the data sets of this machine."""
        ...

    def at_once(self, spec: Spec) -> int:
        """Ask how many runs are trained at a time.

        Args:
            spec: The specification of one of the runs, which says how many GPUs a training command takes.

        Returns:
            The number of runs, if all take as much as this one.
        """
        ...

    def kept(self) -> AbstractContextManager["Engine"]:
        """Keep whatever the engine starts, such as worker processes, between calls of `run`.

        Returns:
            A context manager that gives the engine to use within its block.
        """
        ...

    def run(self, specs: Sequence[Spec]) -> Generator[tuple[Spec, Outcome]]:
        """Train runs. Closing the generator ends the runs that are still training.

        Args:
            specs: The specifications of the runs.

        Yields:
            Each specification with its record, or with a failure, in the order in which the runs end.
        """
        ...


def attempt(spec: Spec, data_root: Path | None, threads: int, devices: Sequence[str] = ()) -> Outcome:
    """Execute one run with its number of processors; an error becomes a failure.

    Args:
        spec: The run.
        data_root: Folder with data sets.
        threads: Number of threads, of torch or for a command.
        devices: GPUs for a command; if empty, it sees those that this process sees.
    """
    try:
        if isinstance(spec, CommandSpec):
            return _command(spec, threads, devices)
        from loganneal.training import train  # imports torch, which only the training process needs

        with torch_threads(threads):
            return train(spec, data_root=data_root)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return Failure(f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})")


def _command(spec: CommandSpec, threads: int, devices: Sequence[str]) -> Outcome:
    from loganneal.studies.engines.commands import probe_command, run_command

    kind = device_kind(devices or visible_devices())
    with ended_by_sigterm():
        if spec.probe:
            return probe_command(spec, devices=devices, threads=threads)
        return run_command(spec, devices=devices, threads=threads, kind=kind)


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """Make SIGTERM unwind the main thread of this process, so that it ends its command before it ends itself."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _exit)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _exit(number: int, _: object) -> None:
    raise SystemExit(128 + number)


@contextmanager
def torch_threads(count: int = 1) -> Iterator[None]:
    """Set the number of torch's threads for a block of code.

    One thread makes runs side by side fast and their sums repeatable.

    Args:
        count: Number of threads, at least 1.

    Yields:
        None: the former number is restored when the block ends.

    Example:
        >>> import torch
        >>> with torch_threads(1):
        ...     torch.get_num_threads()
        1
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
