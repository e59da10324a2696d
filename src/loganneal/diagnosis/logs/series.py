"""The columns that were taken, assembled into a log at the steps of its losses."""

import numpy as np

from loganneal import _limits
from loganneal._checks import printable
from loganneal.diagnosis import Log
from loganneal.diagnosis.log import Numbers
from loganneal.diagnosis.logs import names
from loganneal.diagnosis.logs.columns import Choice
from loganneal.diagnosis.logs.counting import Positions, place
from loganneal.diagnosis.logs.epochs import epoch_length
from loganneal.diagnosis.logs.names import Quantity
from loganneal.diagnosis.logs.placing import Placed
from loganneal.diagnosis.logs.reading import Reading
from loganneal.diagnosis.logs.sources import Cells, Curve, Sources, sources_of, training_losses
from loganneal.diagnosis.logs.table import Table
from loganneal.diagnosis.logs.text import LogError


def assemble(table: Table, choice: Choice, steps_per_epoch: float | None = None, *, diverged: bool = False) -> Reading:
    """A log at the steps of its losses, from everything that was written.

    Args:
        table: The log, of one run.
        choice: The columns to read.
        steps_per_epoch: Updates of an epoch; None for what the log says.
        diverged: As in `Log`.

    Raises:
        LogError: A number is not allowed where it is, or no row has both a step and a loss.
    """
    sources = sources_of(table, choice)
    losses = training_losses(sources)
    counter = _counter(table, sources, losses)
    whole_epochs = choice.counter == names.EPOCHS
    found = place(counter, sources.of(Quantity.EPOCH), whole_epochs=whole_epochs)
    at = Placed(found, sources.of(Quantity.STEP), in_order=table.in_order)
    step, loss = _averaged(found, losses, sources)
    validation = at.series(sources.finite(Quantity.VALIDATION_LOSS))
    log = Log(
        step=step,
        lr=_rates(table, at, sources, step),
        loss=loss,
        validation_step=list(validation),
        validation_loss=list(validation.values()),
        grad_norm=_exact(at.series(sources.of(Quantity.GRAD_NORM)), step),
        steps_per_epoch=epoch_length(at, choice, sources, found, steps_per_epoch),
        diverged=diverged,
        relative=_is_relative(table),
        unit="rows" if found.rows_are_steps else _UNITS.get(choice.counter, "updates"),
    )
    return _reading(table, choice, sources, log, found)


_UNITS = {
    names.FRAMES: "frames",
    names.SAMPLES: "samples",
    names.LOG_CALLS: "log calls",
    names.EPOCHS: "epochs",
}
"""What counters other than those of updates count."""


def _counter(table: Table, sources: Sources, losses: Cells) -> Cells:
    """The step of each row with a training loss."""
    steps = sources.of(Quantity.STEP)
    for row, value in steps.items():
        if not abs(value) <= _limits.LOGGED_STEP and row in losses:
            raise table.refuse(row, f"has the step {value}, which is not finite or beyond 2^53")
    counter = {row: steps[row] for row in losses if row in steps}
    if not counter:
        raise LogError(f"{printable(table.file)} has no row with both a step and a training loss.")
    if len(counter) < len(losses):
        sources.notes.append(f"{len(losses) - len(counter)} rows with a training loss have no step and were ignored.")
    return counter


def _averaged(found: Positions, losses: Cells, sources: Sources) -> tuple[Numbers, Numbers]:
    """Steps and losses in order; the losses of rows at the same step, such as small batches of one update, averaged."""
    rows = list(found.step)
    steps, values = np.array(list(found.step.values())), np.array([losses[row] for row in rows])
    unique, place, count = np.unique(steps, return_inverse=True, return_counts=True)
    if len(unique) == len(steps):
        return unique, values[np.argsort(steps, kind="stable")]
    sources.notes.append(
        f"{len(steps) - len(unique)} rows have the same step as another row: their losses were averaged."
    )
    with np.errstate(over="ignore", invalid="ignore"):
        return unique, np.bincount(place, weights=values) / count


def _rates(table: Table, at: Placed, sources: Sources, steps: Numbers) -> Numbers:
    """The rate logged last at or before each step; before the first of them, the first; none if none was logged."""
    cells = sources.of(Quantity.LR)
    for row, value in cells.items():
        if value < 0 or value > _limits.LOGGED_RATE:
            raise table.refuse(row, f"has the learning rate {value:g}, which is impossible")
    series = at.series(sources.finite(Quantity.LR))
    if not series:
        return np.zeros(0)
    known, values = np.array(list(series)), np.array(list(series.values()))
    latest: Numbers = values[np.maximum(np.searchsorted(known, steps, side="right") - 1, 0)]
    return latest


def _exact(series: Curve, steps: Numbers) -> list[float]:
    """The value logged at each step, else NaN; nothing if none was."""
    return [series.get(step, np.nan) for step in steps.tolist()] if series else []


def _is_relative(table: Table) -> bool:
    """Whether a reward is logged beside the loss."""
    rewarded = (name for name in table.columns if {"reward", "rew"} & set(names.words(name)))
    return any(table.numeric(name) is not None for name in rewarded)


def _reading(table: Table, choice: Choice, sources: Sources, log: Log, found: Positions) -> Reading:
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
        "There is no learning rate: only rules that need none can be applied. If a column holds it, name it with "
        "--column lr=NAME.",
    )


def _holds_more_than_a_step(row: int, sources: Sources) -> bool:
    needed = (Quantity.LOSS, Quantity.VALIDATION_LOSS, Quantity.LR, Quantity.GRAD_NORM)
    return any(row in sources.of(quantity) for quantity in needed)


def _holes(table: Table, choice: Choice, sources: Sources) -> dict[str, int]:
    """Rows without a number, by quantity."""
    found = {}
    for quantity in choice.columns:
        there = sum(not np.isnan(value) for value in sources.of(quantity).values())
        if there < len(table.places):
            found[str(quantity)] = len(table.places) - there
    return found
