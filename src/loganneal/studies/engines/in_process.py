"""Runs in this process, one after the other."""

from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from loganneal import _checks, _limits
from loganneal.runs.any_spec import Spec
from loganneal.studies.engines._base import Outcome, attempt


@dataclass(frozen=True)
class InProcess:
    """An engine that trains in this process, one run after the other.

    Args:
        data_root: Folder with data sets; None for the one that LOGANNEAL_DATA names.
        threads: Number of torch's threads for a run, from 1 to 1,024.

    Raises:
        ValueError: The number of threads is out of its range.

    Example:
        >>> import loganneal as la
        >>> from loganneal.data import WORKLOADS
        >>> spec = WORKLOADS["digits"].spec(schedule=la.Cosine(0.3, 2), seed=0, split_seed=0, steps=2)
        >>> [record.status for _, record in InProcess().run([spec])]
        ['completed']
    """

    data_root: Path | None = None
    threads: int = 1

    def __post_init__(self) -> None:
        _checks.whole("InProcess", "threads", self.threads, 1, _limits.THREADS)

    @property
    def trains_here(self) -> bool:
        """True, since runs read the data sets of this machine."""
        return True

    def at_once(self, spec: Spec) -> int:
        """Ask how many runs are trained at a time.

        Args:
            spec: The specification of one of the runs; it makes no difference here.

        Returns:
            1.
        """
        return 1

    def kept(self) -> AbstractContextManager["InProcess"]:
        """Keep whatever the engine starts between calls of `run`; this engine starts nothing.

        Returns:
            A context manager that gives this engine.
        """
        return nullcontext(self)

    def run(self, specs: Sequence[Spec]) -> Generator[tuple[Spec, Outcome]]:
        """Train runs, one after the other.

        Args:
            specs: The specifications of the runs.

        Yields:
            Each specification with its record, or with a failure, in the given order.
        """
        for spec in specs:
            yield spec, attempt(spec, self.data_root, self.threads)
