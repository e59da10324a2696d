"""Which kind of log a file or a folder is, and how each is read."""

import csv
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from loganneal.diagnosis.logs.events import EVENTS, event_series
from loganneal.diagnosis.logs.names import LogError, lacking, taken
from loganneal.diagnosis.logs.series import Reading, Series, assemble, in_order

TRAINER_STATE = "trainer_state.json"


def read_log(path: str | Path, steps_per_epoch: float | None = None) -> Reading:
    r"""Read a log.

    Args:
        path: A run folder of `loganneal train`; a CSV file with columns for step, lr and loss; a TensorBoard event file
            or a folder of them; Transformers' trainer_state.json or the folder of a checkpoint.
        steps_per_epoch: Updates of an epoch; by default what the log says, if it does.

    Raises:
        LogError: Something needed is not there; the message says what was looked for and found.
        OSError: There is no such file.
        ModuleNotFoundError: Event files need the package tensorboard.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder) / "log.csv"
        ...     _ = file.write_text("iteration,learning_rate,train_loss\n1,0.1,2.3\n2,0.05,2.0\n")
        ...     read_log(file).taken
        {'step': 'iteration', 'lr': 'learning_rate', 'loss': 'train_loss'}
    """
    path = Path(path)
    file = _within(path) if path.is_dir() else path
    if "tfevents" in file.name or file.is_dir():
        return assemble(event_series(file), {"step": "the events' step"}, file, steps_per_epoch, False)
    if file.suffix == ".json":
        return _from_rows(_history(file), file, steps_per_epoch)
    epoch, diverged = _run_facts(file.parent) if file.name == "metrics.csv" else (None, False)
    return _from_rows(_csv_rows(file), file, steps_per_epoch or epoch, diverged)


def _within(folder: Path) -> Path:
    """What to read in a folder: it itself for event files."""
    for name in ("metrics.csv", TRAINER_STATE):
        if (folder / name).is_file():
            return folder / name
    saved = sorted(folder.glob(f"checkpoint-*/{TRAINER_STATE}"), key=lambda file: _number(file.parent.name))
    if saved:
        return saved[-1]
    if any(folder.rglob(EVENTS)):
        return folder
    raise LogError(f"{folder} holds no log: neither metrics.csv, nor {TRAINER_STATE}, nor event files of TensorBoard.")


def _number(name: str) -> int:
    return int("".join(re.findall(r"\d+", name)) or 0)


def _run_facts(folder: Path) -> tuple[float | None, bool]:
    """The steps of an epoch, and whether the run diverged, from what `loganneal train` writes beside its metrics."""
    spec, result = (_json(folder / name) for name in ("spec.json", "result.json"))
    size, batch = spec.get("train_images"), spec.get("batch_size")
    return epoch_steps(size, batch) if size and batch else None, result.get("status") == "diverged"


def epoch_steps(size: int, batch: int) -> float:
    """Updates of an epoch of one of our own runs."""
    return float(max(size // batch, 1))  # the incomplete last batch is left out


def _json(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise LogError(f"{file} is not JSON: {error}.") from error
    return values if isinstance(values, dict) else {}


def _history(file: Path) -> list[dict[str, Any]]:
    values = _json(file) if file.is_file() else json.loads(file.read_text())
    rows = values.get("log_history")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise LogError(f"{file} has no list 'log_history', as Transformers' {TRAINER_STATE} has.")
    return rows


def _csv_rows(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        try:
            header = lines.readline()
            names = next(csv.reader([header], delimiter=_delimiter(header)), [])
            return list(csv.DictReader(lines, names, delimiter=_delimiter(header)))
        except (csv.Error, UnicodeDecodeError) as error:
            raise LogError(f"{file} is not a CSV file: {error}.") from error


def _delimiter(header: str) -> str:
    return max(",;\t", key=header.count)


def _from_rows(
    rows: Iterable[Mapping[str, Any]], file: Path, steps_per_epoch: float | None, diverged: bool = False
) -> Reading:
    """Rows in which anything but the step may be missing."""
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row if isinstance(name, str)))
    found = taken(names)
    if "step" not in found and "epoch" in found:  # Keras logs one row an epoch and calls it that
        found["step"], steps_per_epoch = found.pop("epoch"), steps_per_epoch or 1.0
    if "step" not in found:
        lacking("step", names, file)
    at = found["step"]
    series = {name: _series(rows, at, name, file) for name in names if name in found.values()}
    return assemble(series, {"step": at}, file, steps_per_epoch, diverged)


def _series(rows: list[Mapping[str, Any]], at: str, name: str, file: Path) -> Series:
    pairs = [(row[at], row[name]) for row in rows if _there(row.get(at)) and _there(row.get(name))]
    try:
        numbers = [(float(step), float(value)) for step, value in pairs]
    except (TypeError, ValueError) as error:
        raise LogError(f"{file} has something else than numbers under {at!r} or {name!r}: {error}.") from error
    return in_order(numbers)


def _there(value: Any) -> bool:
    return value is not None and value != ""
