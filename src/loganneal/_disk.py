"""Atomic writes: a file is on disk completely or not at all, even if the process or the machine stops."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

TEMPORARY = ".writing-"
"""Name prefix of incomplete files and folders; what an interrupted process left behind may be removed."""


def replace_file(path: Path, data: bytes) -> None:
    """Write a file atomically: it is replaced completely or left as it was; see `replacing`."""
    with replacing(path) as file:
        file.write(data)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """An open file for the new content of a path, which replaces the old file once it is on disk.

    If writing fails or is interrupted, the old file is left as it was.

    Args:
        path: The file, in a folder that exists.

    Raises:
        OSError: The path is a symbolic link, which would be replaced instead of its target; or the disk fails.
    """
    if path.is_symlink():
        raise OSError(f"{path} is a symbolic link, and links are not followed here. Remove it, or name another file.")
    temporary = path.with_name(f"{TEMPORARY}{path.name}")
    try:
        with open(temporary, "wb", opener=without_following) as file:  # Path.open takes no opener
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on disk, if the system can open folders (Windows cannot)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def without_following(path: str, flags: int) -> int:
    """An opener for `open` that refuses a symbolic link."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)
