"""Runs as tasks of a Ray cluster: Ray places them, and starts them again where a worker or a node dies."""

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
    """The engine of a Ray cluster. Records come back to this process, which writes them.

    A command of the user's own runs within its task, on the devices that Ray gives that; its folder, which is below the
    study's, and the folder of the script must be there on every node.

    Every node needs the same loganneal with the extra ``lab``, and the data sets in the same folder: ``data_root``, or
    where it is None the folder that the node's own LOGANNEAL_DATA names.

    Args:
        address: Of the cluster, as ``ray.init`` takes it: "local" starts one of this machine alone; None takes
            RAY_ADDRESS, else the cluster that runs on this machine, and starts one where there is none.
        data_root: Folder with data sets, on each node.
        threads: Of torch, for each run; Ray is asked for as many processors.
        gpus: For each run; a part of one lets runs share it.
        retries: How often Ray starts a run again whose worker or node died.

    Raises:
        ValueError: A number is out of its range.
    """

    address: str | None = None
    data_root: Path | None = None
    threads: int = 1
    gpus: float = 0.0
    retries: int = 3

    def __post_init__(self) -> None:
        _checks.whole("OnRay", "threads", self.threads, 1)
        _checks.number("OnRay", "gpus", self.gpus, 0.0, 64.0)
        _checks.whole("OnRay", "retries", self.retries, 0)

    @property
    def trains_here(self) -> bool:
        """Runs train on the nodes of the cluster, so it is false."""
        return False

    def at_once(self) -> int:
        """As many as the nodes that are there now have room for."""
        ray = _ray()
        there = ray.cluster_resources() if ray.is_initialized() else {}
        places = there.get("CPU", 0.0) / self.threads
        return int(min(places, there.get("GPU", 0.0) / self.gpus) if self.gpus else places)

    def kept(self) -> AbstractContextManager["OnRay"]:
        """Nothing has to be kept."""
        return nullcontext(self)

    def run(self, specs: Sequence[Spec]) -> Generator[tuple[Spec, Outcome]]:
        """Hand all runs to Ray, and yield what each gave as it ends.

        Raises:
            ModuleNotFoundError: Ray is not installed.
            ConnectionError: Nothing answers at the address.
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

    def _gpus(self, spec: Spec) -> float:
        """What a run's own declaration says, else the engine's."""
        own = spec.gpus if isinstance(spec, CommandSpec) else None
        return self.gpus if own is None else own

    def _results(self, ray: Any, specs: Sequence[Spec]) -> Generator[tuple[Spec, Outcome]]:
        root = None if self.data_root is None else self.data_root.absolute()
        task = ray.remote(num_cpus=self.threads, max_retries=self.retries)(attempt)
        tasks = {task.options(num_gpus=self._gpus(spec)).remote(spec, root, self.threads): spec for spec in specs}
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
    """Say at once that nothing answers; Ray would try for many minutes."""
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if not port.isdigit():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS).close()
    except OSError as error:
        remedy = "Give the address that `ray start --head` printed there."
        raise ConnectionError(f"Nothing answers at the Ray address {address} ({error}). {remedy}") from error


def _ray() -> Any:
    try:
        import ray
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{error}. Run: python -m pip install 'loganneal[ray]'.") from error
    return ray
