"""What a journal promises: nothing that was written is lost, and nothing damaged is taken for a record."""

import dataclasses
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journal_writer import record_of, spec_of

from loganneal.runs import CorruptRecordError, Journal, Record, default_records
from loganneal.runs.checkpoints import RunNotSavedError
from loganneal.runs.journal import file_name
from loganneal.runs.lock import LockUnsupportedError

WRITER = Path(__file__).parents[1] / "helpers" / "journal_writer.py"
RECORDS = [record_of(seed) for seed in range(3)]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A journal of three runs."""
    journal = Journal(tmp_path / "runs")
    for record in RECORDS:
        journal.write(record)
    return journal


def file_of(journal: Journal) -> Path:
    """The only file of a journal."""
    (path,) = journal.folder.glob("*.jsonl")
    return path


def lines_of(journal: Journal) -> list[bytes]:
    """The lines of its file."""
    return file_of(journal).read_bytes().splitlines(keepends=True)


def readable(journal: Journal) -> list[Record | None]:
    """What it says of the three runs; None where that is damaged or not there."""
    return [record_or_none(journal, record) for record in RECORDS]


def record_or_none(journal: Journal, record: Record) -> Record | None:
    try:
        return journal.read(record.spec)
    except CorruptRecordError:
        return None


def writer(folder: Path, first: int, count: int) -> "subprocess.Popen[str]":
    """A process that writes records with so many seeds."""
    command = [sys.executable, str(WRITER), str(folder), str(first), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """The operating system refuses to make any file longer than this, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_what_is_written_is_read(journal: Journal) -> None:
    """Records are read back equal, by this journal and by another of the same folder; other runs have none."""
    assert readable(journal) == readable(Journal(journal.folder)) == RECORDS
    assert (list(journal), len(journal), journal.damage()) == (RECORDS, 3, [])
    assert journal.read(spec_of(99)) is None


def test_reading_makes_nothing(tmp_path: Path) -> None:
    """A journal that is not there has no records, and is not made by looking."""
    journal = Journal(tmp_path / "runs")
    assert (journal.read(spec_of(0)), list(journal), len(journal), journal.damage()) == (None, [], 0, [])
    assert not journal.folder.exists()


def test_one_line_a_run(journal: Journal) -> None:
    """The file is named by the workload, and has a line for each run, which begins with its checksum and its key."""
    assert file_of(journal).name == "digits.jsonl"
    assert [line[2:10] for line in lines_of(journal)] == [b"checksum"] * 3
    assert [line[31:55].decode() for line in lines_of(journal)] == [f'"key":"{one.spec.key}"' for one in RECORDS]
    assert {path.name for path in journal.folder.iterdir()} == {"digits.jsonl", ".lock"}


def test_the_last_line_of_a_run_wins(journal: Journal) -> None:
    """A record that is written again is the one that is read; the first stays in the file, and the run counts once."""
    before, later = lines_of(journal), dataclasses.replace(RECORDS[1], seconds=9.0)
    journal.write(later)
    assert journal.read(later.spec) == Journal(journal.folder).read(later.spec) == later
    assert lines_of(journal)[:3] == before
    assert len(journal) == 3


def test_the_last_intact_line_of_a_run_wins(journal: Journal) -> None:
    """Where the later line of a run is damaged, its earlier one counts."""
    journal.write(dataclasses.replace(RECORDS[1], seconds=9.0))
    data = file_of(journal).read_bytes()
    file_of(journal).write_bytes(data[:-40] + b"x" + data[-39:])
    assert readable(journal) == readable(Journal(journal.folder)) == RECORDS


@pytest.mark.parametrize("size", [1, 30, 60, 500, -2])
def test_a_torn_last_line(journal: Journal, size: int) -> None:
    """A last line that was cut anywhere is no record; the runs before it are there, and the next append ends it."""
    *before, last = lines_of(journal)
    file_of(journal).write_bytes(b"".join(before) + last[:size])
    fresh = Journal(journal.folder)
    assert readable(fresh) == readable(journal) == [*RECORDS[:2], None]
    assert len(fresh) == 2
    fresh.write(RECORDS[2])
    assert lines_of(fresh) == [*before, last[:size] + b"\n", last]
    assert readable(fresh) == readable(journal) == readable(Journal(journal.folder)) == RECORDS


