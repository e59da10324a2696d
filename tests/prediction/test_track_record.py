"""The hit rates that the command prints are those of the committed result."""

import json
import re
from pathlib import Path

import pytest

from loganneal.prediction.track_record import Counts, TrackRecord, track_record

RESULT = Path(__file__).parents[2] / "records" / "prediction" / "declared_test.json"


def test_the_package_has_the_numbers_of_the_result():
    """Generated from one another; a result that is not there has no numbers in the package."""
    record = track_record()
    if not RESULT.exists():
        assert record == TrackRecord(complete=False, passed=False)
        return
    result = json.loads(RESULT.read_text())
    assert (record.complete, record.passed) == (result["complete"], result["passed"])
    assert {name: counts.to_dict() for name, counts in record.classes.items()} == result["classes"]


@pytest.mark.parametrize(
    ("log_class", "sentence"),
    [
        ("one log, a fast fall", "Of 80 stored comparisons .*, 20 had a verdict, and 95% of these were right."),
        ("several logs, a fast fall", "Of 70 .* none had a verdict."),
        ("one log, a rise", "No stored comparison .* not known how often they are right."),
    ],
)
def test_how_often_it_was_right_is_said_by_class(log_class, sentence):
    """A class without comparisons has no rate."""
    counts = {"one log, a fast fall": Counts(80, 20, 19), "several logs, a fast fall": Counts(70, 0, 0)}
    assert re.fullmatch(sentence, TrackRecord(True, True, counts).sentence(log_class))


@pytest.mark.parametrize(
    ("record", "word"),
    [
        (TrackRecord(True, True, {}), ""),
        (TrackRecord(True, False, {"a": Counts(1, 1, 0)}), "did not meet its bar"),
        (TrackRecord(False, False, {}), "is not complete"),
    ],
)
def test_it_is_experimental_until_the_test_is_passed(record, word):
    """And says why."""
    assert word in record.experimental
    assert bool(word) == bool(record.experimental)
