"""Logs of several runs: W&B exports name a column "run - metric", other files have a column that names the run."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from loganneal._checks import printable
from loganneal.diagnosis.logs.names import COUNTERS, PARTS_OF_A_RUN, names_a_run, quantity, words
from loganneal.diagnosis.logs.table import Column, Table
from loganneal.diagnosis.logs.text import LogError, listed

_BETWEEN = " - "
_BOUNDS = ("__MIN", "__MAX")
"""W&B's columns beside each metric, with the smallest and the largest value of a bin."""


def choose_run(table: Table, run: str | None) -> tuple[Table, tuple[str, ...], tuple[str, ...]]:
    """The columns and the rows of one run, with its name removed; the columns passed over, and notes.

    Args:
        table: The log.
        run: The run that is asked for.

    Raises:
        LogError: There are several and none was asked for, or there is no such run.
    """
    kept, bounds = _without_bounds(table)
    by_column = _runs_of_columns(kept)
    by_row = {} if by_column else _runs_of_rows(kept)
    chosen = _chosen(table, list(by_column or by_row), run)
    if chosen is None:
        return kept, bounds, ()
    picked = _picked_columns(kept, chosen) if by_column else _picked_rows(kept, set(by_row[chosen]))
    if bounds:  # a W&B chart, whose axis is its _step unless it was changed
        picked = replace(picked, log_calls="Step")
    others = tuple(name for name in kept.columns if name not in picked.columns and not by_row)
    own = [name for name in others if not _is_of(name, chosen)]
    there = len(by_column or by_row)
    return (
        picked,
        (*bounds, *own),
        (f"Of {there} runs, {chosen!r} was read." if there > 1 else f"The run is {chosen!r}.",),
    )


def run_names(table: Table) -> tuple[str, ...]:
    """The names of a log's runs; none if it has one without a name."""
    kept, _ = _without_bounds(table)
    return tuple(_runs_of_columns(kept) or _runs_of_rows(kept))


def _without_bounds(table: Table) -> tuple[Table, tuple[str, ...]]:
    """The log without W&B's columns of bounds, and the names of those columns."""
    bounds = tuple(name for name in table.columns if name.endswith(_BOUNDS) and name[:-5] in table.columns)
    return table.with_columns({name: one for name, one in table.columns.items() if name not in bounds}), bounds


def _chosen(table: Table, names: list[str], run: str | None) -> str | None:
    if run is not None and run not in names:
        there = listed(names) if names else "the file has one run, without a name"
        raise LogError(f"{printable(table.file)} has no run {printable(run)!r}: {there}.")
    if run is None and len(names) > 1:
        raise LogError(f"{printable(table.file)} has {len(names)} runs: {listed(names)}. Choose one with --run NAME.")
    return run or (names[0] if names else None)


def _runs_of_columns(table: Table) -> dict[str, None]:
    """The runs that columns are named after; "train - loss" is not a column of a run named "train"."""
    named = dict.fromkeys(run for name in table.columns if (run := _run_of(name)))
    return {} if all(set(words(run)) <= PARTS_OF_A_RUN for run in named) else named


def _run_of(name: str) -> str:
    """The run that a column "run - metric" belongs to; "" if its name has another form.

    A run may itself be named "resnet - cosine", and a metric "train - loss".

    >>> _run_of("resnet - cosine - lr"), _run_of("bold-sun-7 - val - loss"), _run_of("lr")
    ('resnet - cosine', 'bold-sun-7', '')
    """
    parts = name.split(_BETWEEN)
    stop = len(parts) - 1
    while stop > 1 and set(words(parts[stop - 1])) <= PARTS_OF_A_RUN:
        stop -= 1
    return _BETWEEN.join(parts[:stop])


def _is_of(name: str, run: str) -> bool:
    return _run_of(name) == run


def _picked_columns(table: Table, run: str) -> Table:
    start = len(run) + len(_BETWEEN)
    own = {name[start:]: column for name, column in table.columns.items() if _is_of(name, run)}
    shared = {name: column for name, column in table.columns.items() if not _run_of(name)}
    return table.with_columns(shared | own)


def _runs_of_rows(table: Table) -> dict[str, list[int]]:
    """The rows of each run, if a column names it: several runs, each of several rows."""
    for name, column in table.columns.items():
        if not names_a_run(name):
            continue
        runs = _grouped(column)
        if runs and (names_a_run(name, surely=True) or _count_again(table, runs)):
            return runs
    return {}


def _count_again(table: Table, runs: dict[str, list[int]]) -> bool:
    """Whether several groups of rows have the same steps: a single run may log its seed, or draw another one."""
    for name, column in table.columns.items():
        if quantity(name) in COUNTERS:
            cells = dict(zip(column.rows, map(_text, column.cells), strict=True))
            counted = [{cells[row] for row in rows if row in cells} for rows in runs.values()]
            if len(runs) > 1 and counted[0] & counted[1]:
                return True
    return False


def _grouped(column: Column) -> dict[str, list[int]]:
    runs: dict[str, list[int]] = {}
    for row, cell in zip(column.rows, column.cells, strict=True):
        runs.setdefault(printable(_text(cell)), []).append(row)
    return runs if 2 * len(runs) <= len(column.rows) else {}


def _text(cell: Any) -> str:
    return str(cell).strip()


def _picked_rows(table: Table, rows: set[int]) -> Table:
    picked = {name: _only(column, rows) for name, column in table.columns.items()}
    return table.with_columns({name: column for name, column in picked.items() if column.rows})


def _only(column: Column, rows: set[int]) -> Column:
    pairs: Iterable[tuple[int, Any]] = zip(column.rows, column.cells, strict=True)
    kept = [(row, cell) for row, cell in pairs if row in rows]
    return Column([row for row, _ in kept], [cell for _, cell in kept])
