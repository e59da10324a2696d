"""What a script reported, in whatever form: rows of numbers by name, each after some updates."""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from loganneal._trial import REPORTS
from loganneal.diagnosis.logs.csv_rows import csv_table
from loganneal.diagnosis.logs.events import EVENTS, PARTS, events_table
from loganneal.diagnosis.logs.json_rows import json_table
from loganneal.diagnosis.logs.names import COUNTERS, STEPS, Meaning, Quantity, meaning, words
from loganneal.diagnosis.logs.table import Table, split_lists
from loganneal.diagnosis.logs.text import read_text
from loganneal.diagnosis.logs.values import number
from loganneal.runs.command_spec import REPORT, STDOUT

Row = dict[str, float]
"""Numbers by name, "step" among them."""

LOG_CALLS = "_step"
"""The counter of matches; like that of W&B it does not count updates, so a rate beside it belongs to no known one."""

_meaning = lru_cache(maxsize=4096)(meaning)


def read_rows(place: Path, out: Path, log: str) -> list[Row]:
    """The rows that a script has reported so far.

    Args:
        place: The run's own folder.
        out: The folder for what the script writes.
        log: Where values are read, as in `CommandSpec`.

    Raises:
        ValueError: The log is there, but cannot be read.
    """
    if log == REPORT and (place / REPORTS).is_file():
        return list(_reports(place / REPORTS))
    return [placed for row in _foreign(place, out, log) if (placed := _placed(row))]


def _foreign(place: Path, out: Path, log: str) -> Iterable[Row]:
    """Rows that do not come from `Trial.report`, with the names as they are."""
    if log.startswith(STDOUT):
        return _matches(place / "stdout.txt", log.removeprefix(STDOUT))
    return _logged(out, "report.csv" if log == REPORT else log)


def rate_of(row: Mapping[str, float]) -> float | None:
    """The learning rate in a row, by any of its usual names.

    >>> rate_of({"step": 3, "train/learning_rate": 0.1})
    0.1
    """
    return _first(row, Quantity.LR)


def loss_of(row: Mapping[str, float]) -> float | None:
    """The training loss in a row, by any of its usual names.

    >>> loss_of({"step": 3, "val_loss": 2.0, "train_loss": 1.5})
    1.5
    """
    return _first(row, Quantity.LOSS)


def is_lost(row: Mapping[str, float], metric: str) -> bool:
    """Whether a row says that training has diverged: a loss or a score that is no longer finite."""
    values = [loss_of(row), row.get("validation"), row.get(metric)]
    return any(value is not None and not math.isfinite(value) for value in values)


def _first(row: Mapping[str, float], quantity: Quantity) -> float | None:
    """The value of a quantity in a row; with several losses, the total and not that of a part."""
    named = _named(row, quantity)
    whole = [name for name, meant in named.items() if quantity is not Quantity.LOSS or not meant.part]
    return row[min(whole, key=lambda name: named[name].rank)] if whole else None


def _named(row: Mapping[str, float], *quantities: Quantity) -> dict[str, Meaning]:
    """The names in a row that stand for one of these quantities, with their meanings."""
    found = {name: meant for name in row if (meant := _meaning(name))}
    return {name: meant for name, meant in found.items() if meant.quantity in quantities}


def _placed(row: Row) -> Row:
    """A row with its step; without its rates if it counts something other than updates; empty without a counter."""
    counters = _named(row, *COUNTERS)
    counter = min(counters, key=lambda name: counters[name].rank, default="")
    if not counter or not math.isfinite(row[counter]):
        return {}
    unknown = [name for name in _named(row, Quantity.LR) if counters[counter].rank > STEPS or "epoch" in words(name)]
    kept = {name: value for name, value in row.items() if name not in (counter, *unknown)}
    return {**kept, "step": row[counter]}


def _reports(file: Path) -> Iterator[Row]:
    """What `Trial.report` wrote, without an incomplete last line, which is still being written."""
    for line in file.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            yield json.loads(line)


def _logged(out: Path, log: str) -> Iterable[Row]:
    """The rows of the newest file of that name below the output folder, or of TensorBoard's event files."""
    files = sorted(out.rglob(EVENTS if log == "tfevents" else log), key=lambda file: file.stat().st_mtime)
    if not files:
        return []
    if log == "tfevents":
        return _rows(events_table(_run_of(files[-1])))
    text = read_text(files[-1])
    return _rows(json_table(files[-1], text) or csv_table(files[-1], text))


def _run_of(events: Path) -> Path:
    """The folder of the run that an event file belongs to: Keras writes training and validation to folders inside."""
    return next(folder for folder in events.parents if folder.name not in PARTS)


def _rows(table: Table) -> list[Row]:
    """The cells of a log that are numbers, row by row, in order."""
    rows: list[Row] = [{} for _ in table.places]
    for name, column in split_lists(table).columns.items():
        for row, cell in zip(column.rows, column.cells, strict=True):
            value = _number(cell, comma=table.comma)
            if value is not None:
                rows[row][name] = value
    return rows


def _number(cell: Any, *, comma: bool = False) -> float | None:
    try:
        return number(cell, comma=comma)
    except ValueError:  # text, which is not a score
        return None


def _matches(file: Path, pattern: str) -> Iterator[Row]:
    """Rows from standard output: a named group is a value; matches are counted if no group is a counter."""
    text = file.read_text(encoding="utf-8", errors="replace")
    for count, found in enumerate(re.finditer(pattern, text), 1):
        _check_whole(found)
        cells = {name: _number(cell) for name, cell in found.groupdict().items() if cell is not None}
        values = {name: value for name, value in cells.items() if value is not None}
        yield values if _named(values, *COUNTERS) else {LOG_CALLS: float(count), **values}


_MORE = re.compile(r"\d|[eE][-+]?\d|\.\d")
"""What continues a number that a match has cut."""

_THOUSANDS = re.compile(r",\d{3}(?![\d,])")
"""What continues an integer that is written with a separator of thousands."""


def _check_whole(found: re.Match[str]) -> None:
    """Refuse a match that begins or ends within a number, which would be another one."""
    text = found.string
    for name, cell in found.groupdict().items():
        if cell is None or _number(cell) is None:
            continue
        start, end = found.span(name)
        rest = _MORE.match(text, end) or (cell.isdigit() and len(cell) <= 3 and _THOUSANDS.match(text, end))
        before = start > 0 and text[start - 1].isdigit() and cell[0].isdigit()
        if (rest and end == found.end()) or (before and start > found.start()):
            shown = text[start - before : rest.end() if rest else end]
            raise ValueError(f"the expression for {name!r} cuts a number, {shown!r}, and reads {cell!r}; use \\S+")
