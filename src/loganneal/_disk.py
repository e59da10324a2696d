"""Files that are on the disk whole or not at all, whenever the process or the machine stops."""

import os
from pathlib import Path

TEMPORARY = ".writing-"
"""How the names of files and folders begin that are not complete; what an interrupted process left may be removed."""


def write_synced(path: Path, data: bytes) -> None:
    """Write a file and wait until it is on the disk; a symbolic link is not followed."""
    with open(path, "wb", opener=without_following) as file:  # Path.open takes no opener
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace_file(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or as it was before.

    Raises:
        OSError: The path is a symbolic link, which would be replaced instead of the file that it names; or the disk
            fails.
    """
    if path.is_symlink():
        raise OSError(f"{path} is a symbolic link, which is not written through. Remove it, or name another file.")
    temporary = path.with_name(f"{TEMPORARY}{path.name}")
    try:
        write_synced(temporary, data)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system lets folders be opened (Windows does not)."""
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
