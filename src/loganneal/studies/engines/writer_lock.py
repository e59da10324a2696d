"""One process at a time runs a study in a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from loganneal.runs.lock import hold


class StudyInUseError(OSError):
    """Another process runs a study in this folder; the message names the process."""


@contextmanager
def hold_study_folder(folder: Path) -> Iterator[None]:
    """Hold the folder of a study while the study runs there.

    The lock is the operating system's: it is released when the process ends, however it ends.

    Args:
        folder: The folder; created if missing.

    Yields:
        None: the folder is held until the block ends.

    Raises:
        StudyInUseError: Another process runs a study in the folder.
        OSError: The file system does not support locks.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder, hold_study_folder(Path(folder)):
        ...     [path.name for path in Path(folder).iterdir()]
        ['.lock']
    """
    folder.mkdir(parents=True, exist_ok=True)
    with hold(folder, partial(_refusal, folder)):
        yield


def _refusal(folder: Path, owner: str) -> StudyInUseError:
    return StudyInUseError(f"{folder} is in use by process {owner}, which runs a study there.")
