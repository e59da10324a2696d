"""Arrays that are slow to make, made once and kept as files that two processes may write at the same time."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loganneal._disk import TEMPORARY, replace_file

Arrays = dict[str, NDArray[Any]]


class CacheNotWritableError(OSError):
    """The cache folder cannot be written to; the message names it and LOGANNEAL_CACHE."""


def cache_folder() -> Path:
    """The folder that LOGANNEAL_CACHE names, else `loganneal` in the system's folder for caches.

    That is `~/.cache`, or XDG_CACHE_HOME, on Linux; `~/Library/Caches` on macOS; `%LOCALAPPDATA%` on Windows.
    """
    named = os.environ.get("LOGANNEAL_CACHE")
    if named:
        return Path(named)
    from platformdirs import user_cache_path  # naming a workload does not need it

    return user_cache_path("loganneal", appauthor=False)


@contextmanager
def writing_cache(folder: Path) -> Iterator[None]:
    """Wrap writing into a folder of the cache: a disk that refuses is blamed on the cache, not on the data."""
    try:
        yield
    except OSError as error:
        remedy = "Make room there, or name another folder with LOGANNEAL_CACHE."
        reason = error.strerror or error
        raise CacheNotWritableError(f"The cache folder {folder} cannot be written to ({reason}). {remedy}") from error


def cached_arrays(name: str, build: Callable[[], Arrays]) -> Arrays:
    """The arrays that `build` makes, read from the cache folder when they are there and intact.

    Args:
        name: Folder inside the cache; it must change when the result of `build` would.
        build: Makes the arrays, by name.

    Returns:
        The arrays, mapped from their files and read-only.

    Raises:
        CacheNotWritableError: The cache folder cannot be written to.
    """
    folder = cache_folder() / name
    if not _intact(folder):
        arrays = build()
        with writing_cache(cache_folder()):
            _replace(folder, arrays)
    return {path.stem: np.load(path, mmap_mode="r") for path in sorted(folder.glob("*.npy"))}


def _intact(folder: Path) -> bool:
    try:
        checksums: dict[str, str] = json.loads((folder / "checksums.json").read_text())
        names = {path.name for path in folder.glob("*.npy")}
        same = all(_checksum(folder / name) == checksum for name, checksum in checksums.items())
    except (OSError, ValueError, AttributeError, RecursionError):  # whatever else may be there is not our cache
        return False
    return same and bool(names) and names == checksums.keys()


def _replace(folder: Path, arrays: Arrays) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=folder.parent) as temporary:
        complete = Path(temporary) / folder.name
        _write(complete, arrays)
        if _intact(folder):  # another process was faster
            return
        shutil.rmtree(folder, ignore_errors=True)
        move_unless_there(complete, folder)


def move_unless_there(source: Path, target: Path) -> None:
    """Rename a folder in one step, unless another process has already put its own there."""
    try:
        source.rename(target)
    except OSError:
        if not target.exists():
            raise


def _write(folder: Path, arrays: Arrays) -> None:
    folder.mkdir()
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    checksums = {path.name: _checksum(path) for path in sorted(folder.glob("*.npy"))}
    replace_file(folder / "checksums.json", (json.dumps(checksums, indent=2) + "\n").encode())


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
