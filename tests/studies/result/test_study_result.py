"""The file of a result is read back, left alone if it says the same, and refused if it is damaged."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from loganneal.studies import StudyResult, read_result, study_of
from loganneal.studies.declare.comparison import FinishedRun, declare
from loganneal.studies.judge.conclude import conclude_study
from loganneal.studies.result import CorruptResultError, write_result


@pytest.fixture
def result(finish: Callable[..., list[FinishedRun]]) -> StudyResult:
    """Two arms, two trials, six replicates, one diverged run."""
    comparison = declare("digits", arms=("cosine", "linear"), trials=2, replicates=6)
    score = lambda run: None if (run.arm, run.replicate, run.trial) == ("linear", 0, 0) else 0.8 + run.peak / 10  # noqa: E731
    return conclude_study(study_of(comparison), finish(comparison, score))


def test_comes_back(result: StudyResult, tmp_path: Path) -> None:
    """What was written is read, equal in every field."""
    assert write_result(result, tmp_path / "new" / "result.json") == result
    assert read_result(tmp_path / "new" / "result.json") == result


def test_the_same_result_is_left_alone(result: StudyResult, tmp_path: Path) -> None:
    """Another command for the same runs changes nothing; another number does."""
    file = tmp_path / "result.json"
    write_result(result, file)
    before = file.stat().st_mtime_ns
    assert write_result(replace(result, command="another"), file) == result
    assert file.stat().st_mtime_ns == before
    other = replace(result, seconds_of_training=0.0)
    assert write_result(other, file) == read_result(file) == other


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda values: values.pop("title"), "'title' parameter of StudyResult"),
        (lambda values: values.update(format="loganneal-study/9"), "'format' parameter"),
        (lambda values: values.update(surprise=1), "'values' parameter of StudyResult"),
        (lambda values: values["comparisons"][0].update(replicates_done="6"), "'replicates_done' parameter"),
        (lambda values: values["comparisons"][0]["arms"][0]["scores"].update(mean="high"), "'mean' parameter"),
        (lambda values: values["comparisons"][0]["arms"][1]["judged"]["verdict"].update(name="victory"), "'name'"),
        (lambda values: values["comparisons"][0]["arms"][0]["arm"].update(schedule="Nothing"), "'schedule'"),
        (lambda values: values["comparisons"][0]["declaration"].update(peak_range=[1.0]), "'peak_range'"),
        (lambda values: values["comparisons"][0].update(environment=[]), "'environment'"),
    ],
)
def test_what_is_wrong_is_named(
    result: StudyResult, tmp_path: Path, change: Callable[[dict[str, object]], object], named: str
) -> None:
    """A field that is missing, unknown or of another type is named, with the file."""
    values = json.loads(result.to_json())
    change(values)
    file = tmp_path / "result.json"
    file.write_text(json.dumps(values))
    with pytest.raises(CorruptResultError, match=r"result\.json does not hold the result of a study") as error:
        read_result(file)
    assert named in str(error.value)


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{", b"\xff", b"[" * 5000], ids=["empty", "list", "cut", "bytes", "deep"]
)
def test_no_result_at_all(result: StudyResult, tmp_path: Path, text: bytes) -> None:
    """A file that is not a result is refused in a sentence, and replaced when the result is written."""
    file = tmp_path / "result.json"
    file.write_bytes(text)
    with pytest.raises(CorruptResultError, match="does not hold the result"):
        read_result(file)
    assert write_result(result, file) == result
    assert read_result(file) == result
