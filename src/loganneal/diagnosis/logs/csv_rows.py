"""CSV files, with any separator."""

import csv
import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from loganneal import _limits
from loganneal._checks import printable
from loganneal.diagnosis.logs.names import quantity
from loganneal.diagnosis.logs.phases import Row, of_phases
from loganneal.diagnosis.logs.table import Table, table_of
from loganneal.diagnosis.logs.text import LogError
from loganneal.diagnosis.logs.values import DECIMAL_COMMA, is_grouped, numbers

Line = tuple[int, str]
Rows = Sequence[Row]

_SENTENCE = re.compile(r"(?<!\d)[:=]\s*[-+.\d]|\|")
"""Seen in the first line of a log of sentences, as "loss: 2.3", and in no header; "mAP_0.5:0.95" may be a column."""

_WORD = re.compile(r"[^\W\d][\w/.\-\[\]]*")

LOOKED_AT = 50
"""Rows among which a table of numbers must have one number."""


def csv_table(file: Path, text: str) -> Table:
    """A CSV file as a table.

    Comments and repeated headers are skipped, which the table's notes say.

    Raises:
        LogError: It has no header, is a log of sentences, or has a line that cannot be read.
    """
    comments, lines = _without_comments(text)
    if not lines:
        raise LogError(f"{printable(file)} holds no rows.")
    header, lines = _header(file, comments, lines)
    separator = _separator(header[1])
    names = [name.strip() for name in _cells(file, header, separator)]
    if any(_SENTENCE.search(name) for name in names) or (separator is None and not all(map(_WORD.fullmatch, names))):
        raise _sentences(file)
    _check_names(file, names)
    reader = _Reader(file, names, separator, whole=text.endswith(("\n", "\r")))
    rows = of_phases(list(reader.rows(lines)))
    _check_numbers(file, names, rows)
    notes = [f"Lines that are comments were ignored: {len(comments)}."] if comments else []
    comma = separator not in {",", None}
    if comma:
        _check_points(file, rows)
    return table_of(file, rows, [*notes, *reader.notes], comma=comma)


class _Reader:
    """Lines as rows; what is skipped is noted."""

    def __init__(self, file: Path, names: list[str], separator: str | None, *, whole: bool) -> None:
        self.file, self.names, self.separator, self.whole = file, names, separator, whole
        self.short, self._notes = 0, list[str]()

    @property
    def notes(self) -> list[str]:
        """What was skipped, a sentence each."""
        blank = [f"Cells missing at the end of lines were read as blank, in {self.short} lines."]
        return [*self._notes, *(blank if self.short else [])]

    def rows(self, lines: list[Line]) -> Iterator[Row]:
        """The rows with their places, without repeated headers and a last line that is cut off."""
        for number, line in lines:
            cells = _cells(self.file, (number, line), self.separator)
            if [cell.strip() for cell in cells] == self.names:
                self._notes.append(f"Line {number} repeats the header and was ignored.")
            elif not self.whole and number == lines[-1][0] and len(cells) < len(self.names):
                self._notes.append(f"Line {number}, the last, is cut off and was ignored.")
            else:
                yield f"line {number}", self._row(number, cells)

    def _row(self, number: int, cells: list[str]) -> dict[str, Any]:
        if len(cells) != len(self.names) and self.separator is None:
            raise _sentences(self.file)
        if any(cell.strip() for cell in cells[len(self.names) :]):
            found, wanted = len(cells), len(self.names)
            raise LogError(f"{printable(self.file)}: line {number} has {found} cells, but the header has {wanted}.")
        self.short += len(cells) < len(self.names)
        return {name: cell for name, cell in zip(self.names, cells, strict=False) if name and cell.strip()}


def _without_comments(text: str) -> tuple[list[Line], list[Line]]:
    """Numbered lines that are comments, and the others; empty lines are left out."""
    numbered = [line for line in enumerate(re.split(r"\r\n|\n|\r", text), 1) if line[1].strip()]
    return [line for line in numbered if line[1].lstrip().startswith("#")], [
        line for line in numbered if not line[1].lstrip().startswith("#")
    ]


def _header(file: Path, comments: list[Line], lines: list[Line]) -> tuple[Line, list[Line]]:
    """The line with the names, and those below; numpy.savetxt writes the names as a comment."""
    first = _cells(file, lines[0], _separator(lines[0][1]))
    if not all(_is_number(cell) for cell in first):
        return lines[0], lines[1:]
    above = [(number, line.lstrip("# ")) for number, line in comments if number < lines[0][0]]
    if above and len(_cells(file, above[-1], _separator(above[-1][1]))) == len(first):
        return above[-1], lines
    raise LogError(
        f"{printable(file)} has no header: its first line holds numbers only. "
        "Write a line with the names of the columns above them, such as step,lr,loss."
    )


def _separator(header: str) -> str | None:
    """The separator of cells; None for blanks."""
    mark = max(",;\t", key=header.count)
    return mark if mark in header else None


def _cells(file: Path, line: Line, separator: str | None) -> list[str]:
    if separator is None:
        return line[1].split()
    try:
        return next(csv.reader([line[1]], delimiter=separator, strict=True))
    except csv.Error as error:
        problem = "has a quote that is not closed" if "unexpected end" in str(error) else f"is not CSV: {error}"
        raise LogError(f"{printable(file)}: line {line[0]} {problem}.") from error


def _check_names(file: Path, names: list[str]) -> None:
    if len(names) > _limits.LOG_COLUMNS:
        raise LogError(f"{printable(file)} has more than {_limits.LOG_COLUMNS:,} columns.")
    twice = next((name for name, group in itertools.groupby(sorted(names)) if name and len(list(group)) > 1), None)
    if twice is not None:
        raise LogError(f"{printable(file)} has two columns named {printable(twice)!r}: rename one of them.")


def _is_number(cell: str) -> bool:
    try:
        return len(numbers(cell, comma=True)) > 0
    except ValueError:
        return False


def _check_numbers(file: Path, names: list[str], rows: Rows) -> None:
    """A log of sentences has no cell that is a number, or a single cell in a line."""
    some = [cell for _, row in rows[:LOOKED_AT] for cell in row.values()]
    if len(names) < 2 or (rows and not any(map(_is_number, some))):
        raise _sentences(file)


def _check_points(file: Path, rows: Rows) -> None:
    """Beside decimal commas, a point may separate thousands: 1.000 could be 1 or 1000."""
    if not any(DECIMAL_COMMA.fullmatch(cell) for _, cell in _cells_with_meaning(rows, ",")):
        return
    for place, cell in _cells_with_meaning(rows, "."):
        if is_grouped(cell):
            raise LogError(
                f"{printable(file)}: {place} holds {cell!r}, which could be thousands or a decimal, since other cells "
                "have decimal commas. Write the numbers without separators of thousands."
            )


def _cells_with_meaning(rows: Rows, mark: str) -> Iterator[tuple[str, str]]:
    """The place and the text of each cell with a mark, in columns that the diagnosis uses."""
    cells = ((place, name, cell) for place, row in rows for name, cell in row.items() if mark in cell)
    return ((place, cell.strip()) for place, name, cell in cells if quantity(name))


def _sentences(file: Path) -> LogError:
    return LogError(
        f"{printable(file)} is not a table: its lines are sentences, or have one cell each. Write the log as CSV with "
        "a header such as step,lr,loss, as one JSON dictionary on each line, or for TensorBoard."
    )
