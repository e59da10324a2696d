"""Files that are on the disk whole or not at all, whenever the process or the machine stops."""

import os
from pathlib import Path

TEMPORARY = ".writing-"
"""How the names of files and folders begin that are not complete; what an interrupted process left may be removed."""


def write_synced(path: Path, data: bytes) -> None:
    """Write a file and wait until it is on the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace_file(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or as it was before."""
    temporary = path.with_name(f"{TEMPORARY}{path.name}")
    try:
        write_synced(temporary, data)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