def test_a_last_line_without_its_end_is_whole(journal: Journal) -> None:
    """A line of which only the line break is missing is a record, and the next append ends it first."""
    *before, last = lines_of(journal)
    file_of(journal).write_bytes(b"".join(before) + last[:-1])
    assert readable(Journal(journal.folder)) == RECORDS
    journal.write(RECORDS[0])
    assert lines_of(journal) == [*before, last, before[0]]
    assert readable(journal) == RECORDS


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_damaged_line_is_named(journal: Journal, number: int) -> None:
    """One changed digit in a line is found, by a journal that has read it before and by another one.

    The message names the file and the number of the line; the other runs are read.
    """
    assert readable(journal) == RECORDS
    lines = lines_of(journal)
    lines[number - 1] = lines[number - 1].replace(b'"threads":1', b'"threads":2')
    file_of(journal).write_bytes(b"".join(lines))
    expected = f"Line {number} of {file_of(journal)} is damaged"
    for one in (journal, Journal(journal.folder)):
        with pytest.raises(CorruptRecordError, match=expected):
            one.read(RECORDS[number - 1].spec)
        assert readable(one) == [record if place != number - 1 else None for place, record in enumerate(RECORDS)]
        assert (len(one), len(list(one))) == (2, 2)


def test_a_damaged_line_that_shows_no_key_is_named(journal: Journal) -> None:
    """A line that does not show whose it is is named by `damage`; blank lines are none."""
    with file_of(journal).open("ab") as file:
        file.write(b'\n{"checksum":"0123\n\n')
    assert journal.damage() == [f"Line 5 of {file_of(journal)} is damaged (checksum)."]
    assert readable(journal) == RECORDS


def test_a_key_does_not_lend_itself(journal: Journal) -> None:
    """A line whose key was changed is a record of neither run."""
    lines, other = lines_of(journal), spec_of(99)
    file_of(journal).write_bytes(lines[0].replace(RECORDS[0].spec.key.encode(), other.key.encode()))
    with pytest.raises(CorruptRecordError, match="Line 1"):
        journal.read(other)
    assert journal.read(RECORDS[0].spec) is None


def test_a_file_that_was_replaced_is_read_anew(journal: Journal, tmp_path: Path) -> None:
    """Other lines, as after a merge, are found by a journal that had read the file before."""
    assert readable(journal) == RECORDS
    other = Journal(tmp_path / "other")
    for seed in (7, 2, 1, 0):
        other.write(record_of(seed))
    file_of(other).rename(file_of(journal))
    assert readable(journal) == RECORDS
    assert journal.read(spec_of(7)) == record_of(7)
    assert len(journal) == 4
    file_of(journal).unlink()
    assert (readable(journal), len(journal)) == ([None] * 3, 0)


def test_lines_of_another_process_are_seen(journal: Journal) -> None:
    """What another process appends is there at the next reading."""
    assert journal.read(spec_of(50)) is None
    with writer(journal.folder, 50, 2) as other:
        assert other.wait() == 0
    assert journal.read(spec_of(50)) == record_of(50)
    assert len(journal) == 5


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    """Two processes that append at the same time leave all lines of both, whole."""
    with writer(tmp_path, 0, 60) as one, writer(tmp_path, 60, 60) as other:
        assert (one.wait(), other.wait()) == (0, 0)
    journal = Journal(tmp_path)
    assert [journal.read(spec_of(seed)) for seed in range(120)] == [record_of(seed) for seed in range(120)]
    assert (len(lines_of(journal)), journal.damage()) == (120, [])


def test_a_killed_writer_loses_nothing(tmp_path: Path) -> None:
    """A process killed between or within its appends leaves every record that it had said to be there."""
    said = 0
    for first in range(0, 5000, 1000):
        with writer(tmp_path, first, 1000) as process:
            assert process.stdout is not None
            for _ in range(8):
                said = int(process.stdout.readline())
            process.kill()
        journal = Journal(tmp_path)
        assert [journal.read(spec_of(seed)) for seed in range(first, said + 1)] == [
            record_of(seed) for seed in range(first, said + 1)
        ]
    assert all(Journal(tmp_path).read(spec_of(first)) is not None for first in range(0, 5000, 1000))


@pytest.mark.parametrize("room", [0, 100, 700])
def test_a_full_disk(journal: Journal, room: int) -> None:
    """A line that finds too little room is told, and the file is as it was; later the record is written."""
    before = file_of(journal).read_bytes()
    with file_size_limit(len(before) + room), pytest.raises(RunNotSavedError, match="What it holds is kept"):
        journal.write(record_of(9))
    assert file_of(journal).read_bytes() == before
    journal.write(record_of(9))
    assert journal.read(spec_of(9)) == record_of(9)


