"""One file of a journal: lines that are only ever appended, and the place of each key's last intact line."""

import os
from pathlib import Path
from typing import IO, NamedTuple

from loganneal._disk import sync_folder, without_following
from loganneal._reading import require_regular
from loganneal.runs._journal_line import damaged_key, intact_key
from loganneal.runs.checkpoints import RunNotSavedError


class Place(NamedTuple):
    """The place of a line in a file, in bytes."""

    start: int
    length: int


class Damage(NamedTuple):
    """A line that is not what was written.

    Args:
        key: The key that can still be read from it, or None.
        sentence: A sentence with its file and line number.
    """

    key: str | None
    sentence: str


class JournalFile:
    """The lines of one file, found by key.

    Args:
        path: The file, which need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._forget()

    def _forget(self) -> None:
        self.places: dict[str, Place] = {}
        self.damaged: dict[int, Damage] = {}
        self._end, self._lines = 0, 0  # bytes and lines that are indexed
        self._seen: tuple[int, ...] | None = None

    @property
    def is_current(self) -> bool:
        """Whether the file is as it was when it was indexed."""
        return self._seen == _identity(self.path)

    def refresh(self) -> None:
        """Index what was appended since, or all of a file that was replaced. The caller holds the journal's lock."""
        identity = _identity(self.path)
        if identity is None or self._seen is None or not _has_grown(self._seen, identity):
            self._forget()
        if identity is not None:
            self._index()
        self._seen = identity

    def _index(self) -> None:
        with self._opened() as file:
            file.seek(self._end)
            for line in file:
                self._lines += 1
                self._note(line.rstrip(b"\n"))
                if not line.endswith(b"\n"):  # the next append ends this line, which is then read again
                    self._lines -= 1
                    return
                self._end += len(line)

    def _note(self, line: bytes) -> None:
        key = intact_key(line)
        if key is not None:
            self.places[key] = Place(self._end, len(line))
        elif line:
            sentence = f"Line {self._lines} of {self.path} is damaged (checksum)."
            self.damaged[self._lines] = Damage(damaged_key(line), sentence)

    def _opened(self) -> IO[bytes]:
        return self.path.open("rb")

    def line(self, key: str) -> bytes | None:
        """The last intact line of a key, or None.

        If a line is no longer where it was, the file was rewritten in place, and the whole index is discarded.
        """
        if key not in self.places:
            return None
        start, length = self.places[key]
        with self._opened() as file:
            file.seek(start)
            line = file.read(length)
        if intact_key(line) == key:
            return line
        self._forget()
        return None

    def append(self, line: bytes) -> None:
        """Write a line at the end and wait until it is on the disk. The caller holds the journal's lock.

        Raises:
            RunNotSavedError: The disk is full, or fails otherwise; the file is unchanged.
        """
        is_new = not self.path.exists()
        try:
            with open(self.path, "a+b", buffering=0, opener=without_following) as file:  # Path.open takes no opener
                _append(file.fileno(), line + b"\n")
            if is_new:
                sync_folder(self.path.parent)
        except OSError as error:
            kept = "What it holds is kept. Make room, and start again to continue."
            raise RunNotSavedError(f"{self.path} could not be written to ({error.strerror}). {kept}") from error


def _append(descriptor: int, data: bytes) -> None:
    before = os.fstat(descriptor).st_size
    try:
        if before and _last_byte(descriptor) != b"\n":
            data = b"\n" + data
        while data:
            data = data[os.write(descriptor, data) :]
        os.fsync(descriptor)
    except BaseException:
        os.ftruncate(descriptor, before)
        raise


def _last_byte(descriptor: int) -> bytes:
    os.lseek(descriptor, -1, os.SEEK_END)
    return os.read(descriptor, 1)


def _has_grown(before: tuple[int, ...], now: tuple[int, ...]) -> bool:
    return now[0] == before[0] and now[1] > before[1]


def _identity(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    require_regular(path, found)
    return found.st_ino, found.st_size, found.st_mtime_ns
