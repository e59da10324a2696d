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
    """The engine of this process.

    Args:
        data_root: Folder with data sets.
        threads: Of torch, for each run.

    Raises:
        ValueError: The number of threads is below 1 or above 1,024.
    """

    data_root: Path | None = None
    threads: int = 1

    def __post_init__(self) -> None:
        _checks.whole("InProcess", "threads", self.threads, 1, _limits.THREADS)

    @property
    def trains_here(self) -> bool:
        """Runs train on this machine, so it is true."""
        return True

    def at_once(self) -> int:
        """One."""
        return 1

    def kept(self) -> AbstractContextManager["InProcess"]:
        """Nothing has to be kept."""
        return nullcontext(self)

    def run(self, specs: Sequence[Spec]) -> Generator[tuple[Spec, Outcome]]:
        """Train each of the runs and yield what it gave."""
        for spec in specs:
            yield spec, attempt(spec, self.data_root, self.threads)
