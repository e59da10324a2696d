"""One process at a time runs a study in a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from loganneal.runs.lock import hold


class StudyInUseError(OSError):
    """Another process runs a study in the folder."""


@contextmanager
def hold_study_folder(folder: Path) -> Iterator[None]:
    """Hold the folder of a study, made when missing, while the study runs there.

    The lock is the operating system's: it ends with the process, however that ends.

    Raises:
        StudyInUseError: Another process has it.
        OSError: Its file system has no locks.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with hold(folder, partial(_refusal, folder)):
        yield


def _refusal(folder: Path, owner: str) -> StudyInUseError:
    return StudyInUseError(f"{folder} is in use by process {owner}, which runs a study there.")
