"""Records of runs on disk: one folder a run, written whole or not at all. Torch-free.

A folder `<root>/<key>/` holds `spec.json` (what was asked), `metrics.csv` (the curve) and `result.json` (the
outcome, with a checksum over all three).
"""

import base64
import csv
import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loganneal import _checks
from loganneal.lab.spec import RunSpec

RECORD_VERSION = 1
STATUSES = ("completed", "diverged")
_TEMPORARY = ".writing-"


class CorruptRecordError(RuntimeError):
    """A record on disk is not what was written; the message names its folder."""


class MetricsRow(NamedTuple):
    """One point of a training curve.

    `step` counts the updates done, `lr` is the rate of the last of them, `loss` the mean training loss since
    the row before, `validation_accuracy` in [0, 1] or None where it was not measured.
    """

    step: int
    lr: float
    loss: float
    validation_accuracy: float | None


@dataclass(frozen=True)
class Record:
    """The outcome of one run.

    Args:
        spec: What was run.
        status: "completed", or "diverged" when the loss was no longer finite; the curve ends before.
        validation_accuracy: At the last step, in [0, 1]; None when diverged.
        test_accuracy: At the last step, in [0, 1]; None when diverged.
        test_correct: Which test images were right, from `pack_bitmap`; "" when diverged.
        metrics: The curve, in order of steps.
        seconds: Wall time of the training, without loading.
        environment: Device, threads and versions, as JSON values.

    Raises:
        ValueError: The status is unknown, or an accuracy does not go with it.
    """

    spec: RunSpec
    status: str
    validation_accuracy: float | None
    test_accuracy: float | None
    test_correct: str
    metrics: tuple[MetricsRow, ...]
    seconds: float
    environment: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _checks.one_of("Record", "status", self.status, STATUSES)
        for name in ("validation_accuracy", "test_accuracy"):
            value = getattr(self, name)
            if (value is None) != (self.status == "diverged"):
                _checks.fail("Record", name, "a number if the run completed, None if it diverged", value)
        object.__setattr__(self, "metrics", tuple(MetricsRow(*row) for row in self.metrics))


class RecordStore:
    """Records in one folder, found by the key of their specification.

    Args:
        root: The folder; made by the first `write`.

    Example:
        >>> import tempfile, loganneal as la
        >>> spec = RunSpec(workload="digits", model="resnet-tiny", schedule=la.Cosine(0.3, 100), steps=100,
        ...                seed=0, split_seed=0, batch_size=64, train_images=2500, validation_images=1000)
        >>> record = Record(spec, "completed", 0.94, 0.93, pack_bitmap([True, False]),
        ...                 (MetricsRow(100, 0.001, 0.2, 0.94),), 1.0)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = RecordStore(folder)
        ...     store.write(record)
        ...     store.read(spec) == record, len(store)
        (True, 1)
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root)

    def folder(self, spec: RunSpec) -> Path:
        """Where the record of `spec` lies, or would lie."""
        return self.root / spec.key

    def read(self, spec: RunSpec) -> Record | None:
        """The record of `spec`, or None where there is none.

        Raises:
            CorruptRecordError: The folder is there but is not what was written.
        """
        folder = self.folder(spec)
        if not folder.exists():
            return None
        record = _read_folder(folder)
        if record.spec != spec:
            raise CorruptRecordError(f"The record in {folder} belongs to another specification.")
        return record

    def write(self, record: Record) -> None:
        """Write a record so that it is there whole or not at all; a record already there is replaced."""
        self.root.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=self.root))
        try:
            for name, text in _files(record).items():
                _write_synced(temporary / name, text)
            temporary.chmod(0o755)  # mkdtemp's folders are closed to other users
            self.remove(record.spec)
            temporary.rename(self.folder(record.spec))
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        _sync_folder(self.root)

    def remove(self, spec: RunSpec) -> None:
        """Remove the record of `spec`, where there is one, so that the run is done again."""
        if self.folder(spec).exists():
            shutil.rmtree(self.folder(spec))

    def __iter__(self) -> Iterator[Record]:
        """All records, in order of their keys.

        Raises:
            CorruptRecordError: One of them is not what was written.
        """
        return (_read_folder(folder) for folder in self._folders())

    def __len__(self) -> int:
        return len(self._folders())

    def _folders(self) -> list[Path]:
        if not self.root.exists():
            return []
        return sorted(path for path in self.root.iterdir() if path.is_dir() and not path.name.startswith(_TEMPORARY))


def pack_bitmap(correct: ArrayLike) -> str:
    """Base64 of a bitmap, eight examples a byte, the first in the highest bit.

    Example:
        >>> unpack_bitmap(pack_bitmap([True, False, True]), 3).tolist()
        [True, False, True]
    """
    return base64.b64encode(np.packbits(np.asarray(correct, dtype=bool)).tobytes()).decode()


def unpack_bitmap(text: str, count: int) -> NDArray[np.bool_]:
    """The first `count` examples of `pack_bitmap`'s text, as booleans."""
    packed = np.frombuffer(base64.b64decode(text), dtype=np.uint8)
    return np.unpackbits(packed, count=count).astype(bool)


def _files(record: Record) -> dict[str, str]:
    spec = _json(record.spec.to_dict())
    metrics = _metrics_csv(record.metrics)
    outcome = {
        "version": RECORD_VERSION,
        "status": record.status,
        "validation_accuracy": record.validation_accuracy,
        "test_accuracy": record.test_accuracy,
        "test_correct": record.test_correct,
        "seconds": record.seconds,
        "environment": record.environment,
    }
    result = _json({**outcome, "checksum": _checksum(spec, metrics, outcome)})
    return {"spec.json": spec, "metrics.csv": metrics, "result.json": result}


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, indent=2, allow_nan=False) + "\n"


def _checksum(spec: str, metrics: str, outcome: dict[str, Any]) -> str:
    return hashlib.sha256("\0".join((spec, metrics, _json(outcome))).encode()).hexdigest()


def _read_folder(folder: Path) -> Record:
    try:
        spec, metrics, result = (
            (folder / name).read_bytes().decode() for name in ("spec.json", "metrics.csv", "result.json")
        )
        outcome = json.loads(result)
        checksum, version = outcome.pop("checksum"), outcome["version"]
        intact = checksum == _checksum(spec, metrics, outcome)
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise CorruptRecordError(f"The record in {folder} cannot be read: {error!r}.") from error
    if not intact:
        raise CorruptRecordError(f"The record in {folder} was changed after it was written (checksum).")
    if version != RECORD_VERSION:
        raise CorruptRecordError(f"The record in {folder} has version {version}, not {RECORD_VERSION}.")
    del outcome["version"]
    return Record(spec=RunSpec.from_dict(json.loads(spec)), metrics=_metrics_rows(metrics), **outcome)


def _metrics_csv(rows: tuple[MetricsRow, ...]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(MetricsRow._fields)
    for row in rows:
        writer.writerow("" if value is None else repr(value) for value in row)
    return text.getvalue()


def _metrics_rows(text: str) -> tuple[MetricsRow, ...]:
    return tuple(
        MetricsRow(int(row["step"]), float(row["lr"]), float(row["loss"]), _maybe(row["validation_accuracy"]))
        for row in csv.DictReader(io.StringIO(text))
    )


def _maybe(text: str) -> float | None:
    return float(text) if text else None


def _write_synced(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
