"""What a journal promises: what was written is read, by any process, and under the lock."""

import dataclasses
import errno
import fcntl
import lzma
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journal_writer import record_of, spec_of
from journals import RECORDS, file_of, lines_of, readable, writer

from loganneal import _limits
from loganneal._reading import UnfitFileError
from loganneal.runs import CorruptRecordError, Journal, default_records
from loganneal.runs.journal import file_name
from loganneal.runs.lock import LockUnsupportedError


def test_what_is_written_is_read(journal: Journal) -> None:
    """Records are read back equal, by this journal and by another of the same folder; other runs have none."""
    assert readable(journal) == readable(Journal(journal.folder)) == RECORDS
    assert (list(journal), len(journal), journal.damage()) == (RECORDS, 3, [])
    assert journal.read(spec_of(99)) is None


def test_reading_makes_nothing(tmp_path: Path) -> None:
    """A journal that does not exist has no records, and reading does not create it."""
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


def test_lines_of_another_process_are_seen(journal: Journal) -> None:
    """What another process appends is there at the next reading."""
    assert journal.read(spec_of(50)) is None
    with writer(journal.folder, 50, 2) as other:
        assert other.wait() == 0
    assert journal.read(spec_of(50)) == record_of(50)
    assert len(journal) == 5


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    """If two processes append at the same time, all lines of both are there, whole."""
    with writer(tmp_path, 0, 60) as one, writer(tmp_path, 60, 60) as other:
        assert (one.wait(), other.wait()) == (0, 0)
    journal = Journal(tmp_path)
    assert [journal.read(spec_of(seed)) for seed in range(120)] == [record_of(seed) for seed in range(120)]
    assert (len(lines_of(journal)), journal.damage()) == (120, [])


def test_a_killed_writer_loses_nothing(tmp_path: Path) -> None:
    """A process killed between or within its appends leaves every record that it had reported as written."""
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


@pytest.mark.slow
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
    """What changed is indexed under the lock, so that half an append is never seen; further reading needs no lock."""
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


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS])
def test_a_file_system_without_locks_is_named(journal: Journal, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """It is not mistaken for a journal that another process holds, and not written without a lock."""

    def refuse(*_: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(LockUnsupportedError, match="does not support file locks"):
        journal.write(RECORDS[0])


def test_a_folder_that_cannot_be_written_is_read(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of another user, or on a medium that is read-only, there is no lock to take."""
    (journal.folder / ".lock").unlink()
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert readable(Journal(journal.folder)) == RECORDS
    assert not (journal.folder / ".lock").exists()


@pytest.mark.parametrize(
    "workload", ["../../etc/passwd", "/", "..", "module:function", "C:\\data", "Digits", "ä", "a" * 300]
)
def test_any_workload_has_a_file_in_the_folder(tmp_path: Path, workload: str) -> None:
    """Paths and functions are workloads too: their runs are in the folder, and nowhere else."""
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
    """Two workloads never share a file, not even if one is named like the file of the other."""
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


def sealed(journal: Journal) -> Path:
    """Compress its only file as `xz` does."""
    file = file_of(journal)
    packed = file.with_name(f"{file.name}.xz")
    packed.write_bytes(lzma.compress(file.read_bytes()))
    file.unlink()
    return packed


def test_a_compressed_file_is_read(journal: Journal) -> None:
    """It is read by the journal that has seen the file before, and by another; new runs go into a file beside it."""
    before = sealed(journal).read_bytes()
    for reader in (journal, Journal(journal.folder)):
        assert readable(reader) == list(reader) == RECORDS
        assert len(reader) == 3
    journal.write(record_of(7))
    assert len(lines_of(journal)) == 1
    assert list(Journal(journal.folder)) == [*RECORDS, record_of(7)]
    assert (journal.folder / "digits.jsonl.xz").read_bytes() == before


def test_a_later_line_wins_over_a_compressed_one(journal: Journal) -> None:
    """A run that is written again after its file was compressed counts once, as it is now."""
    sealed(journal)
    later = dataclasses.replace(RECORDS[1], seconds=9.0)
    journal.write(later)
    again = Journal(journal.folder)
    assert (again.read(later.spec), len(again)) == (later, 3)


def test_a_damaged_line_in_a_compressed_file_is_named(journal: Journal) -> None:
    """Compressing damage does not hide it."""
    file = file_of(journal)
    file.write_bytes(file.read_bytes().replace(b'"completed"', b'"complete!"', 1))
    sealed(journal)
    with pytest.raises(CorruptRecordError, match=r"Line 1 of .*digits\.jsonl\.xz is damaged"):
        Journal(journal.folder).read(RECORDS[0].spec)
    assert len(Journal(journal.folder)) == 2


@pytest.mark.parametrize("broken", [lambda data: data[:-40], lambda data: b"no xz at all", lambda data: b""])
def test_a_broken_compressed_file_is_named(journal: Journal, broken: Callable[[bytes], bytes]) -> None:
    """It is not mistaken for an empty one, whose runs would be trained again."""
    file = sealed(journal)
    file.write_bytes(broken(file.read_bytes()))
    with pytest.raises(UnfitFileError, match=r"digits\.jsonl\.xz is not an intact xz file\. Restore it"):
        Journal(journal.folder).read(RECORDS[0].spec)


def test_a_compressed_file_has_a_bound(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that unpacks to more than the bound is refused, however small it is."""
    sealed(journal)
    monkeypatch.setattr(_limits, "SEALED_BYTES", 1000)
    with pytest.raises(UnfitFileError, match=r"jsonl\.xz unpacks to more than 1,000 bytes"):
        Journal(journal.folder).read(RECORDS[0].spec)
