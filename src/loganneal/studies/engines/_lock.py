"""One process at a time writes records into a folder."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loganneal.lab._disk import TEMPORARY

LOCK = ".lock"


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
    with (root / LOCK).open("a+") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            owner = file.read().strip() or "unknown"
            raise StudyInUseError(f"{root} is in use by process {owner}, which runs a study there.") from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        for leftover in root.glob(f"{TEMPORARY}*"):
            shutil.rmtree(leftover)
        try:
            yield
        finally:
            (root / LOCK).unlink(missing_ok=True)  # finished records are evidence, and nothing else lies among them
