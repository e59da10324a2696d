"""Dictionaries: JSON on each line or in one file, Transformers' trainer_state.json and output, histories of lists."""

import functools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from loganneal import _limits
from loganneal._checks import printable
from loganneal._reading import bounded
from loganneal.diagnosis.logs.history import history_of, history_table
from loganneal.diagnosis.logs.phases import of_phases
from loganneal.diagnosis.logs.table import Table, table_of
from loganneal.diagnosis.logs.text import LogError, read_text

TRAINER_STATE = "trainer_state.json"

_JSON = re.compile(r"\s*[{\[]\s*[{\[\"]")
"""How JSON lines begin; a line of text may begin with a time in brackets, and Python prints names in single quotes."""


def json_table(file: Path, text: str) -> Table | None:
    """A file of dictionaries as a table; None if it has none.

    Raises:
        LogError: It is JSON of something else, or nested too deeply.
    """
    if text.lstrip().startswith(("{", "[")):
        try:
            return _whole(file, _parsed(file, text))
        except json.JSONDecodeError:
            pass
    return _lines(file, text) if _JSON.match(text) else _embedded(file, text)


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
    if isinstance(value, dict) and (lists := history_of(dict(_flat(value, _limits.LOG_NESTING)))):
        return history_table(file, lists)
    if isinstance(value, dict) and "log_history" not in value and _holds_numbers(value):
        value = [value]  # the first of several lines
    if not isinstance(value, list) or not value or not all(isinstance(row, dict) for row in value):
        raise LogError(
            f"{printable(file)} is JSON, but not a log: it is not a list of dictionaries, and it has no list "
            f"'log_history' of dictionaries, as Transformers' {TRAINER_STATE} has."
        )
    return table_of(file, of_phases([(f"entry {number}", _row(row)) for number, row in enumerate(value, 1)]))


def _holds_numbers(value: dict[str, Any]) -> bool:
    return any(isinstance(item, int | float) for item in value.values())


def _lines(file: Path, text: str) -> Table:
    """One dictionary per line; a last line that is cut off is skipped."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    notes: list[str] = []
    return table_of(file, of_phases(list(_dictionaries(file, lines, notes))), notes)


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


def _embedded(file: Path, text: str) -> Table | None:
    """Dictionaries at the ends of lines, if most lines have one: JSON, or as Python prints them.

    The lines of fairseq begin with a time and a name, and those of Transformers may begin with a progress bar.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    ends = [(number, line[line.index("{") :]) for number, line in lines if "{" in line and line.endswith("}")]
    found = [(f"line {number}", _row(value)) for number, end in ends if (value := _dictionary(end)) is not None]
    if 2 * len(found) <= len(lines):
        return None
    rest = len(lines) - len(found)
    return table_of(file, of_phases(found), [f"Lines without a dictionary that were ignored: {rest}."] if rest else [])


def _dictionary(text: str) -> dict[str, Any] | None:
    """A dictionary in JSON, or as Python prints one of numbers and names; None if it is neither.

    >>> _dictionary('{"loss": 2.5}'), _dictionary("{'loss': nan, 'learning_rate': '5e-06', 'best': None}")
    ({'loss': 2.5}, {'loss': nan, 'learning_rate': '5e-06', 'best': None})
    """
    for form in (text, _as_json(text)):
        try:
            value = bounded(functools.partial(json.loads, form))
        except ValueError:
            continue
        return value if isinstance(value, dict) else None
    return None


_SCALAR = re.compile(r"(?:np|numpy)\.\w+\(([^()]*)\)")
"""A number as NumPy prints it within a dictionary."""

_WORDS = {"nan": "NaN", "inf": "Infinity", "None": "null", "True": "true", "False": "false"}
_PYTHON = re.compile(r"'([^'\"\\]*)'|\b(nan|inf|None|True|False)\b")


def _as_json(text: str) -> str:
    """What Python prints for a dictionary of numbers and names, as JSON."""
    plain = _SCALAR.sub(r"\1", text)
    return _PYTHON.sub(lambda match: _WORDS[match[2]] if match[2] else f'"{match[1]}"', plain)


def _row(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """A dictionary as a row."""
    return dict(_flat(value, _limits.LOG_NESTING))


def _flat(value: Mapping[str, Any], depth: int) -> Iterator[tuple[str, Any]]:
    for name, cell in value.items():
        if isinstance(cell, dict):
            if depth > 0:
                yield from ((f"{name}/{inner}", item) for inner, item in _flat(cell, depth - 1))
        else:
            yield name, cell
