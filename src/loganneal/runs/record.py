"""The outcome of a run, and the three files of a folder that holds one. Torch-free.

The files are `spec.json` (what was asked), `metrics.csv` (the curve) and `result.json` (the outcome, with a checksum
over all three).
"""

import csv
import dataclasses
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from loganneal import _checks
from loganneal._limits import CURVE_BYTES, JSON_BYTES
from loganneal._reading import parse_json, read_text
from loganneal._value import typed
from loganneal.runs.any_spec import Spec, spec_from_dict
from loganneal.runs.launch import Launch

RECORD_VERSION = 3
STATUSES = ("completed", "diverged", "failed", "invalid")
FILES = ("spec.json", "metrics.csv", "result.json")
_RENAMED = {"validation_accuracy": "validation_score", "test_accuracy": "test_score"}  # by version 2
_DROPPED = ("test_correct",)  # by version 3


class CorruptRecordError(RuntimeError):
    """A record on disk is not what was written; the message names the file or the line."""


class MetricsRow(NamedTuple):
    """One point of a training curve. A quantity that was not measured at this point is None.

    Args:
        step: Number of updates done, at least 0.
        lr: Learning rate of the last of these updates.
        loss: Mean training loss since the previous row; NaN if a script reported none.
        grad_norm: Mean norm of the whole gradient, before clipping, since the previous row.
        validation_score: The workload's metric on the validation examples.
        validation_loss: Mean loss on the validation examples, without label smoothing.
        seconds: Seconds of training so far, without the time between an interruption and the next start.
        examples_per_s: Training examples per second since the previous row, without evaluations.

    Example:
        >>> row = MetricsRow(step=100, lr=0.05, loss=0.42)
        >>> row.loss, row.validation_score
        (0.42, None)
    """

    step: int
    lr: float
    loss: float
    grad_norm: float | None = None
    validation_score: float | None = None
    validation_loss: float | None = None
    seconds: float | None = None
    examples_per_s: float | None = None


@dataclass(frozen=True)
class Record:
    """The outcome of one run.

    Args:
        spec: The specification of the run.
        status: "completed"; "diverged" if the loss or the gradient stopped being finite, in which case the curve ends
            just before; "failed"; or "invalid" if the recorded learning rates are not those of the schedule.
        validation_score: The workload's metric at the last step, on the validation examples; None unless completed.
        test_score: The workload's metric at the last step, on the test examples; None unless completed.
        metrics: The curve, in order of steps.
        seconds: Wall time of the training in seconds, without loading the data.
        environment: Device, threads and versions, as JSON values.
        reason: Why the run did not complete, as a sentence; "" if it did.
        extras: Further test scores, by name.
        averages: The scores of each average of the weights, by the name of the average and of the score.
        weights: The first 16 hexadecimal digits of the SHA-256 of the last weights; "" unless completed.
        launch: How the command was run; None for a run of the built-in training loop.

    Raises:
        ValueError: The status is unknown, or a score does not match it: a completed run has two finite scores, any
            other has none.

    Example:
        >>> import loganneal as la
        >>> from loganneal.runs import RunSpec
        >>> spec = RunSpec(workload="digits", model="resnet-tiny", schedule=la.Cosine(0.3, 100), steps=100,
        ...                seed=0, split_seed=0, batch_size=64, train_examples=2500, validation_examples=1000)
        >>> Record(spec, "diverged", None, None, metrics=(), seconds=1.5, reason="At step 3 the loss was inf.").status
        'diverged'
        >>> Record(spec, "diverged", 0.9, 0.9, metrics=(), seconds=1.5)
        Traceback (most recent call last):
        ValueError: The 'validation_score' parameter of Record must be a number if the run completed, else None. \
Got 0.9 instead.
    """

    spec: Spec
    status: str
    validation_score: float | None
    test_score: float | None
    metrics: tuple[MetricsRow, ...]
    seconds: float
    environment: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    extras: dict[str, float] = field(default_factory=dict)
    averages: dict[str, dict[str, float]] = field(default_factory=dict)
    weights: str = ""
    launch: Launch | None = None

    def __post_init__(self) -> None:
        _checks.one_of("Record", "status", self.status, STATUSES)
        for name in ("validation_score", "test_score"):
            value = getattr(self, name)
            if (value is None) != (self.status != "completed"):
                _checks.fail("Record", name, "a number if the run completed, else None", value)
            if value is not None and not _checks.is_number(value):
                _checks.fail("Record", name, "a finite number", value)
        object.__setattr__(self, "metrics", tuple(MetricsRow(*row) for row in self.metrics))


