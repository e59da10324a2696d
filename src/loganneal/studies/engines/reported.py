"""What a script reported, whichever way: rows of numbers by name, each after some updates."""

import csv
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from loganneal._trial import REPORTS
from loganneal.runs.command_spec import REPORT

Row = dict[str, float]
"""Numbers by name, "step" among them."""

STDOUT = "stdout:"
_STEPS = ("step", "Step", "global_step", "iter", "iteration")
_RATES = ("lr", "learning_rate", "train/learning_rate", "lr-SGD", "lr-AdamW", "lr-Adam")
_LOSSES = ("loss", "train_loss", "train/loss", "train_loss_step", "train_loss_epoch")


def read_rows(place: Path, out: Path, log: str) -> list[Row]:
    """The rows that a script has reported so far.

    Args:
        place: The run's own folder.
        out: The folder for what the script writes.
        log: As `CommandSpec` has it.

    Raises:
        ValueError: The log is there, but cannot be read.
    """
    rows: Iterable[Mapping[str, Any]]
    if log == REPORT:
        found = place / REPORTS
        rows = _json_lines(found) if found.is_file() else _csv(out / "report.csv")
    elif log.startswith(STDOUT):
        rows = _matches(place / "stdout.txt", log.removeprefix(STDOUT))
    else:
        rows = _file(out, log)
    return [row for one in rows if (row := _numbers(one))]


def rate_of(row: Mapping[str, float]) -> float | None:
    """The learning rate in a row, by any of its usual names.

    >>> rate_of({"step": 3, "learning_rate": 0.1})
    0.1
    """
    return next((row[name] for name in _RATES if name in row), None)


def loss_of(row: Mapping[str, float]) -> float | None:
    """The training loss in a row, by any of its usual names."""
    return next((row[name] for name in _LOSSES if name in row), None)


def is_lost(row: Mapping[str, float], metric: str) -> bool:
    """Whether a row says that training has diverged: a loss or a score that is no longer finite."""
    values = [loss_of(row), row.get("validation"), row.get(metric)]
    return any(value is not None and not math.isfinite(value) for value in values)


def _file(out: Path, log: str) -> Iterable[Mapping[str, Any]]:
    """The rows of the newest file of that name below the output folder, or of TensorBoard's event files."""
    if log == "tfevents":
        return _events(out)
    files = sorted(out.rglob(log), key=lambda file: file.stat().st_mtime)
    if not files:
        return []
    if files[-1].suffix == ".csv":
        return _csv(files[-1])
    return _history(files[-1]) if files[-1].suffix == ".json" else _json_lines(files[-1])


def _json_lines(file: Path) -> Iterator[Mapping[str, Any]]:
    """A last line that is not whole is still being written."""
    for line in file.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n") and line.strip():
            row = json.loads(line)
            if isinstance(row, dict):
                yield row


def _history(file: Path) -> list[Mapping[str, Any]]:
    """Of Transformers' trainer_state.json its `log_history`; of another file a list of rows."""
    values = json.loads(file.read_text(encoding="utf-8"))
    rows = values.get("log_history") if isinstance(values, dict) else values
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _csv(file: Path) -> list[Mapping[str, Any]]:
    if not file.is_file():
        return []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _events(out: Path) -> list[Mapping[str, Any]]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    rows: dict[int, dict[str, float]] = {}
    for folder in sorted({file.parent for file in out.rglob("*tfevents*")}):
        events = EventAccumulator(str(folder), size_guidance={"scalars": 0}).Reload()
        for tag in events.Tags()["scalars"]:
            for event in events.Scalars(tag):
                rows.setdefault(event.step, {"step": event.step})[tag] = event.value
    return [rows[step] for step in sorted(rows)]


def _matches(file: Path, pattern: str) -> list[Mapping[str, Any]]:
    """Rows out of standard output: a named group is a value, and holds until a row with the next step."""
    rows: list[Mapping[str, Any]] = []
    for found in re.finditer(pattern, file.read_text(encoding="utf-8", errors="replace")):
        values = {name: text for name, text in found.groupdict().items() if text is not None}
        rows.append({"step": str(len(rows) + 1), **values})
    return rows


def _numbers(row: Mapping[str, Any]) -> Row:
    """What of a row is numbers; nothing where it has no step."""
    found: Row = {}
    for name, value in row.items():
        try:
            found[name] = float(value)
        except (TypeError, ValueError):
            continue
    step = next((found[name] for name in _STEPS if name in found), None)
    if step is None and "epoch" in found:  # a log of epochs orders its rows, but its rates are of no known update
        step = found["epoch"]
        found = {name: value for name, value in found.items() if name not in _RATES}
    return {**found, "step": step} if step is not None and math.isfinite(step) else {}
