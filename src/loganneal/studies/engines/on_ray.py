"""Runs as tasks of a Ray cluster: Ray places them, and starts them again if a worker or a node dies."""

import logging
import socket
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loganneal import _checks
from loganneal.runs.any_spec import Spec
from loganneal.runs.command_spec import CommandSpec
from loganneal.studies.engines._base import Failure, Outcome, attempt

CONNECT_SECONDS = 5.0


@dataclass(frozen=True)
class OnRay:
    """An engine that trains on a Ray cluster. Records come back to this process, which writes them.

    Every node needs the same version of loganneal with the extra ``lab``, and the data sets: in the folder
    ``data_root``, or else in the folder that LOGANNEAL_DATA names on the node.

    A training command runs within a Ray task, on the devices that Ray assigns to the task. The folder of the study and
    the folder of the script must exist on every node.

    Args:
        address: Address of the cluster, as ``ray.init`` accepts it. "local" starts a cluster of this machine alone.
            None uses RAY_ADDRESS, or else the cluster that runs on this machine, and starts one if there is none.
        data_root: Folder with data sets on each node; None for the one that LOGANNEAL_DATA names there.
        threads: Number of torch's threads for a run, and of processors that Ray is asked for; at least 1.
        gpus: Number of GPUs for a run whose declaration does not name one, from 0 to 64; runs can share one if it is a
            fraction. None for one GPU for a training command if the cluster has any, and for none otherwise.
        retries: How often Ray starts a run again after its worker or node died, at least 0.

    Raises:
        ValueError: A number is out of its range.

    Example:
        >>> OnRay(address="10.0.0.1:6379", gpus=0.25).trains_here
        False
    """

    address: str | None = None
    data_root: Path | None = None
    threads: int = 1
    gpus: float | None = None
    retries: int = 3

    def __post_init__(self) -> None:
        _checks.whole("OnRay", "threads", self.threads, 1)
        if self.gpus is not None:
            _checks.number("OnRay", "gpus", self.gpus, 0.0, 64.0)
        _checks.whole("OnRay", "retries", self.retries, 0)

    @property
    def trains_here(self) -> bool:
        """False, since runs read the data sets of the cluster's nodes."""
        return False

    def at_once(self, spec: Spec) -> int:
        """Ask how many runs are trained at a time.

        Args:
            spec: The specification of one of the runs, which says how many GPUs a training command takes.

        Returns:
            The number of runs for which the cluster's present nodes have room; 0 before Ray is started.

        Raises:
            ModuleNotFoundError: Ray is not installed.
        """
        ray = _ray()
        there = ray.cluster_resources() if ray.is_initialized() else {}
        return self._places(spec, there.get("CPU", 0.0), there.get("GPU", 0.0))

    def kept(self) -> AbstractContextManager["OnRay"]:
        """Keep whatever the engine starts between calls of `run`; this engine keeps nothing.

        Returns:
            A context manager that gives this engine.
        """
        return nullcontext(self)

    def run(self, specs: Sequence[Spec]) -> Generator[tuple[Spec, Outcome]]:
        """Hand all runs to Ray.

        Args:
            specs: The specifications of the runs.

        Yields:
            Each specification with its record, or with a failure, in the order in which the runs end.

        Raises:
            ModuleNotFoundError: Ray is not installed.
            ConnectionError: Nothing answers at the address of the cluster.
        """
        ray = _ray()
        started = not ray.is_initialized()
        if started:
            _check_reachable(self.address)
            ray.init(address=self.address, log_to_driver=False, logging_level=logging.ERROR, include_dashboard=False)
        try:
            yield from self._results(ray, specs)
        finally:
            if started:
                ray.shutdown()

    def _places(self, spec: Spec, processors: float, devices: float) -> int:
        """How many such runs a cluster with so many processors and GPUs has room for."""
        places, gpus = processors / self.threads, self._gpus(spec, devices)
        return int(min(places, devices / gpus) if gpus else places)

    def _gpus(self, spec: Spec, there: float) -> float:
        """The GPUs that a run asks for in a cluster with so many: its own, or the engine's, or one for a command."""
        own, usual = (spec.gpus, min(1.0, there)) if isinstance(spec, CommandSpec) else (None, 0.0)
        return next(gpus for gpus in (own, self.gpus, usual) if gpus is not None)

    def _results(self, ray: Any, specs: Sequence[Spec]) -> Generator[tuple[Spec, Outcome]]:
        root = None if self.data_root is None else self.data_root.absolute()
        task = ray.remote(num_cpus=self.threads, max_retries=self.retries)(attempt)
        there = ray.cluster_resources().get("GPU", 0.0)
        tasks = {
            task.options(num_gpus=self._gpus(spec, there)).remote(spec, root, self.threads): spec for spec in specs
        }
        waiting = list(tasks)
        try:
            while waiting:
                (done,), waiting = ray.wait(waiting, num_returns=1)
                yield tasks.pop(done), _outcome(ray, done)
        finally:
            for left in waiting:
                ray.cancel(left, force=True)


def _outcome(ray: Any, done: Any) -> Outcome:
    try:
        outcome: Outcome = ray.get(done)
    except ray.exceptions.RayError as error:
        return Failure(f"{type(error).__name__}: {str(error).strip().splitlines()[0]}")
    return outcome


def _check_reachable(address: str | None) -> None:
    """Raise at once if nothing answers; Ray would keep trying for many minutes."""
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if not port.isdigit():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS).close()
    except OSError as error:
        remedy = "Give the address that `ray start --head` printed."
        raise ConnectionError(f"Nothing answers at the Ray address {address} ({error}). {remedy}") from error


def _ray() -> Any:
    try:
        import ray
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{error}. Run: python -m pip install 'loganneal[ray]'.") from error
    return ray