def test_a_line_is_on_the_disk_when_writing_returns(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is synced after its last byte was written, and before `write` returns."""
    synced: list[int] = []
    sync = os.fsync

    def note(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_size)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    journal.write(record_of(9))
    assert synced == [file_of(journal).stat().st_size]


def test_writing_waits_for_the_lock(journal: Journal) -> None:
    """While this process holds the journal no other one writes, and this one may; afterwards the other does."""
    with journal.locked():
        other = writer(journal.folder, 50, 1)
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(timeout=3)
        journal.write(record_of(9))
        assert len(journal) == 4
    with other:
        assert other.wait() == 0
    assert len(journal) == 5


def test_reading_waits_for_the_lock(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """What changed is indexed under the lock, so that half an append is never seen; reading on needs no lock."""
    taken = []
    locked = Journal.locked
    monkeypatch.setattr(Journal, "locked", lambda self: taken.append(1) or locked(self))
    fresh = Journal(journal.folder)
    assert readable(fresh) == RECORDS
    assert taken == [1]


def test_a_symbolic_link_for_a_lock_is_refused(journal: Journal, tmp_path: Path) -> None:
    """Neither reading nor writing follows it; what it points to stays as it is."""
    target = tmp_path / "precious"
    target.write_text("kept")
    (journal.folder / ".lock").unlink()
    (journal.folder / ".lock").symlink_to(target)
    with pytest.raises(OSError, match=r"\.lock is a symbolic link, which is not followed"):
        journal.write(RECORDS[0])
    with pytest.raises(OSError, match="symbolic link"):
        Journal(journal.folder).read(RECORDS[0].spec)
    assert target.read_text() == "kept"


def test_a_file_system_without_locks_is_named(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not taken for a journal that another process holds."""
    import errno
    import fcntl

    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(LockUnsupportedError, match="does not support file locks"):
        journal.write(RECORDS[0])


def test_a_folder_that_cannot_be_written_is_read(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of another user, or on a medium that is read-only, there is no lock to take."""
    (journal.folder / ".lock").unlink()
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert readable(Journal(journal.folder)) == RECORDS
    assert not (journal.folder / ".lock").exists()


def test_values_that_json_cannot_say_are_refused(journal: Journal) -> None:
    """A NaN for a score does not reach the file."""
    before = file_of(journal).read_bytes()
    with pytest.raises(ValueError, match="JSON"):
        journal.write(dataclasses.replace(RECORDS[0], test_score=float("nan")))
    assert file_of(journal).read_bytes() == before


@pytest.mark.parametrize(
    "workload", ["../../etc/passwd", "/", "..", "module:function", "C:\\data", "Digits", "ä", "a" * 300]
)
def test_any_workload_has_a_file_in_the_folder(tmp_path: Path, workload: str) -> None:
    """Paths and functions are workloads too: their runs lie in the folder, and nowhere else."""
    record = RECORDS[0]
    named = dataclasses.replace(record, spec=dataclasses.replace(record.spec, workload=workload))
    journal = Journal(tmp_path / "deep" / "runs")
    journal.write(named)
    assert journal.read(named.spec) == named
    assert [path.parent for path in tmp_path.rglob("*.jsonl")] == [journal.folder]


@given(st.text(min_size=1))
def test_names_of_files_stay_in_the_folder(workload: str) -> None:
    """Any workload gives a short plain name without separators, not hidden, and in lower case."""
    name = file_name(workload)
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_.")
    assert name[0] not in ".-"
    assert name.count(".") <= 2
    assert len(name) < 80


plain = st.from_regex("[a-z0-9][a-z0-9_.-]{0,8}", fullmatch=True)


@given(
    st.lists(
        st.one_of(
            plain,
            st.text(max_size=8),
            plain.map(file_name),
            st.sampled_from(["a/b", "a-b", "A-B", "a b", "a_b", "a-b-"]),
        )
    )
)
def test_names_of_files_are_distinct(workloads: list[str]) -> None:
    """Two workloads never share a file, not even where one is named like the file of the other."""
    distinct = set(workloads)
    assert len({file_name(workload) for workload in distinct}) == len(distinct)


def test_where_records_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's folder for data, unless LOGANNEAL_RECORDS names another."""
    monkeypatch.delenv("LOGANNEAL_RECORDS", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_records().parts[-2:] == ("loganneal", "records")
    if sys.platform == "linux":
        assert default_records() == tmp_path / "loganneal" / "records"
    monkeypatch.setenv("LOGANNEAL_RECORDS", str(tmp_path / "mine"))
    assert default_records() == tmp_path / "mine"
