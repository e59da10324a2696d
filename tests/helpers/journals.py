"""What the tests of journals share."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from journal_writer import record_of

from loganneal.runs import CorruptRecordError, Journal, Record

WRITER = Path(__file__).parent / "journal_writer.py"
RECORDS = [record_of(seed) for seed in range(3)]
"""The records of the journal that most tests begin with."""


def file_of(journal: Journal) -> Path:
    """The only file of a journal."""
    (path,) = journal.folder.glob("*.jsonl")
    return path


def lines_of(journal: Journal) -> list[bytes]:
    """The lines of its file."""
    return file_of(journal).read_bytes().splitlines(keepends=True)


def readable(journal: Journal) -> list[Record | None]:
    """What it says about the three runs; None where that is damaged or missing."""
    return [record_or_none(journal, record) for record in RECORDS]


def record_or_none(journal: Journal, record: Record) -> Record | None:
    try:
        return journal.read(record.spec)
    except CorruptRecordError:
        return None


def writer(folder: Path, first: int, count: int) -> "subprocess.Popen[str]":
    """A process that writes records with ``count`` seeds."""
    command = [sys.executable, str(WRITER), str(folder), str(first), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """The operating system refuses to make any file longer than this, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
