"""Runs as Slurm jobs, by way of submitit, which takes care of job arrays, requeueing and logs."""

import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loganneal import _checks
from loganneal.runs.any_spec import Spec
from loganneal.runs.command_spec import CommandSpec
from loganneal.studies.engines._base import Failure, Outcome, attempt

POLL_SECONDS = 2.0
"""Seconds between checks for finished jobs."""

MOST_GPUS = 64


@dataclass(frozen=True)
class OnSlurm:
    """An engine that submits runs as Slurm jobs. Records come back to this process, which writes them.

    The folders of the study and of the script must exist on every node, with the same Python environment. This process
    may itself be a job that ends at its walltime: the same command then continues, and runs that have a record are not
    started again.

    Args:
        folder: Folder on a shared file system in which submitit keeps its logs and results.
        data_root: Folder with data sets on each node; None for the one that LOGANNEAL_DATA names there.
        threads: Number of processors for a run, at least 1.
        gpus: Number of GPUs for a run whose declaration does not name one, whole, from 0 to 64. None for none; a
            training command then has to name one itself, since whether the nodes have GPUs is not known here.
        at_most: Largest number of jobs at a time (``%N`` of the job array), at least 1.
        cluster: "slurm", or "local" for processes on this machine, to try it out.
        parameters: Further parameters of submitit by name, such as ``slurm_partition`` and ``timeout_min``.

    Raises:
        ValueError: A number is out of its range, or the cluster is unknown.

    Example:
        >>> OnSlurm(Path("jobs"), at_most=8, parameters={"slurm_partition": "gpu"}).trains_here
        False
    """

    folder: Path
    data_root: Path | None = None
    threads: int = 1
    gpus: int | None = None
    at_most: int = 16
    cluster: str = "slurm"
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _checks.whole("OnSlurm", "threads", self.threads, 1)
        _checks.whole("OnSlurm", "at_most", self.at_most, 1)
        if self.gpus is not None:
            _checks.whole("OnSlurm", "gpus", self.gpus, 0, MOST_GPUS)
        _checks.one_of("OnSlurm", "cluster", self.cluster, ("slurm", "local"))

    @property
    def trains_here(self) -> bool:
        """False, since runs read the data sets of the cluster's nodes."""
        return False

    def at_once(self, spec: Spec) -> int:
        """Ask how many runs are trained at a time.

        Args:
            spec: The specification of one of the runs; it makes no difference here.

        Returns:
            The largest number of jobs of the job array at a time.
        """
        return self.at_most

    def kept(self) -> AbstractContextManager["OnSlurm"]:
        """Keep whatever the engine starts between calls of `run`; this engine keeps nothing.

        Returns:
            A context manager that gives this engine.
        """
        return nullcontext(self)

    def run(self, specs: Sequence[Spec]) -> Generator[tuple[Spec, Outcome]]:
        """Submit runs, in one job array for each number of GPUs.

        Args:
            specs: The specifications of the runs.

        Yields:
            Each specification with its record, or with a failure, in the order in which the runs end.

        Raises:
            ModuleNotFoundError: submitit is not installed.
            ValueError: A number of GPUs is missing, or not whole.
        """
        jobs: dict[Any, Spec] = {}
        try:
            for gpus in sorted({self._gpus(spec) for spec in specs}):
                jobs |= self._submitted([spec for spec in specs if self._gpus(spec) == gpus], gpus)
            while jobs:
                done = [job for job in jobs if job.done()]
                yield from ((jobs.pop(job), _outcome(job)) for job in done)
                if not done:
                    time.sleep(POLL_SECONDS)
        finally:
            for job in jobs:
                job.cancel()

    def _gpus(self, spec: Spec) -> int:
        """The GPUs that a run's own declaration asks for, or else the engine's."""
        own, usual = (spec.gpus, None) if isinstance(spec, CommandSpec) else (None, 0)
        gpus = next((gpus for gpus in (own, self.gpus, usual) if gpus is not None), None)
        remedy = "On Slurm a command names its GPUs, 0 for none: `gpus` in the file of the study, or --gpus."
        return _checks.whole("a comparison", "gpus", gpus, 0, MOST_GPUS, remedy=remedy)

    def _submitted(self, specs: Sequence[Spec], gpus: int) -> dict[Any, Spec]:
        executor = _submitit().AutoExecutor(folder=self.folder, cluster=self.cluster)
        limit = {"slurm_array_parallelism": self.at_most} if self.cluster == "slurm" else {}
        executor.update_parameters(
            name="loganneal", cpus_per_task=self.threads, gpus_per_node=gpus, **limit, **self.parameters
        )
        with executor.batch():
            jobs = [executor.submit(attempt, spec, self.data_root, self.threads) for spec in specs]
        return dict(zip(jobs, specs, strict=True))


def _outcome(job: Any) -> Outcome:
    try:
        outcome: Outcome = job.result()
    except Exception as error:  # a job that died, or that Slurm ended: submitit raises several kinds of error
        lines = str(error).strip().splitlines()
        return Failure(f"job {job.job_id}: {lines[-1] if lines else type(error).__name__}")
    return outcome


def _submitit() -> Any:
    try:
        import submitit
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{error}. Run: python -m pip install 'loganneal[slurm]'.") from error
    return submitit
