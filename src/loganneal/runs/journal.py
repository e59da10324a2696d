"""The journal of runs: a folder with one file per workload and one line per run, found by its specification's key."""

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from platformdirs import user_data_path

from loganneal.runs import lock
from loganneal.runs._journal_file import JournalFile
from loganneal.runs._journal_line import pack, unpack
from loganneal.runs._sealed_file import SealedFile
from loganneal.runs.any_spec import Spec
from loganneal.runs.record import CorruptRecordError, Record

LOCK_SECONDS = 60
"""How long to wait for another process, which holds the lock for the milliseconds of an append."""

_POLL_SECONDS = 0.005
_PLAIN = re.compile("[a-z0-9][a-z0-9_-]{0,63}")
_SUFFIX = ".jsonl"
_SEALED = ".xz"


class JournalInUseError(OSError):
    """Another process holds the journal."""


class ReadableStore(Protocol):
    """Where records of runs are found; `Journal` is the implementation of this package."""

    def read(self, spec: Spec) -> Record | None:
        """The record of a run.

        Args:
            spec: The specification of the run.

        Returns:
            The record, or None if there is none.

        Raises:
            CorruptRecordError: There is one, but it is damaged.
        """

    def find(self, workload: str, key: str) -> Record | None:
        """The intact record of a workload under a key.

        Args:
            workload: The workload, as in the specification.
            key: The key of the specification, 16 hexadecimal digits.

        Returns:
            The record, or None if there is none.
        """

    def damage(self) -> Sequence[str]:
        """Describe the damage that does not show which run it belongs to.

        Returns:
            One sentence for each damaged place.
        """


class Store(ReadableStore, Protocol):
    """Where records of runs are kept."""

    def write(self, record: Record) -> None:
        """Keep a record; it replaces an earlier one of the same run.

        Args:
            record: The record.
        """

    def locked(self) -> AbstractContextManager[None]:
        """Hold the store, so that no other process writes to it.

        Returns:
            A context manager: the store is held until its block ends.
        """


def default_records() -> Path:
    """The folder in which records are kept unless another one is named.

    Returns:
        The folder that the environment variable LOGANNEAL_RECORDS names; without it, ``records`` in the user's folder
        for data of loganneal.
    """
    named = os.environ.get("LOGANNEAL_RECORDS")
    return Path(named) if named else user_data_path("loganneal", appauthor=False) / "records"


