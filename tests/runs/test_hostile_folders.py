"""Untrusted folders and journals: damage and disguises are named, links are not followed, nothing is waited for."""

import hashlib
import json
import os
import shutil

import pytest

from loganneal._reading import UnfitFileError
from loganneal.runs import Journal
from loganneal.runs._journal_line import pack
from loganneal.runs.record import CorruptRecordError, Record, as_json, read_record, record_files
from loganneal.runs.run_folder import OtherRunError, finished_record
from loganneal.training import train

DEEP = "[" * 5000 + "]" * 5000


@pytest.fixture
def record(small_run):
    """A record of a run that diverged before its first row."""
    return Record(small_run(), "diverged", None, None, (), 1.5, {"threads": 1})


@pytest.fixture
def folder(tmp_path, record):
    """The record's folder."""
    (tmp_path / "run").mkdir()
    for name, text in record_files(record).items():
        (tmp_path / "run" / name).write_text(text)
    return tmp_path / "run"


def rewrite(folder, spec=None, metrics=None, **changes):
    """Change files and fields of a record, with the checksum that such a record has."""
    if spec is not None:
        (folder / "spec.json").write_text(spec)
    if metrics is not None:
        (folder / "metrics.csv").write_text(metrics)
    outcome = {**json.loads((folder / "result.json").read_text()), **changes}
    del outcome["checksum"]
    parts = [(folder / name).read_text() for name in ("spec.json", "metrics.csv")]
    checksum = hashlib.sha256("\0".join([*parts, as_json(outcome)]).encode()).hexdigest()
    (folder / "result.json").write_text(as_json({**outcome, "checksum": checksum}))


@pytest.mark.parametrize(
    "changes",
    [
        {"spec": "[]"},
        {"spec": "{}"},
        {"spec": DEEP},
        {"spec": "null"},
        {"spec": '{"version": 1, "schedule": {"name": "Cosine"}}'},
        {"metrics": "step,lr,loss\nfive,0.1,2.5\n"},
        {"metrics": "step,lr\n5,0.1\n"},
        {"metrics": "lr,loss\n0.1,2.5\n"},
        {"metrics": "step,lr,loss\n5,0.1,2.5,9,9,9,9,9,9,9\n"},
        {"metrics": "step,lr,loss,colour\n5,0.1,2.5,1\n"},
        {"metrics": "step,lr,loss\n5,0.1," + "9" * 200_000 + "\n"},
        {"seconds": "long"},
        {"seconds": [1.5]},
        {"environment": []},
        {"extras": {"auc": "high"}},
        {"averages": {"ema": 0.5}},
        {"reason": 7},
        {"weights": None},
        {"status": ["completed"]},
        {"status": "completed"},
        {"validation_score": "0.5", "test_score": "0.5", "status": "completed"},
        {"colour": "red"},
        {"version": "two"},
        {"version": []},
    ],
)
def test_wrong_values_under_a_right_checksum(folder, changes):
    """A record of another layout or of other types is corrupt, whatever its checksum says: one sentence names it."""
    rewrite(folder, **changes)
    with pytest.raises(CorruptRecordError, match=str(folder)) as caught:
        read_record(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["spec.json", "metrics.csv", "result.json"])
@pytest.mark.parametrize("text", [DEEP, "", "\0\0\0", "[1, 2]", '"text"', "{", '{"checksum": NaN, "version": 1}'])
def test_files_of_nonsense(folder, name, text):
    """Whatever nonsense one of the files contains, the record is corrupt."""
    (folder / name).write_text(text)
    with pytest.raises(CorruptRecordError, match=str(folder)):
        read_record(folder)


def test_nested_specification_belongs_to_no_run(folder, small_run):
    """A folder whose spec.json is nested thousands deep cannot be trained in, and the message names the remedy."""
    (folder / "result.json").unlink()
    (folder / "spec.json").write_text(DEEP)
    with pytest.raises(OtherRunError, match=r"nested more than 200 levels deep.*Name another folder"):
        train(small_run(), folder=folder)


