"""The columns that were taken, assembled to a log at the steps of its losses."""

from dataclasses import dataclass, field

import numpy as np

from loganneal.diagnosis import Log
from loganneal.diagnosis.log import Numbers
from loganneal.diagnosis.logs import limits, names
from loganneal.diagnosis.logs.columns import Choice
from loganneal.diagnosis.logs.counting import Positions, place
from loganneal.diagnosis.logs.names import Quantity
from loganneal.diagnosis.logs.reading import Reading
from loganneal.diagnosis.logs.table import Table
from loganneal.diagnosis.logs.text import LogError, printable

Cells = dict[int, float]
"""Numbers by the row they stand in."""


@dataclass
class _Sources:
    """The numbers of each quantity by row, and what was noted on the way."""

    cells: dict[Quantity, Cells]
    notes: list[str] = field(default_factory=list)

    def of(self, quantity: Quantity) -> Cells:
        return self.cells.get(quantity, {})


def assemble(table: Table, choice: Choice, steps_per_epoch: float | None = None, *, diverged: bool = False) -> Reading:
    """A log at the steps of its losses, from everything that was written.

    Args:
        table: The log, of one run.
        choice: The columns to read.
        steps_per_epoch: Updates of an epoch; None for what the log says.
        diverged: As in `Log`.

    Raises:
        LogError: A number is not allowed where it stands, or no row has both a step and a loss.
    """
    sources = _sources(table, choice)
    losses = _training(table, sources)
    counter = _counter(table, sources, losses)
    whole_epochs = choice.counter == names.EPOCHS
    found = place(counter, sources.of(Quantity.EPOCH), whole_epochs=whole_epochs)
    at = _Placed(table, found, sources)
    step, loss = _averaged(found, losses, sources)
    validation = at.series(_finite(sources.of(Quantity.VALIDATION_LOSS)))
    log = Log(
        step=step,
        lr=_rates(table, at, sources, step),
        loss=loss,
        validation_step=list(validation),
        validation_loss=list(validation.values()),
        grad_norm=_exact(at.series(sources.of(Quantity.GRAD_NORM)), step),
        steps_per_epoch=_epoch_length(at, choice, sources, found, steps_per_epoch),
        diverged=diverged,
        relative=_is_relative(table),
    )
    return _reading(table, choice, sources, log, found)


def _sources(table: Table, choice: Choice) -> _Sources:
    cells: dict[Quantity, Cells] = {}
    for quantity, columns in choice.columns.items():
        by_column = [dict(zip((v := table.values(name)).rows, v.numbers.tolist(), strict=True)) for name in columns]
        joined = quantity is Quantity.STEP
        cells[quantity] = _first_of(by_column) if joined else _sum_of(by_column)
    return _Sources(cells)


def _first_of(columns: list[Cells]) -> Cells:
    return dict(sorted({row: value for column in reversed(columns) for row, value in column.items()}.items()))


def _sum_of(columns: list[Cells]) -> Cells:
    """Rows in which every column has a number."""
    first, *others = columns
    return {row: value + sum(o[row] for o in others) for row, value in first.items() if all(row in o for o in others)}


def _training(table: Table, sources: _Sources) -> Cells:
    """The training losses; NaN is left out where the row holds something else, and counts where the run has failed."""
    losses = sources.of(Quantity.LOSS)
    lost = [row for row, value in losses.items() if np.isnan(value)]
    holes = set(_nan_holes(losses, lost, sources))
    if holes:
        sources.notes.append(f"{len(holes)} rows with nan for a training loss hold other values: these are no losses.")
    filtered = {row for row, norm in sources.of(Quantity.GRAD_NORM).items() if np.isnan(norm) and losses.get(row) == 0}
    if filtered:
        sources.notes.append(
            f"{len(filtered)} rows have a loss of exactly 0 and a gradient that is not a number, as Transformers writes "
            "a loss that is not finite: these are failures."
        )
    return {row: np.nan if row in filtered else value for row, value in losses.items() if row not in holes}


