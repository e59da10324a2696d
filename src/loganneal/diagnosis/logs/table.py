"""A log as columns of cells, as they were written, before they are interpreted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from loganneal import _limits
from loganneal._checks import printable
from loganneal.diagnosis.log import Numbers
from loganneal.diagnosis.logs.text import NAMED, LogError
from loganneal.diagnosis.logs.values import is_grouped, number, numbers


@dataclass(frozen=True)
class Column:
    """The cells of a column that were written: the rows they are in, in order, and their contents."""

    rows: list[int] = field(default_factory=list)
    cells: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Values:
    """The numbers of a column: the rows they are in, in order, and the numbers; NaN is kept, holes are left out."""

    rows: list[int]
    numbers: Numbers

    @property
    def finite(self) -> Numbers:
        """The numbers that are finite."""
        return self.numbers[np.isfinite(self.numbers)]


@dataclass(frozen=True)
class Table:
    """The rows of a log by columns.

    Args:
        file: Where it was read.
        places: What each row is called in a message, such as "line 3".
        columns: Cells by the name of their column, in the order of the file.
        notes: What was skipped while reading, a sentence each.
        comma: Whether a comma may be the decimal point in a cell.
        log_calls: A column that counts log calls, whatever its name says.
        in_order: Whether rows are in the order in which they were logged; those of several event files are not.
    """

    file: Path
    places: list[str]
    columns: dict[str, Column]
    notes: tuple[str, ...] = ()
    comma: bool = False
    log_calls: str = ""
    in_order: bool = True

    def with_columns(self, columns: dict[str, Column]) -> "Table":
        """The same table with other columns."""
        return replace(self, columns=columns)

    def values(self, name: str) -> Values:
        """A column as numbers.

        Raises:
            LogError: A cell is something else; the message says where.
        """
        column = self.columns[name]
        rows, found = [], []
        for row, cell in zip(column.rows, column.cells, strict=True):
            try:
                value = number(cell, comma=self.comma)
            except ValueError:
                why = "has a separator of thousands: write it without" if is_grouped(cell) else "is not a number"
                raise self.refuse(row, f"holds {_short(cell)} under {name!r}, which {why}") from None
            if value is not None:
                rows.append(row)
                found.append(value)
        return Values(rows, np.array(found, dtype=float))

    def numeric(self, name: str) -> Values | None:
        """A column as numbers; None if it has something else, or no number at all.

        Raises:
            LogError: Half of the cells or more are numbers, and one is not.
        """
        try:
            values = self.values(name)
        except LogError:
            if 2 * sum(map(self._is_number, self.columns[name].cells)) >= len(self.columns[name].cells):
                raise
            return None
        return values if values.rows else None

    def _is_number(self, cell: Any) -> bool:
        try:
            return number(cell, comma=self.comma) is not None
        except ValueError:
            return False

    def refuse(self, row: int, words: str) -> LogError:
        """The error for a row."""
        return LogError(f"{printable(self.file)}: {self.places[row]} {words}.")


def table_of(
    file: Path, rows: Iterable[tuple[str, Mapping[str, Any]]], notes: Iterable[str] = (), *, comma: bool = False
) -> Table:
    """A table of rows by the names of their columns; names are made printable.

    Args:
        file: Where they were read.
        rows: What a row is called, and its cells.
        notes: What was skipped, a sentence each.
        comma: As in `Table`.

    Raises:
        LogError: There are too many rows or columns.
    """
    places: list[str] = []
    columns: dict[str, Column] = {}
    named: dict[str, Column] = {}
    for row, (place, cells) in enumerate(rows):
        places.append(place)
        for name, cell in cells.items():
            if cell is not None:
                column = named.get(name) or columns.setdefault(printable(name), Column())
                named[name] = column
                column.rows.append(row)
                column.cells.append(cell)
        if row >= _limits.LOG_ROWS or len(columns) > _limits.LOG_COLUMNS:
            raise LogError(
                f"{printable(file)} has more than {_limits.LOG_ROWS:,} rows or {_limits.LOG_COLUMNS:,} columns."
            )
    return Table(file, places, columns, tuple(notes), comma)


def split_lists(table: Table) -> Table:
    """The table with a column of its own for each place in cells with several numbers, such as `[0.01, 0.1]`."""
    columns: dict[str, Column] = {}
    for name, column in table.columns.items():
        columns |= _parts(name, column) if _is_list(column.cells[0]) else {name: column}
    return table.with_columns(columns)


def _is_list(cell: Any) -> bool:
    try:
        return len(numbers(cell)) > 1
    except ValueError:
        return False


def _parts(name: str, column: Column) -> dict[str, Column]:
    parts: dict[str, Column] = {}
    for row, cell in zip(column.rows, column.cells, strict=True):
        try:
            found = numbers(cell)
        except ValueError:
            return {name: column}
        for place, value in enumerate(found[:NAMED]):
            part = parts.setdefault(f"{name}[{place}]", Column())
            part.rows.append(row)
            part.cells.append(value)
    return parts


def _short(cell: Any) -> str:
    text = repr(cell)
    return printable(text if len(text) <= 40 else text[:37] + "...")
