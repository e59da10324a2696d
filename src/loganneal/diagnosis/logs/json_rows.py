"""JSON: one dictionary per line, a list of dictionaries, Transformers' trainer_state.json, the history of Keras."""

import functools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from loganneal import _limits
from loganneal._checks import printable
from loganneal._reading import bounded
from loganneal.diagnosis.logs.table import Table, table_of
from loganneal.diagnosis.logs.text import LogError, read_text

TRAINER_STATE = "trainer_state.json"
VALIDATING = frozenset({"val", "valid", "validation", "eval", "evaluation", "dev", "test"})
COUNTED = frozenset({"epoch", "iter", "iteration", "step", "lr", "learning_rate", "mode"})
"""Not renamed in rows of validation."""


def json_table(file: Path, text: str) -> Table | None:
    """A JSON file as a table; None if it is not JSON.

    Raises:
        LogError: It is JSON of something else, or nested too deeply.
    """
    if not text.lstrip().startswith(("{", "[")):
        return _prefixed_lines(file, text)
    try:
        return _whole(file, _parsed(file, text))
    except json.JSONDecodeError:
        return _lines(file, text)


def json_file(file: Path) -> Any:
    """The contents of a JSON file.

    Raises:
        LogError: It is not JSON.
    """
    try:
        return _parsed(file, read_text(file))
    except json.JSONDecodeError as error:
        raise LogError(f"{printable(file)} is not JSON: {error}.") from error


def _parsed(file: Path, text: str) -> Any:
    try:
        return bounded(lambda: json.loads(text))
    except json.JSONDecodeError:
        raise
    except ValueError as error:  # nested too deeply, or a number of thousands of digits
        raise LogError(f"{printable(file)} holds JSON that cannot be read: {error}.") from error


def _whole(file: Path, value: Any) -> Table:
    """A file that is one value."""
    if isinstance(value, dict) and isinstance(value.get("log_history"), list):
        value = value["log_history"]
    if isinstance(value, dict) and value and all(isinstance(cells, list) for cells in value.values()):
        return _history(file, value)
    if isinstance(value, dict) and "log_history" not in value and _holds_numbers(value):
        value = [value]  # the first of several lines
    if not isinstance(value, list) or not value or not all(isinstance(row, dict) for row in value):
        raise LogError(
            f"{printable(file)} is JSON, but not a log: it is not a list of dictionaries, and it has no list "
            f"'log_history' of dictionaries, as Transformers' {TRAINER_STATE} has."
        )
    return table_of(file, ((f"entry {number}", _row(row)) for number, row in enumerate(value, 1)))


def _holds_numbers(value: dict[str, Any]) -> bool:
    return any(isinstance(item, int | float) for item in value.values())


def _history(file: Path, columns: dict[str, list[Any]]) -> Table:
    """The history of Keras: a list for each quantity, with one number per epoch."""
    longest = max(len(cells) for cells in columns.values())
    counter = {} if "epoch" in columns else {"epoch": list(range(longest))}
    named = {**counter, **columns}
    rows = ({name: cells[row] for name, cells in named.items() if row < len(cells)} for row in range(longest))
    return table_of(file, ((f"entry {number}", row) for number, row in enumerate(rows, 1)))


def _lines(file: Path, text: str) -> Table:
    """One dictionary per line; a last line that is cut off is skipped."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    notes: list[str] = []
    return table_of(file, list(_dictionaries(file, lines, notes)), notes)


def _dictionaries(
    file: Path, lines: list[tuple[int, str]], notes: list[str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, line in lines:
        try:
            value = _parsed(file, line)
        except json.JSONDecodeError as error:
            if number != lines[-1][0] or len(lines) == 1:
                raise LogError(f"{printable(file)} is not JSON: line {number}, {error.msg}.") from error
            notes.append("The last line is cut off and was ignored.")
            return
        if not isinstance(value, dict):
            raise LogError(f"{printable(file)}: line {number} is not a JSON dictionary.")
        yield f"line {number}", _row(value)


def _prefixed_lines(file: Path, text: str) -> Table | None:
    """Dictionaries at the ends of lines that begin with a time and a name, as fairseq writes them, if most have one."""
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    ends = [(number, line[line.index("{") :]) for number, line in lines if "{" in line and line.endswith("}")]
    found = []
    for number, end in ends:
        try:
            value = bounded(functools.partial(json.loads, end))
        except ValueError:
            continue
        if isinstance(value, dict):
            found.append((f"line {number}", _row(value)))
    if 2 * len(found) <= len(lines):
        return None
    rest = len(lines) - len(found)
    return table_of(file, found, [f"Lines without a dictionary that were ignored: {rest}."] if rest else [])


def _row(value: Mapping[str, Any]) -> dict[str, Any]:
    """A dictionary as a row; in a row of validation, its names say so."""
    row = dict(_flat(value, _limits.LOG_NESTING))
    mode = next((row[name] for name in ("mode", "split", "phase") if isinstance(row.get(name), str)), "")
    if mode.lower() not in VALIDATING:
        return row
    return {name if name in COUNTED else f"{mode.lower()}/{name}": cell for name, cell in row.items()}


def _flat(value: Mapping[str, Any], depth: int) -> Iterator[tuple[str, Any]]:
    for name, cell in value.items():
        if isinstance(cell, dict):
            if depth > 0:
                yield from ((f"{name}/{inner}", item) for inner, item in _flat(cell, depth - 1))
        else:
            yield name, cell
