"""What records on disk promise: whole or absent, and never silently wrong."""

import dataclasses
import hashlib
import json
import pickle
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from loganneal.runs.record import (
    CorruptRecordError,
    MetricsRow,
    Record,
    RecordStore,
    as_json,
    pack_bitmap,
    read_record,
    unpack_bitmap,
)

EVIDENCE = Path(__file__).parents[2] / "records"


@pytest.fixture
def record(small_run):
    """A completed record with numbers that decimal rounding would spoil."""
    rows = (MetricsRow(5, 0.1 + 0.2, 1 / 3), MetricsRow(10, 1e-17, 2 / 3, 1e-9, 0.7, 1 / 7, 1.25, 3e4))
    return Record(small_run(), "completed", 0.7, 2 / 7, pack_bitmap([True, False, True]), rows, 1.5, {"threads": 1})


@pytest.fixture
def store(tmp_path):
    """An empty store in a folder that is not there yet."""
    return RecordStore(tmp_path / "records")


def test_round_trip_is_exact(store, record):
    """What is read equals what was written, to the last bit of every number."""
    assert store.read(record.spec) is None
    assert len(store) == 0
    store.write(record)
    assert store.read(record.spec) == record
    assert list(store) == [record]
    assert len(store) == 1


def test_diverged_round_trip(store, small_run):
    """A run that diverged at once, without accuracies and without a curve, is a record like any other."""
    diverged = Record(small_run(), "diverged", None, None, "", (), 0.1)
    store.write(diverged)
    assert store.read(diverged.spec) == diverged


def test_layout(store, record):
    """A record is one folder, named by the key, of three text files and nothing else."""
    store.write(record)
    folder = store.root / record.spec.key
    assert [path.name for path in store.root.iterdir()] == [record.spec.key]
    assert {path.name for path in folder.iterdir()} == {"spec.json", "result.json", "metrics.csv"}
    assert json.loads((folder / "result.json").read_text())["status"] == "completed"
    assert (folder / "metrics.csv").read_text().splitlines()[0] == (
        "step,lr,loss,grad_norm,validation_score,validation_loss,seconds,examples_per_s"
    )


def test_writing_again_replaces(store, record):
    """The last record written for a specification is the one that is read."""
    store.write(record)
    later = dataclasses.replace(record, seconds=9.0)
    store.write(later)
    assert store.read(record.spec) == later
    assert len(store) == 1


@pytest.mark.parametrize("name", ["spec.json", "metrics.csv", "result.json"])
@pytest.mark.parametrize("damage", ["change", "cut", "remove"])
def test_corruption_is_named(store, record, name, damage):
    """A changed, shortened or missing file is detected, the folder named, and the run can be done again."""
    store.write(record)
    file = store.folder(record.spec) / name
    text = file.read_text()
    if damage == "change":
        file.write_text(text.replace("0.7", "0.8") if "0.7" in text else text.replace("320", "321"))
    elif damage == "cut":
        file.write_text(text[: len(text) // 2])
    else:
        file.unlink()
    with pytest.raises(CorruptRecordError, match=record.spec.key):
        store.read(record.spec)
    store.remove(record.spec)
    assert store.read(record.spec) is None


def test_record_of_another_run_is_not_taken(store, record, small_run):
    """An intact record in the wrong folder is refused."""
    store.write(record)
    other = small_run(seed=1)
    store.folder(record.spec).rename(store.folder(other))
    with pytest.raises(CorruptRecordError, match="another specification"):
        store.read(other)


def test_values_that_json_cannot_say_are_refused(store, record):
    """A NaN does not reach the disk, and the attempt leaves nothing behind."""
    with pytest.raises(ValueError, match="JSON"):
        store.write(dataclasses.replace(record, test_score=float("nan")))
    assert list(store.root.iterdir()) == []


def test_interrupted_write_is_not_read(store, record):
    """A process killed between its files and the rename leaves no record, and the next write succeeds."""
    code = (
        "import os, pathlib, pickle, signal, sys\n"
        "from loganneal.runs.record import RecordStore\n"
        "pathlib.Path.rename = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "RecordStore(sys.argv[1]).write(pickle.load(sys.stdin.buffer))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(store.root)], input=pickle.dumps(record), check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(list(store.root.iterdir())) == 1
    assert store.read(record.spec) is None
    assert len(store) == 0
    store.write(record)
    assert store.read(record.spec) == record


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"status": "finished"}, "status"),
        ({"status": "failed"}, "validation_score"),
        ({"status": "diverged"}, "validation_score"),
        ({"test_score": None}, "test_score"),
    ],
)
def test_status_and_scores_must_agree(record, changes, name):
    """An unknown status, or scores that do not go with it, are refused."""
    with pytest.raises(ValueError, match=f"The '{name}' parameter of Record"):
        dataclasses.replace(record, **changes)


def test_committed_records_are_read():
    """Every record that is kept as evidence, of whatever version, is intact and lies where its specification says."""
    roots = [path for path in EVIDENCE.glob("*/records") if path.is_dir()]
    stores = [RecordStore(root) for root in roots]
    assert sum(map(len, stores)) >= 480
    for store in stores:
        for record in store:
            assert store.read(record.spec) == record


def test_first_version_is_mapped():
    """A record of version 1 has its accuracies as scores, in the outcome and on the curve."""
    folder = min(path for path in (EVIDENCE / "digits" / "records").iterdir())
    outcome, record = json.loads((folder / "result.json").read_text()), read_record(folder)
    assert outcome["version"] == 1
    assert (record.validation_score, record.test_score) == (outcome["validation_accuracy"], outcome["test_accuracy"])
    assert record.metrics[-1].validation_score == record.validation_score
    assert record.metrics[-1].grad_norm is None


def test_unknown_version_is_named(store, record):
    """A record of a version to come is not misread."""
    store.write(record)
    file = store.folder(record.spec) / "result.json"
    outcome = json.loads(file.read_text())
    del outcome["checksum"]
    outcome["version"] = 99
    text = "\0".join([*((file.parent / name).read_text() for name in ("spec.json", "metrics.csv")), as_json(outcome)])
    file.write_text(as_json({**outcome, "checksum": hashlib.sha256(text.encode()).hexdigest()}))
    with pytest.raises(CorruptRecordError, match="version 99"):
        store.read(record.spec)


@pytest.mark.parametrize("count", [0, 1, 7, 8, 1500])
def test_bitmap_round_trip(count):
    """Every example's outcome is kept, also where the count is not a multiple of eight."""
    correct = [index % 3 == 0 for index in range(count)]
    assert unpack_bitmap(pack_bitmap(correct), count).tolist() == correct