@pytest.mark.parametrize("name", ["spec.json", "metrics.csv", "result.json", "checkpoints"])
def test_links_are_not_followed(folder, tmp_path, small_run, name):
    """A link in place of a file is refused before anything is read or trained, and what it points to is as it was."""
    target = tmp_path / "target"
    target.write_text("precious")
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(target)
    for attempt in (lambda: train(small_run(), folder=folder), lambda: finished_record(folder, small_run())):
        with pytest.raises(UnfitFileError, match="symbolic link"):
            attempt()
    assert target.read_text() == "precious"


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_pipes_and_folders_in_place_of_files(folder, small_run, make):
    """A pipe is not waited for, and a folder in place of a file is refused before any training."""
    (folder / "result.json").unlink()
    make(folder / "result.json")
    with pytest.raises(UnfitFileError, match="must be a regular file"):
        train(small_run(), folder=folder)
    with pytest.raises(CorruptRecordError, match="must be a regular file"):
        read_record(folder)


def test_a_finished_run_is_shown_without_a_lock(tmp_path, small_run):
    """When a run is over its folder is only read: no lock is asked for, so that a read-only folder shows it."""
    folder = tmp_path / "run"
    record = train(small_run(), folder=folder)
    (folder / ".lock").unlink(missing_ok=True)
    shutil.rmtree(folder / "checkpoints")
    folder.chmod(0o555)
    assert train(small_run(), folder=folder) == record
    assert {path.name for path in folder.iterdir()} == {"spec.json", "metrics.csv", "result.json"}


@pytest.mark.parametrize("changes", [{"model": "nosuch"}, {"optimizer": "nosuch"}, {"model": "timm:nosuch"}])
def test_what_cannot_be_trained_claims_no_folder(tmp_path, small_run, changes):
    """A wrong name is refused before the folder is made, so that the corrected run can have it."""
    with pytest.raises(ValueError, match="nosuch"):
        train(small_run(**changes), folder=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def signed(values):
    """The line of a journal with these values, and the checksum that it has."""
    body = json.dumps(values, separators=(",", ":"))[1:].encode()
    return b'{"checksum":"%s",%s\n' % (hashlib.sha256(b"{" + body).hexdigest()[:16].encode(), body)


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 99},
        {"version": []},
        {"curve": []},
        {"curve": {"step": ["five"], "float32": []}},
        {"curve": {"step": [5], "loss": [1, 2], "float32": []}},
        {"curve": {"step": [5], "loss": {"rows": 3}, "float32": []}},
        {"status": 3},
        {"seconds": "long"},
        {"environment": "here"},
    ],
)
def test_wrong_lines_of_a_journal(tmp_path, record, changes):
    """A line with the right checksum and wrong values is reported as a corrupt record, not with another error."""
    values = json.loads(pack(record))
    del values["checksum"]
    journal = Journal(tmp_path)
    journal.write(record)
    (file,) = tmp_path.glob("*.jsonl")
    file.write_bytes(signed({**values, **changes}))
    with pytest.raises(CorruptRecordError):
        Journal(tmp_path).read(record.spec)


def test_a_journal_does_not_follow_links(tmp_path, record):
    """A journal file that is a link, or a pipe, is refused; what it points to is as it was."""
    target = tmp_path / "target"
    target.write_text("precious")
    (tmp_path / "journal").mkdir()
    file = tmp_path / "journal" / "digits.jsonl"
    file.symlink_to(target)
    journal = Journal(file.parent)
    for attempt in (lambda: journal.write(record), lambda: journal.read(record.spec)):
        with pytest.raises(OSError, match=r"digits\.jsonl"):
            attempt()
    assert target.read_text() == "precious"
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(UnfitFileError, match="It is a pipe"):
        Journal(file.parent).read(record.spec)
