"""An untrusted zip file, checked before it is unpacked. Nothing in it is ever written to disk."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from loganneal import _limits
from loganneal._reading import UnfitFileError, require_regular, size
from loganneal.data._cache import CacheNotWritableError

ENCRYPTED = 0x1
"""The bit of an entry's flags that says it needs a password."""

COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Those that can be unpacked a bounded number of bytes at a time; Python's bzip2 and LZMA cannot."""


@contextmanager
def decoding(name: str) -> Iterator[None]:
    """Wrap a decoder: whatever it raises on damaged bytes becomes a `ValueError` that names what was decoded.

    Decoders raise errors of every kind on bytes that were made to confuse them.
    """
    try:
        yield
    except (UnfitFileError, CacheNotWritableError):
        raise
    except Exception as error:
        said = str(error) or type(error).__name__
        raise ValueError(said if name in said else f"{name}: {said}") from error


def open_archive(location: Path) -> zipfile.ZipFile:
    """The zip file, every entry of which can be unpacked within the bounds of `loganneal._limits`.

    Raises:
        ValueError: It is damaged or too large, has a password, another compression method, or a path that leads out of
            it.
    """
    require_regular(location, location.stat())
    with decoding(location.name):
        archive = zipfile.ZipFile(location)
        entries = archive.infolist()
        if len(entries) > _limits.ARCHIVE_ENTRIES:
            raise ValueError(f"it has more than {_limits.ARCHIVE_ENTRIES:,} entries")
        for entry in entries:
            _check_entry(entry)
        _check_total(sum(entry.file_size for entry in entries), location.stat().st_size)
    return archive


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & ENCRYPTED:
        raise ValueError(f"{entry.filename} needs a password: unpack it, and name the folder")
    if entry.compress_type not in COMPRESSIONS:
        method = f"{entry.filename} is compressed by method {entry.compress_type}"
        raise ValueError(f"{method}: only stored and deflated entries are read; unpack it, and name the folder")
    path = PurePosixPath(entry.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in entry.filename:
        raise ValueError(f"{entry.filename} leads out of the archive")
    if len(path.parts) > _limits.ARCHIVE_LEVELS:
        raise ValueError(f"{path.name} is nested in more than {_limits.ARCHIVE_LEVELS} folders")


def _check_total(unpacked: int, packed: int) -> None:
    bomb = unpacked > _limits.ARCHIVE_FREE_BYTES and unpacked > _limits.ARCHIVE_RATIO * packed
    if bomb or unpacked > _limits.ARCHIVE_BYTES:
        raise ValueError(f"its {size(packed)} claim to unpack to {size(unpacked)}")