class Journal:
    """Records in files of JSON lines, one file for each workload, which several studies and processes may share.

    Writing appends a line with its checksum under the folder's lock; existing lines are never changed. The last
    intact line of a run counts. Learning rates that are those of the schedule are not stored, nor are the times of a
    curve's rows; all other numbers are read back to the bit. A file that ``xz`` has compressed is read as before, and
    new runs of its workload go into a new file beside it.

    Iterating over a journal gives all its records, and ``len`` their number.

    Args:
        folder: The folder; the first `write` creates it.

    Raises:
        OSError: A method raises it if another process holds the lock for a minute, if the file system has no locks, or
            if `write` finds the disk full; the journal is then unchanged.

    Example:
        >>> import tempfile, loganneal as la
        >>> from loganneal.runs import MetricsRow, RunSpec
        >>> spec = RunSpec(workload="digits", model="resnet-tiny", schedule=la.Cosine(0.3, 100), steps=100,
        ...                seed=0, split_seed=0, batch_size=64, train_examples=2500, validation_examples=1000)
        >>> curve = (MetricsRow(step=100, lr=spec.schedule(99), loss=0.2, validation_score=0.94),)
        >>> record = Record(spec, "completed", validation_score=0.94, test_score=0.93, metrics=curve, seconds=1.0)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     journal = Journal(Path(folder))
        ...     journal.write(record)
        ...     journal.read(spec) == record, len(journal)
        (True, 1)
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self._files: dict[str, JournalFile] = {}
        self._lock = FileLock(
            self.folder / lock.NAME, timeout=LOCK_SECONDS, poll_interval=_POLL_SECONDS, fallback_to_soft=False
        )

    def read(self, spec: Spec) -> Record | None:
        """The record of a run.

        Args:
            spec: The specification of the run.

        Returns:
            The record of its last intact line, or None if it has no line.

        Raises:
            CorruptRecordError: Its only lines are damaged; the message names the file and the line.
        """
        key, name = spec.key, file_name(spec.workload)
        line = self._line(name, key)
        if line is not None:
            return unpack(line, spec)
        for file in self._parts(name):
            for damage in file.damaged.values():
                if damage.key == key:
                    raise CorruptRecordError(damage.sentence)
        return None

    def find(self, workload: str, key: str) -> Record | None:
        """The intact record of a workload under a key.

        Args:
            workload: The workload, as in the specification.
            key: The key of the specification, 16 hexadecimal digits.

        Returns:
            The record, or None if there is none.
        """
        line = self._line(file_name(workload), key)
        return None if line is None else unpack(line)

    def write(self, record: Record) -> None:
        """Append a record, and wait until it is on the disk.

        Args:
            record: The record.

        Raises:
            ValueError: A number that JSON cannot hold, such as NaN among the extras, is in the record.
        """
        line = pack(record)
        with self.locked():
            self._file(file_name(record.spec.workload)).append(line)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the journal, so that no other process reads or writes meanwhile; the folder is created if missing.

        Yields:
            None: the journal is held until the block ends.

        Raises:
            OSError: Another process holds the journal for a minute, or the file system has no locks.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(self._lock)
        except Timeout as error:
            raise JournalInUseError(f"{self.folder} has been locked by another process for a minute.") from error
        try:
            yield
        finally:
            self._lock.release()

    def damage(self) -> Sequence[str]:
        """Describe the damaged lines that do not show which run they belong to.

        Returns:
            One sentence for each, with its file and line number.
        """
        files = [file for name in self._names() for file in self._parts(name)]
        return [one.sentence for file in files for one in file.damaged.values() if one.key is None]

    def __iter__(self) -> Iterator[Record]:
        """All records, file by file, in the order in which their runs were written.

        Raises:
            CorruptRecordError: One of them is of a later version.
        """
        for name in self._names():
            for key in self._keys(name):
                line = self._line(name, key)
                if line is not None:
                    yield unpack(line)

    def __len__(self) -> int:
        return sum(len(self._keys(name)) for name in self._names())

    def _line(self, name: str, key: str) -> bytes | None:
        """The last intact line of a key, looked up again if the file was rewritten meanwhile."""
        for part in (name, name, f"{name}{_SEALED}"):
            line = self._current(part).line(key)
            if line is not None:
                return line
        return None

    def _keys(self, name: str) -> list[str]:
        """The keys of a workload's runs, in the order in which they were written."""
        return list(dict.fromkeys(key for file in self._parts(name) for key in file.places))

    def _parts(self, name: str) -> tuple[JournalFile, ...]:
        """The compressed part of a workload's file, and the part that has been appended since."""
        return self._current(f"{name}{_SEALED}"), self._current(name)

    def _names(self) -> list[str]:
        """The files of workloads, whether compressed or not."""
        found = [*self.folder.glob(f"*{_SUFFIX}"), *self.folder.glob(f"*{_SUFFIX}{_SEALED}")]
        return sorted({path.name.removesuffix(_SEALED) for path in found})

    def _current(self, name: str) -> JournalFile:
        """A file with an up-to-date index."""
        file = self._file(name)
        if not file.is_current:
            with self._locked_to_read():
                file.refresh()
        return file

    def _file(self, name: str) -> JournalFile:
        kind = SealedFile if name.endswith(_SEALED) else JournalFile
        return self._files.setdefault(name, kind(self.folder / name))

    def _locked_to_read(self) -> AbstractContextManager[None]:
        """The lock; if this user cannot write, and so cannot lock, the journal is read without one."""
        return self.locked() if os.access(self.folder, os.W_OK) else nullcontext()


def file_name(workload: str) -> str:
    """The name of a workload's file: the workload's own name if it is plain, or else a part of it with a hash.

    Args:
        workload: A name, a path or `module:function`.

    Example:
        >>> file_name("digits"), file_name("../Data/leaves")
        ('digits.jsonl', 'data-leaves.80dec915d7f7fb3e.jsonl')
    """
    if _PLAIN.fullmatch(workload):
        return f"{workload}{_SUFFIX}"
    shown = re.sub("[^a-z0-9_]+", "-", workload.lower()).strip("-")[-40:].strip("-")
    # a dot, which plain names do not have, keeps the two kinds apart
    return f"{shown or 'run'}.{hashlib.sha256(workload.encode()).hexdigest()[:16]}{_SUFFIX}"