def record_files(record: Record) -> dict[str, str]:
    """The texts of a record's files, by name, `result.json` last."""
    spec = as_json(record.spec.to_dict())
    metrics = metrics_csv(record.metrics)
    fields = {item.name: getattr(record, item.name) for item in dataclasses.fields(Record)}
    outcome = {"version": RECORD_VERSION, **fields}
    del outcome["spec"], outcome["metrics"], outcome["launch"]  # a folder holds a run of the built-in loop
    result = as_json({**outcome, "checksum": _checksum(spec, metrics, outcome)})
    return dict(zip(FILES, (spec, metrics, result), strict=True))


def as_json(values: dict[str, Any]) -> str:
    """The JSON text as it is on disk.

    Raises:
        ValueError: A number is not finite.
    """
    return json.dumps(values, indent=2, allow_nan=False) + "\n"


def _checksum(spec: str, metrics: str, outcome: dict[str, Any]) -> str:
    return hashlib.sha256("\0".join((spec, metrics, as_json(outcome))).encode()).hexdigest()


def read_record(folder: Path) -> Record:
    """The record in one folder, of this version or an older one.

    Raises:
        CorruptRecordError: The record is not what was written.
    """
    with corrupt(f"The record in {folder} cannot be read"):
        spec, metrics, result = (read_text(folder / name, _LARGEST[name], follow=False) for name in FILES)
        outcome = parse_json(result)
        checksum, version = outcome.pop("checksum"), outcome["version"]
        intact = checksum == _checksum(spec, metrics, outcome)
    if not intact:
        raise CorruptRecordError(f"The record in {folder} was changed after it was written (checksum).")
    if version not in range(1, RECORD_VERSION + 1):
        raise CorruptRecordError(f"The record in {folder} has version {version!r}, not {RECORD_VERSION} or less.")
    del outcome["version"]
    outcome = {_RENAMED.get(name, name): value for name, value in outcome.items() if name not in _DROPPED}
    with corrupt(f"The record in {folder} is not valid, although its checksum is right"):
        fields = typed(Record, outcome, besides=("spec", "metrics"))
        return Record(spec=spec_from_dict(parse_json(spec)), metrics=metrics_rows(metrics), **fields)


_LARGEST = {"spec.json": JSON_BYTES, "metrics.csv": CURVE_BYTES, "result.json": JSON_BYTES}


@contextmanager
def corrupt(what: str) -> Iterator[None]:
    """Turn any error that reading a record raises within the block into a `CorruptRecordError`.

    Args:
        what: The beginning of the sentence.
    """
    try:
        yield
    except CorruptRecordError:
        raise
    except (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, csv.Error) as error:
        said = str(error) if isinstance(error, OSError | ValueError) else repr(error)
        raise CorruptRecordError(f"{what}: {said.rstrip('.')}.") from error


def metrics_csv(rows: Iterable[MetricsRow]) -> str:
    """The curve as CSV, with each number exact to its last bit; what was not measured is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(MetricsRow._fields)
    for row in rows:
        writer.writerow("" if value is None else repr(value) for value in row)
    return text.getvalue()


def metrics_rows(text: str) -> tuple[MetricsRow, ...]:
    r"""The curve that `metrics_csv` wrote, in this version or an older one.

    Example:
        >>> metrics_rows("step,lr,loss\n5,0.1,2.5\n")[0].loss
        2.5
    """
    return tuple(_row(values) for values in csv.DictReader(io.StringIO(text)))


def _row(values: dict[str, str]) -> MetricsRow:
    numbers = {_RENAMED.get(name, name): float(value) for name, value in values.items() if value and name != "step"}
    return MetricsRow(int(values["step"]), **numbers)
