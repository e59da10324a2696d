"""What a journal promises about damage: it is named, costs at most one run, and is never taken for a record."""

import dataclasses
import hashlib
import json
import os
from pathlib import Path

import pytest
from journal_writer import record_of, spec_of
from journals import RECORDS, file_of, file_size_limit, lines_of, readable

from loganneal.runs import CorruptRecordError, Journal, Record
from loganneal.runs._journal_line import pack
from loganneal.runs.checkpoints import RunNotSavedError


def test_the_last_intact_line_of_a_run_wins(journal: Journal) -> None:
    """If the later line of a run is damaged, its earlier one counts."""
    journal.write(dataclasses.replace(RECORDS[1], seconds=9.0))
    data = file_of(journal).read_bytes()
    file_of(journal).write_bytes(data[:-40] + b"x" + data[-39:])
    assert readable(journal) == readable(Journal(journal.folder)) == RECORDS


@pytest.mark.parametrize("size", [1, 30, 60, 500, -2])
def test_a_torn_last_line(journal: Journal, size: int) -> None:
    """A last line that was cut anywhere is no record; the runs before it are intact, and the next append ends it."""
    *before, last = lines_of(journal)
    file_of(journal).write_bytes(b"".join(before) + last[:size])
    fresh = Journal(journal.folder)
    assert readable(fresh) == readable(journal) == [*RECORDS[:2], None]
    assert len(fresh) == 2
    fresh.write(RECORDS[2])
    assert lines_of(fresh) == [*before, last[:size] + b"\n", last]
    assert readable(fresh) == readable(journal) == readable(Journal(journal.folder)) == RECORDS


def test_a_last_line_without_its_end_is_whole(journal: Journal) -> None:
    """A line that only lacks its line break is a record, and the next append ends it first."""
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
    """A line that does not show which run it belongs to is named by `damage`; blank lines are not damage."""
    with file_of(journal).open("ab") as file:
        file.write(b'\n{"checksum":"0123\n\n')
    assert journal.damage() == [f"Line 5 of {file_of(journal)} is damaged (checksum)."]
    assert readable(journal) == RECORDS


def test_a_key_does_not_lend_itself(journal: Journal) -> None:
    """A line whose key was changed is not a record of either run."""
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


def test_a_newer_line_in_a_replaced_file_is_found(journal: Journal) -> None:
    """A merge may put a later line of a run between lines that were read: it is the one that counts."""
    assert readable(journal) == RECORDS
    later = dataclasses.replace(RECORDS[0], seconds=9.0)
    lines = lines_of(journal)
    merged = journal.folder / "merged"
    merged.write_bytes(b"".join([lines[0], pack(later) + b"\n", *lines[1:]]))
    merged.rename(file_of(journal))
    assert readable(journal) == [later, *RECORDS[1:]]


def test_a_file_that_was_edited_is_read_anew(tmp_path: Path) -> None:
    """Lines that were changed in place, so that the file has the same length, are found."""
    journal, first = Journal(tmp_path), RECORDS[0]
    second, later = dataclasses.replace(first, spec=spec_of(1)), dataclasses.replace(first, seconds=2.5)
    journal.write(first)
    journal.write(second)
    assert (journal.read(first.spec), journal.read(second.spec)) == (first, second)
    before = file_of(journal).stat()
    file_of(journal).write_bytes(pack(first) + b"\n" + pack(later) + b"\n")
    os.utime(file_of(journal), ns=(before.st_atime_ns, before.st_mtime_ns + 10**9))
    assert file_of(journal).stat().st_size == before.st_size
    assert (journal.read(first.spec), journal.read(second.spec)) == (later, None)


def test_a_line_that_was_damaged_while_others_came_is_named(journal: Journal) -> None:
    """A line is checked whenever it is read, even if the file only seems to have grown."""
    assert readable(journal) == RECORDS
    damaged = file_of(journal).read_bytes().replace(b'"threads":1', b'"threads":2')
    file_of(journal).write_bytes(damaged + pack(record_of(9)) + b"\n")
    with pytest.raises(CorruptRecordError, match="Line 1 of"):
        journal.read(RECORDS[0].spec)
    assert journal.read(spec_of(9)) == record_of(9)


def test_half_a_line_may_become_whole(journal: Journal) -> None:
    """If a journal is read without a lock, half an append may be seen; once it is whole, it is a record."""
    data = pack(record_of(9)) + b"\n"
    for part in (data[:100], data[100:300]):
        with file_of(journal).open("ab") as file:
            file.write(part)
        with pytest.raises(CorruptRecordError, match="Line 4 of"):
            journal.read(spec_of(9))
    with file_of(journal).open("ab") as file:
        file.write(data[300:])
    assert journal.read(spec_of(9)) == record_of(9)
    assert len(journal) == 4


def resealed(record: Record, **changes: object) -> bytes:
    """A line with other values, and the checksum that such a line has."""
    values = {**json.loads(pack(record)), **changes}
    del values["checksum"]
    body = json.dumps(values, separators=(",", ":")).encode()
    return b'{"checksum":"%s",%s' % (hashlib.sha256(body).hexdigest()[:16].encode(), body[1:])


def test_a_line_of_a_version_to_come_is_not_misread(journal: Journal) -> None:
    """It is refused with its version."""
    file_of(journal).write_bytes(resealed(RECORDS[0], version=2))
    with pytest.raises(CorruptRecordError, match="has version 2, not 1"):
        journal.read(RECORDS[0].spec)


def test_a_record_of_another_run_is_not_taken(journal: Journal) -> None:
    """A line whose key is not that of its specification is refused."""
    file_of(journal).write_bytes(resealed(RECORDS[0], spec=spec_of(7).to_dict()))
    with pytest.raises(CorruptRecordError, match="belongs to another specification"):
        list(journal)


@pytest.mark.parametrize("room", [0, 100, 700])
def test_a_full_disk(journal: Journal, room: int) -> None:
    """A line that does not fit on the disk is an error, and the file is unchanged; later the record is written."""
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


def test_values_that_json_cannot_say_are_refused(journal: Journal) -> None:
    """A NaN for a further score does not reach the file."""
    before = file_of(journal).read_bytes()
    with pytest.raises(ValueError, match="JSON"):
        journal.write(dataclasses.replace(RECORDS[0], extras={"auc": float("nan")}))
    assert file_of(journal).read_bytes() == before
