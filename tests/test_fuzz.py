"""Whatever an untrusted file contains, it is read, or refused with an error that commands show as a sentence."""

import contextlib
import copy
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import loganneal as la
from loganneal.cli import main
from loganneal.data import find_workload
from loganneal.runs.checkpoints import Checkpoints
from loganneal.runs.record import CorruptRecordError, MetricsRow, Record, as_json, read_record, record_files
from loganneal.runs.run_folder import OtherRunError, finished_record
from loganneal.studies.declare.study_file import StudyError, read_study
from loganneal.torch import CyclicalLogAnnealingLR, ScheduleLR

bounded = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])

NUMBERS = (
    st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([2**63 - 1, 2**63, 10**12, 1e308])
)
SCALARS = st.none() | st.booleans() | NUMBERS | st.text(max_size=12)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def changed(draw: st.DrawFn, original: Any) -> Any:
    """A JSON value with one to three of its inner values replaced, removed or added."""
    value = copy.deepcopy(original)
    for _ in range(draw(st.integers(1, 3))):
        holder, key = draw(st.sampled_from(list(_places(value)) or [(None, None)]))
        if holder is None:
            return draw(VALUES)
        if isinstance(holder, dict) and draw(st.booleans()):
            holder[draw(st.text(max_size=6))] = holder.pop(key)
        else:
            holder[key] = draw(VALUES)
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every list or dictionary within a value, with each of its places."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


SPEC = find_workload("digits").spec(schedule=la.Warmup(la.Cosine(0.3, 8), 2), seed=0, split_seed=0, steps=10)
RECORD = Record(
    SPEC,
    "completed",
    0.9,
    0.8,
    (MetricsRow(5, 0.3, 2.0), MetricsRow(10, 0.1, 1.0, 0.5, 0.9, 0.4)),
    1.5,
    {"device": "cpu", "threads": 1},
    extras={"auc": 0.7},
    averages={"ema": {"test_score": 0.8}},
)
FILES = record_files(RECORD)
OUTCOME = {name: value for name, value in json.loads(FILES["result.json"]).items() if name != "checksum"}


def write_folder(folder: Path, spec: Any, metrics: str, outcome: Any) -> None:
    """A record with these values and the checksum that belongs to them."""
    text = json.dumps(spec)
    checksum = hashlib.sha256("\0".join((text, metrics, as_json(outcome))).encode()).hexdigest()
    (folder / "spec.json").write_text(text)
    (folder / "metrics.csv").write_bytes(metrics.encode())
    (folder / "result.json").write_text(json.dumps({**outcome, "checksum": checksum}))


@given(spec=changed(SPEC.to_dict()), outcome=changed(OUTCOME), which=st.integers(0, 2))
@bounded
def test_run_folders(spec: Any, outcome: Any, which: int, tmp_path: Path) -> None:
    """A run's folder whose values were changed, with a checksum that is right, is a record or a corrupt one."""
    outcome = outcome if which != 0 and isinstance(outcome, dict) else OUTCOME
    write_folder(tmp_path, SPEC.to_dict() if which == 1 else spec, FILES["metrics.csv"], outcome)
    with contextlib.suppress(CorruptRecordError):
        record_files(read_record(tmp_path))
    with contextlib.suppress(OtherRunError):
        finished_record(tmp_path, SPEC)


@given(place=st.integers(0, 200), cell=st.text(max_size=20))
@bounded
def test_curves(place: int, cell: str, tmp_path: Path) -> None:
    """A curve with any text written into it is that of a record, or corrupt."""
    curve = FILES["metrics.csv"]
    metrics = (curve[:place] + cell + curve[place + len(cell) :]).encode("utf-8", "replace").decode()
    write_folder(tmp_path, SPEC.to_dict(), metrics, OUTCOME)
    with contextlib.suppress(CorruptRecordError):
        read_record(tmp_path)


@given(name=st.sampled_from(sorted(FILES)), data=st.binary(max_size=60))
@bounded
def test_files_of_any_bytes(name: str, data: bytes, tmp_path: Path) -> None:
    """Any bytes in place of one of the files make a corrupt record."""
    write_folder(tmp_path, SPEC.to_dict(), FILES["metrics.csv"], OUTCOME)
    (tmp_path / name).write_bytes(data)
    with pytest.raises(CorruptRecordError):
        read_record(tmp_path)


