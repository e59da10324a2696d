"""The numbers of the columns that were taken, by row, and which of them are not values."""

from dataclasses import dataclass, field

import numpy as np

from loganneal.diagnosis.logs.columns import Choice
from loganneal.diagnosis.logs.names import Quantity
from loganneal.diagnosis.logs.table import Table

Cells = dict[int, float]
"""Numbers by the row they are in."""

Curve = dict[float, float]
"""Numbers by step, in order of the steps."""


@dataclass
class Sources:
    """The numbers of each quantity by row, and what was noted on the way."""

    cells: dict[Quantity, Cells]
    notes: list[str] = field(default_factory=list)

    def of(self, quantity: Quantity) -> Cells:
        """The numbers of a quantity; none if no column was taken for it."""
        return self.cells.get(quantity, {})

    def finite(self, quantity: Quantity) -> Cells:
        """The numbers of a quantity that are finite."""
        return {row: value for row, value in self.of(quantity).items() if np.isfinite(value)}


def sources_of(table: Table, choice: Choice) -> Sources:
    """The numbers of the columns that were taken.

    Raises:
        LogError: A cell is not a number; the message says where.
    """
    cells: dict[Quantity, Cells] = {}
    for quantity, columns in choice.columns.items():
        by_column = [_cells(table, name) for name in columns]
        cells[quantity] = _first_of(by_column) if quantity is Quantity.STEP else _sum_of(by_column)
    return Sources(cells)


def _cells(table: Table, name: str) -> Cells:
    values = table.values(name)
    return dict(zip(values.rows, values.numbers.tolist(), strict=True))


def _first_of(columns: list[Cells]) -> Cells:
    joined = {row: value for column in reversed(columns) for row, value in column.items()}
    return dict(sorted(joined.items()))


def _sum_of(columns: list[Cells]) -> Cells:
    """Rows in which every column has a number."""
    first, *others = columns
    return {row: value + sum(o[row] for o in others) for row, value in first.items() if all(row in o for o in others)}


def training_losses(sources: Sources) -> Cells:
    """The training losses; NaN is left out if the row has something else, and counts if the run has failed."""
    losses = sources.of(Quantity.LOSS)
    holes = _nan_holes(sources)
    if holes:
        sources.notes.append(f"nan stands for no training loss in {len(holes)} rows, which hold other values.")
    failed = {row for row, norm in sources.of(Quantity.GRAD_NORM).items() if np.isnan(norm) and losses.get(row) == 0}
    if failed:
        sources.notes.append(
            f"{len(failed)} rows have a loss of exactly 0 and a gradient that is not a number, as Transformers writes "
            "failures."
        )
    return {row: np.nan if row in failed else value for row, value in losses.items() if row not in holes}


def _nan_holes(sources: Sources) -> set[int]:
    """The rows whose NaN stands for no loss: rows of validation, or rows without the rate that others have."""
    losses, finite = sources.of(Quantity.LOSS), sources.finite(Quantity.LOSS)
    lost = [row for row, value in losses.items() if np.isnan(value)]
    if not lost or not finite:
        return set()
    if len(lost) >= len(finite) and max(finite) > lost[len(lost) // 2]:
        return set(lost)  # losses continue: they are logged less often than something else
    validation, rates = sources.finite(Quantity.VALIDATION_LOSS), sources.finite(Quantity.LR)
    apart = 2 * len(validation.keys() & finite.keys()) < len(finite)
    rated = bool(rates.keys() & finite.keys())
    return {row for row in lost if (apart and row in validation) or (rated and row not in rates)}
