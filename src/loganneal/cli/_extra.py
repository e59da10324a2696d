"""What a command needs beyond the schedules, said in one sentence where it is missing."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needs_lab() -> Iterator[None]:
    """Around the imports of a command that trains, which are made when it runs: plotting must not need them.

    Raises:
        ModuleNotFoundError: One is not installed; the message says what to install.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{error}. Run: python -m pip install 'loganneal[lab]'.") from error
