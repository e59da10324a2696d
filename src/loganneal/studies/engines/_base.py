"""What every engine is, and what all of them do with one run."""

import traceback
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

from loganneal.runs.record import Record
from loganneal.runs.spec import RunSpec


class Failure(NamedTuple):
    """What comes instead of a record when a run raised an error."""

    message: str


Outcome = Record | Failure


class Engine(Protocol):
    """Where runs execute; `data_root` is the folder with data sets there."""

    @property
    def data_root(self) -> Path | None: ...

    @property
    def trains_here(self) -> bool:
        """Whether runs read the data sets of this machine."""
        ...

    def at_once(self) -> int:
        """How many runs are trained at a time."""
        ...

    def run(self, specs: Sequence[RunSpec]) -> Generator[tuple[RunSpec, Outcome]]:
        """Train each of the runs and yield what it gave, in the order that they end.

        A generator that is closed leaves no run behind.
        """
        ...


def attempt(spec: RunSpec, data_root: Path | None, threads: int) -> Outcome:
    """Train one run, with its number of torch threads; an error becomes a failure."""
    from loganneal.training import train  # imports torch, which only the training process needs

    try:
        with torch_threads(threads):
            return train(spec, data_root=data_root)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return Failure(f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})")


@contextmanager
def torch_threads(count: int = 1) -> Iterator[None]:
    """Torch with this many threads; one makes runs side by side fast and their sums repeatable."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
