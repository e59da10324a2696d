"""What a record and the folder of a run promise: exact numbers, and never silently wrong."""

import dataclasses
import hashlib
import json

import pytest

from loganneal.runs.record import CorruptRecordError, MetricsRow, Record, as_json, read_record, record_files


@pytest.fixture
def record(small_run):
    """A completed record with numbers that decimal rounding would spoil."""
    rows = (MetricsRow(5, 0.1 + 0.2, 1 / 3), MetricsRow(10, 1e-17, 2 / 3, 1e-9, 0.7, 1 / 7, 1.25, 3e4))
    return Record(small_run(), "completed", 0.7, 2 / 7, rows, 1.5, {"threads": 1})


@pytest.fixture
def folder(tmp_path, record):
    """The record's folder."""
    for name, text in record_files(record).items():
        (tmp_path / name).write_text(text)
    return tmp_path


def write_outcome(folder, outcome):
    """Write `result.json` with the checksum that such a result has."""
    parts = [(folder / name).read_text() for name in ("spec.json", "metrics.csv")]
    checksum = hashlib.sha256("\0".join([*parts, as_json(outcome)]).encode()).hexdigest()
    (folder / "result.json").write_text(as_json({**outcome, "checksum": checksum}))


def outcome_of(folder):
    """What `result.json` says, without the checksum."""
    outcome = json.loads((folder / "result.json").read_text())
    del outcome["checksum"]
    return outcome


def test_round_trip_is_exact(folder, record):
    """What is read equals what was written, to the last bit of every number, the times of rows included."""
    assert read_record(folder) == record


def test_layout(folder):
    """A record is three text files; the curve is a CSV file with one column per measurement."""
    assert {path.name for path in folder.iterdir()} == {"spec.json", "result.json", "metrics.csv"}
    assert json.loads((folder / "result.json").read_text())["status"] == "completed"
    assert (folder / "metrics.csv").read_text().splitlines()[0] == (
        "step,lr,loss,grad_norm,validation_score,validation_loss,seconds,examples_per_s"
    )


@pytest.mark.parametrize("name", ["spec.json", "metrics.csv", "result.json"])
@pytest.mark.parametrize("damage", ["change", "cut", "remove"])
def test_corruption_is_named(folder, name, damage):
    """A changed, shortened or missing file is detected, and the folder named."""
    file = folder / name
    text = file.read_text()
    if damage == "change":
        file.write_text(text.replace("0.7", "0.8") if "0.7" in text else text.replace("320", "321"))
    elif damage == "cut":
        file.write_text(text[: len(text) // 2])
    else:
        file.unlink()
    with pytest.raises(CorruptRecordError, match=str(folder)):
        read_record(folder)


def test_values_that_json_cannot_say_are_refused(record):
    """A NaN for a score does not reach the disk."""
    with pytest.raises(ValueError, match=r"'test_score' .* a finite number"):
        dataclasses.replace(record, test_score=float("nan"))


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


def test_folders_of_the_first_version_are_read(folder, record):
    """A record of version 1 has its accuracies as scores, in the outcome and on the curve, and no gradient norms."""
    outcome = outcome_of(folder)
    for name in ("validation", "test"):
        outcome[f"{name}_accuracy"] = outcome.pop(f"{name}_score")
    (folder / "metrics.csv").write_text("step,lr,loss,validation_accuracy\n5,0.3,2.5,\n10,0.1,1.5,0.7\n")
    write_outcome(folder, {**outcome, "version": 1, "test_correct": "oA=="})
    found = read_record(folder)
    assert (found.validation_score, found.test_score) == (record.validation_score, record.test_score)
    assert found.metrics == (MetricsRow(5, 0.3, 2.5), MetricsRow(10, 0.1, 1.5, validation_score=0.7))


def test_folders_of_the_second_version_are_read(folder, record):
    """A record of version 2 also says which test examples were right, which is no longer kept."""
    write_outcome(folder, {**outcome_of(folder), "version": 2, "test_correct": "oA=="})
    assert read_record(folder) == record


def test_unknown_version_is_named(folder):
    """A record of a later version is not misread."""
    write_outcome(folder, {**outcome_of(folder), "version": 99})
    with pytest.raises(CorruptRecordError, match="version 99"):
        read_record(folder)
