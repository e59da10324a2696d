"""A history as lists, one for each quantity, such as that of Keras."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loganneal._checks import printable
from loganneal.diagnosis.logs.names import COUNTERS, Quantity, quantity
from loganneal.diagnosis.logs.table import Table, table_of
from loganneal.diagnosis.logs.text import LogError, listed

Lists = dict[str, list[Any]]


def history_of(entries: Mapping[str, Any]) -> Lists:
    """The lists of a history; none if the entries are those of a single row, whose learning rates may be a list.

    Args:
        entries: The entries of a JSON dictionary; the names of nested ones are joined.

    >>> history_of({"loss": [2.0, 1.5], "lr": [0.1, 0.05], "best": 1})
    {'loss': [2.0, 1.5], 'lr': [0.1, 0.05]}
    >>> history_of({"step": 3, "loss": 2.0, "lr": [0.1, 0.05]})
    {}
    """
    lists = {name: cells for name, cells in entries.items() if isinstance(cells, list) and not _has_rows(cells)}
    curves = (cells for name, cells in lists.items() if quantity(name) is Quantity.LOSS)
    return lists if len(lists) == len(entries) or any(len(cells) > 1 for cells in curves) else {}


def history_table(file: Path, lists: Lists) -> Table:
    """Lists with one number per epoch, or per entry of a list of epochs or steps, as a table.

    Lists of another length are left out. A list may be shorter by one, if the run ended before its last validation.

    Raises:
        LogError: The rates or the steps have another length, so which of them belong to which loss is not known.
    """
    length = _usual_length(lists)
    kept = {name: cells for name, cells in lists.items() if len(cells) in {length, length - 1}}
    _check_apart(file, lists, kept)
    counter = {} if any(quantity(name) in COUNTERS for name in kept) else {"epoch": list(range(length))}
    columns = counter | kept
    rows = ({name: cells[row] for name, cells in columns.items() if row < len(cells)} for row in range(length))
    others = [printable(name) for name in lists if name not in kept]
    notes = [f"Lists of another length were ignored: {listed(others)}."] if others else []
    return table_of(file, ((f"entry {number}", row) for number, row in enumerate(rows, 1)), notes)


def _has_rows(cells: list[Any]) -> bool:
    return any(isinstance(cell, dict) for cell in cells)


def _usual_length(lists: Lists) -> int:
    """The length that most lists with a meaning have; of equally frequent ones, that of a training loss."""
    known = [name for name in lists if quantity(name)] or list(lists)
    counts = Counter(len(lists[name]) for name in known if len(lists[name]) > 1)
    losses = {len(lists[name]) for name in known if quantity(name) is Quantity.LOSS}
    return max(counts, key=lambda length: (counts[length], length in losses), default=1)


def _check_apart(file: Path, lists: Lists, kept: Lists) -> None:
    """Refuse rates or steps of another length than the losses."""
    needed = {Quantity.LR, *COUNTERS}
    apart = [name for name in lists if quantity(name) in needed and name not in kept and len(lists[name]) > 1]
    if apart:
        told = ", ".join(f"{printable(name)!r} has {len(lists[name]):,}" for name in (*kept, *apart))
        raise LogError(
            f"{printable(file)} has lists of different lengths: {told}. Which of their numbers belong together is not "
            "known. Write one dictionary for each step or epoch, on a line of its own, with the values that it has."
        )