def _nan_holes(losses: Cells, lost: list[int], sources: _Sources) -> list[int]:
    """Of the rows whose loss is NaN those that have none: rows of validation, rows without the rate that others have."""
    if not lost or len(lost) == len(losses):
        return []
    finite = [row for row, value in losses.items() if np.isfinite(value)]
    if 2 * len(lost) >= len(losses) and finite and finite[-1] > lost[len(lost) // 2]:
        return lost  # every other row or more, and losses go on: one is logged less often than something else
    validation, rates = _finite(sources.of(Quantity.VALIDATION_LOSS)), _finite(sources.of(Quantity.LR))
    alone = sum(row in validation for row in finite) < len(finite) / 2
    rated = any(row in rates for row in finite)
    return [row for row in lost if (row in validation and alone) or (rated and row not in rates)]


def _finite(cells: Cells) -> Cells:
    return {row: value for row, value in cells.items() if np.isfinite(value)}


def _counter(table: Table, sources: _Sources, losses: Cells) -> Cells:
    """The step of each row with a training loss."""
    steps = sources.of(Quantity.STEP)
    for row, value in steps.items():
        if not abs(value) <= limits.LARGEST_STEP and row in losses:
            raise table.refuse(row, f"has the step {value}, which is not finite or beyond 2^53")
    counter = {row: steps[row] for row in losses if row in steps}
    if not counter:
        raise LogError(f"{printable(table.file)} has no row with both a step and a training loss.")
    if len(counter) < len(losses):
        sources.notes.append(f"{len(losses) - len(counter)} rows with a training loss have no step, and were passed over.")
    return counter


class _Placed:
    """The steps of rows that hold no training loss, by those around them."""

    def __init__(self, table: Table, found: Positions, sources: _Sources) -> None:
        self.found, self.steps, self.in_order = found, sources.of(Quantity.STEP), table.in_order
        self.rows = np.array(sorted(found.step))
        self.at = np.array([found.step[row] for row in self.rows.tolist()])
        self.anew = np.array(sorted(found.offset))

    def series(self, cells: Cells) -> Cells:
        """Values by step, in order of the steps; of several at a step the last."""
        placed = {step: value for row, value in cells.items() if (step := self._step(row)) is not None}
        return dict(sorted(placed.items()))

    def _step(self, row: int) -> float | None:
        if row in self.found.step:
            return self.found.step[row]
        own = self.steps.get(row)
        if row in self.found.replaced or (own is not None and not abs(own) <= limits.LARGEST_STEP):
            return None
        if not self.in_order:
            return own
        return self._between(row, own)

    def _between(self, row: int, own: float | None) -> float | None:
        """The row's own step, if the rows before and after allow it: rows of validation may count in epochs."""
        after = int(np.searchsorted(self.rows, row))
        before = float(self.at[after - 1]) if after else None
        low, high = before if before is not None else -np.inf, self.at[after] if after < len(self.at) else np.inf
        shifted = None if own is None else own + self._offset(row)
        if shifted is not None and low <= shifted <= high:
            return shifted
        return before

    def _offset(self, row: int) -> float:
        place = int(np.searchsorted(self.anew, row, side="right"))
        return self.found.offset[int(self.anew[place - 1])] if place else 0.0


def _averaged(found: Positions, losses: Cells, sources: _Sources) -> tuple[Numbers, Numbers]:
    """Steps and losses in order; the losses of rows at the same step, as of small batches of one update, averaged."""
    rows = list(found.step)
    steps, values = np.array(list(found.step.values())), np.array([losses[row] for row in rows])
    unique, place, count = np.unique(steps, return_inverse=True, return_counts=True)
    if len(unique) == len(steps):
        return unique, values[np.argsort(steps, kind="stable")]
    sources.notes.append(f"{len(steps) - len(unique)} rows have the step of another: their losses were averaged.")
    with np.errstate(over="ignore", invalid="ignore"):
        return unique, np.bincount(place, weights=values) / count


def _rates(table: Table, at: _Placed, sources: _Sources, steps: Numbers) -> Numbers:
    """The rate logged last at or before each step; before the first of them, the first; none if none was logged."""
    cells = sources.of(Quantity.LR)
    for row, value in cells.items():
        if value < 0 or value > limits.LARGEST_RATE:
            raise table.refuse(row, f"has the learning rate {value:g}, which no run has")
    series = at.series(_finite(cells))
    if not series:
        return np.zeros(0)
    known, values = np.array(list(series)), np.array(list(series.values()))
    latest: Numbers = values[np.maximum(np.searchsorted(known, steps, side="right") - 1, 0)]
    return latest


def _exact(series: Cells, steps: Numbers) -> list[float]:
    """The value logged at each step, else NaN; nothing if none was."""
    return [series.get(step, np.nan) for step in steps.tolist()] if series else []


def _epoch_length(
    at: _Placed, choice: Choice, sources: _Sources, found: Positions, given: float | None
) -> float | None:
    """Steps of an epoch, in the unit of the counter."""
    if choice.counter == names.EPOCHS:
        return _rows_per_epoch(sources, found)
    if given is not None and choice.counter not in {names.FRAMES, names.SAMPLES, names.LOG_CALLS}:
        return given
    if given is not None:
        column = choice.columns[Quantity.STEP][0]
        sources.notes.append(f"The steps of an epoch that were given count updates, which {column!r} does not.")
    return _logged_length(at.series(_finite(sources.of(Quantity.EPOCH))))


def _rows_per_epoch(sources: _Sources, found: Positions) -> float:
    """One, or where rows are the steps, the rows of an epoch."""
    if len(set(found.step.values())) != len(found.step) or not found.notes:
        return 1.0
    epochs = [sources.of(Quantity.STEP)[row] for row in found.step]
    repeated = len(set(epochs)) < len(epochs) and not found.anew and not found.replaced
    return len(epochs) / len(set(epochs)) if repeated else 1.0


def _logged_length(series: Cells) -> float | None:
    """Steps of an epoch from the epoch logged at each step, whole or fractional; None if it does not change."""
    values, first = np.unique(np.array(list(series.values())), return_index=True)
    if len(values) < 2:
        return None
    steps = np.array(list(series))[first]
    start = 1 if len(values) > 2 else 0  # the log may begin within an epoch
    length = (steps[-1] - steps[start]) / (values[-1] - values[start])
    return float(length) if np.isfinite(length) and length > 0 else None


def _is_relative(table: Table) -> bool:
    """Whether a reward is logged beside the loss."""
    rewarded = (name for name in table.columns if {"reward", "rew"} & set(names.words(name)))
    return any(table.numeric(name) is not None for name in rewarded)


def _reading(table: Table, choice: Choice, sources: _Sources, log: Log, found: Positions) -> Reading:
    used = {name for columns in choice.columns.values() for name in columns}
    rows = {row for cells in sources.cells.values() for row, value in cells.items() if not np.isnan(value)}
    kept = {row for row in rows if _holds_more_than_a_step(row, sources)} - found.replaced
    taken = {str(quantity): " + ".join(columns) for quantity, columns in choice.columns.items() if columns}
    return Reading(
        log=log,
        taken=taken,
        why={str(quantity): reason for quantity, reason in choice.reasons.items()},
        rows_read=len(table.places),
        rows_used=len(kept),
        passed_over=tuple(name for name in table.columns if name not in used),
        holes=_holes(table, choice, sources),
        counter_restarts=tuple(table.places[row] for row in found.anew),
        notes=(*table.notes, *sources.notes, *found.notes, *_without_rate(log)),
    )


def _without_rate(log: Log) -> tuple[str, ...]:
    if log.has_rate:
        return ()
    return (
        "There is no learning rate: only the rules that need none can be asked. If a column holds it under another name, "
        "name it by --column lr=NAME.",
    )


def _holds_more_than_a_step(row: int, sources: _Sources) -> bool:
    needed = (Quantity.LOSS, Quantity.VALIDATION_LOSS, Quantity.LR, Quantity.GRAD_NORM)
    return any(row in sources.of(quantity) for quantity in needed)


def _holes(table: Table, choice: Choice, sources: _Sources) -> dict[str, int]:
    """Rows without a number, by quantity."""
    found = {}
    for quantity in choice.columns:
        there = sum(not np.isnan(value) for value in sources.of(quantity).values())
        if there < len(table.places):
            found[str(quantity)] = len(table.places) - there
    return found
