"""One process at a time writes records into a folder."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from loganneal._disk import TEMPORARY
from loganneal.runs import lock as _lock


class StudyInUseError(OSError):
    """Another process runs a study in the folder."""


@contextmanager
def writing_alone(root: Path) -> Iterator[None]:
    """Hold the folder of records, made when missing; what a killed process left half-written there is removed.

    The lock is the operating system's: it ends with the process, however that ends.

    Raises:
        StudyInUseError: Another process has it.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / _lock.NAME).open("a+") as file:
        _lock.hold(file, partial(_refusal, root))
        for leftover in root.glob(f"{TEMPORARY}*"):
            shutil.rmtree(leftover)
        try:
            yield
        finally:
            # finished records are evidence, and nothing else lies among them
            (root / _lock.NAME).unlink(missing_ok=True)


def _refusal(root: Path, owner: str) -> StudyInUseError:
    return StudyInUseError(f"{root} is in use by process {owner}, which runs a study there.")