@given(data=st.binary(max_size=60))
@bounded
def test_checkpoints_of_any_bytes(data: bytes, tmp_path: Path) -> None:
    """A checkpoint of any bytes, with the name that belongs to them, is reported as damaged."""
    checkpoints, notes = Checkpoints(tmp_path), list[str]()
    (tmp_path / f"0000000005-{hashlib.sha256(data).hexdigest()[:16]}.pt").write_bytes(data)
    assert checkpoints.load(notes.append) is None
    assert len(notes) == 1


PART = {"schedule": "Warmup", "warmup_share": 0.1, "inner": {"schedule": "StepDecay", "factor": 0.5}}
STUDY: dict[str, Any] = {
    "title": "Fuzz",
    "workload": "digits",
    "arms": ["cosine", "cla", "late", "nested"],
    "trials": 16,
    "replicates": 2,
    "weight_decay": [1e-5, 1e-2],
    "arm": {
        "late": {"schedule": "CyclicalLogAnnealing", "base": 0.1, "title": "Late"},
        "nested": {"schedule": "Join", "boundary_shares": [0.6], "parts": [{"schedule": "Constant"}, PART]},
    },
    "comparison": [{"steps": 5}, {"steps": 8, "peak_range": [0.01, 1.0], "margin": 0.5}],
}


def as_toml(value: Any) -> str:
    """A JSON value as TOML, inline; None becomes a string."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {as_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return json.dumps("none" if value is None else value).replace("1e+", "1.0e+")


def write_study(folder: Path, values: Any) -> Path:
    """The file of a study with these keys at its top."""
    keys = values.items() if isinstance(values, dict) else [("arms", values)]
    (folder / "fuzz.toml").write_text("".join(f"{json.dumps(key)} = {as_toml(one)}\n" for key, one in keys))
    return folder / "fuzz.toml"


def test_the_study_is_one(tmp_path: Path) -> None:
    """Unchanged, the study of these tests is read: what is refused below is refused because of its changes."""
    assert read_study(write_study(tmp_path, STUDY)).total == 2 * 2 * 4 * 16


@given(values=changed(STUDY))
@bounded
def test_studies(values: Any, tmp_path: Path) -> None:
    """A study with changed values plans its runs, or is refused in one sentence."""
    with contextlib.suppress(StudyError, OSError):
        study = read_study(write_study(tmp_path, values))
        assert study.total > 1000 or len(study.plan()) == study.total


@given(values=changed(STUDY))
@settings(bounded, max_examples=25)
def test_command(values: Any, tmp_path: Path) -> None:
    """The command that reads such a study reports its status or what is wrong, and raises nothing."""
    file, records = write_study(tmp_path, values), tmp_path / "records"
    assert main(["study", "status", str(file), "--out", str(tmp_path / "out"), "--records", str(records)]) in (0, 2)


SCHEDULES = (
    la.Warmup(la.Cosine(0.3, 8), 2),
    la.CyclicalLogAnnealing(0.3, 10, cycle_mult=2, base=3.0),
)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: type(schedule).__name__)
@given(data=st.data())
@bounded
def test_schedules(schedule: la.Schedule, data: st.DataObject) -> None:
    """A schedule's dictionary with changed values is a schedule or a `ValueError`."""
    with contextlib.suppress(ValueError):
        repr(la.from_dict(data.draw(changed(schedule.to_dict()))))


def scheduler_of(kind: str) -> Any:
    """A scheduler over one group."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    return ScheduleLR(optimizer, SCHEDULES[0]) if kind == "ScheduleLR" else CyclicalLogAnnealingLR(optimizer, 10)


@pytest.mark.parametrize("kind", ["ScheduleLR", "CyclicalLogAnnealingLR"])
@given(data=st.data(), strict=st.booleans())
@bounded
def test_states(kind: str, data: st.DataObject, strict: bool) -> None:
    """A scheduler's state with changed values is loaded, or refused with a `ValueError` that changes nothing."""
    scheduler = scheduler_of(kind)
    before = scheduler.state_dict()
    try:
        scheduler.load_state_dict(data.draw(changed(before)), strict=strict)
    except ValueError:
        assert scheduler.state_dict() == before
