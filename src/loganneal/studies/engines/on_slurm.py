"""Runs as jobs of Slurm, by submitit: job arrays, requeueing and logs are its work."""

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
"""How often finished jobs are looked for."""

MOST_GPUS = 64.0


@dataclass(frozen=True)
class OnSlurm:
    """The engine of Slurm jobs. Records come back to this process, which writes them.

    The folders of the study and of the script must be there on every node, with the same Python. Where this process is
    itself a job that ends at its walltime, the same command goes on: runs that are recorded are not started again.

    Args:
        folder: Where submitit keeps its logs and results, on a shared file system.
        data_root: Folder with data sets, on each node.
        threads: Processors for each run.
        gpus: For each run whose own declaration does not say.
        at_most: Jobs at a time, ``%N`` of the job array.
        cluster: "slurm", or "local" for processes of this machine, to try it.
        parameters: Further parameters of submitit, such as ``slurm_partition`` and ``timeout_min``.

    Raises:
        ValueError: A number is out of its range.
    """

    folder: Path
    data_root: Path | None = None
    threads: int = 1
    gpus: float = 0.0
    at_most: int = 16
    cluster: str = "slurm"
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _checks.whole("OnSlurm", "threads", self.threads, 1)
        _checks.whole("OnSlurm", "at_most", self.at_most, 1)
        _checks.number("OnSlurm", "gpus", self.gpus, 0.0, MOST_GPUS)
        _checks.one_of("OnSlurm", "cluster", self.cluster, ("slurm", "local"))

    @property
    def trains_here(self) -> bool:
        """Runs train on the nodes of the cluster, so it is false."""
        return False

    def at_once(self) -> int:
        """As many as the job array may have at a time."""
        return self.at_most

    def kept(self) -> AbstractContextManager["OnSlurm"]:
        """Nothing has to be kept."""
        return nullcontext(self)

    def run(self, specs: Sequence[Spec]) -> Generator[tuple[Spec, Outcome]]:
        """Submit the runs, one job array for each number of GPUs, and yield what each gave as it ends.

        Raises:
            ModuleNotFoundError: submitit is not installed.
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

    def _gpus(self, spec: Spec) -> float:
        own = spec.gpus if isinstance(spec, CommandSpec) else None
        return self.gpus if own is None else own

    def _submitted(self, specs: Sequence[Spec], gpus: float) -> dict[Any, Spec]:
        executor = _submitit().AutoExecutor(folder=self.folder, cluster=self.cluster)
        limit = {"slurm_array_parallelism": self.at_most} if self.cluster == "slurm" else {}
        executor.update_parameters(
            name="loganneal", cpus_per_task=self.threads, gpus_per_node=round(gpus), **limit, **self.parameters
        )
        with executor.batch():
            jobs = [executor.submit(attempt, spec, self.data_root, self.threads) for spec in specs]
        return dict(zip(jobs, specs, strict=True))


def _outcome(job: Any) -> Outcome:
    try:
        outcome: Outcome = job.result()
    except Exception as error:  # a job that died, or that Slurm ended: submitit has several kinds of error
        lines = str(error).strip().splitlines()
        return Failure(f"job {job.job_id}: {lines[-1] if lines else type(error).__name__}")
    return outcome


def _submitit() -> Any:
    try:
        import submitit
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{error}. Run: python -m pip install 'loganneal[slurm]'.") from error
    return submitit
