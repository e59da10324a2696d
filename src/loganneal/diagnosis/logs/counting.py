"""Where the rows of a log are in the run: counters that start again, runs that were resumed, rows at the same step."""

from dataclasses import dataclass, field

import numpy as np

from loganneal.diagnosis.log import Numbers


@dataclass
class Positions:
    """Steps of rows from the beginning of the run.

    Args:
        step: By row.
        offset: What was added to the counter, by row at which it started again.
        anew: The rows at which the counter started again.
        replaced: Rows that a resumed run wrote again.
        notes: What was done, a sentence each.
        rows_are_steps: Whether the rows were counted, since many have the same epoch.
    """

    step: dict[int, float]
    offset: dict[int, float] = field(default_factory=dict)
    anew: list[int] = field(default_factory=list)
    replaced: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    rows_are_steps: bool = False


def place(counter: dict[int, float], epochs: dict[int, float], *, whole_epochs: bool) -> Positions:
    """The steps of rows with a training loss, in the order in which they were logged.

    A counter that falls back to where it began has started again, in each epoch or in each fit: the rows follow those
    before. One that falls back by less is that of a run that was resumed: the later rows count. Steps that are all
    different are sorted.

    Args:
        counter: The counter of each row, at least one.
        epochs: The epoch of each row that logs it.
        whole_epochs: Whether the counter is one of epochs: with many rows in one epoch, the rows are counted.
    """
    rows, steps = list(counter), np.array(list(counter.values()))
    falls = np.flatnonzero(np.diff(steps) < 0) + 1
    if whole_epochs and 2 * len(np.unique(steps)) <= len(steps) and np.any(np.diff(steps) == 0):
        return Positions(dict(zip(rows, range(len(rows)), strict=True)), notes=[_MANY], rows_are_steps=True)
    if not len(falls):
        return Positions(counter)
    if len(np.unique(steps)) == len(steps):
        return Positions(counter, notes=["The rows were not in the order of their steps and were sorted."])
    return _pieces(rows, steps, falls.tolist(), epochs)


_MANY = "Several rows have the same epoch, so rows are taken as steps."


def _pieces(rows: list[int], steps: Numbers, falls: list[int], epochs: dict[int, float]) -> Positions:
    """Rows between the falls of a counter, one piece after another."""
    gap = float(np.median(np.diff(steps)[np.diff(steps) > 0])) if np.any(np.diff(steps) > 0) else 1.0
    found = Positions({})
    first, offset = steps[0], 0.0
    for start, stop in zip([0, *falls], [*falls, len(rows)], strict=True):
        if start and _begins_anew(steps[start], first, gap, _next_epoch(rows, start, epochs)):
            offset += steps[start - 1] - steps[start] + gap
            first = steps[start]
            found.anew.append(rows[start])
            found.offset[rows[start]] = offset
        elif start:
            _replace(found, steps[start] + offset)
        found.step |= dict(zip(rows[start:stop], (steps[start:stop] + offset).tolist(), strict=True))
    found.notes.extend(_told(found))
    return found


def _begins_anew(step: float, first: float, gap: float, next_epoch: bool | None) -> bool:
    return step <= first or (step < first + gap if next_epoch is None else next_epoch)


def _next_epoch(rows: list[int], start: int, epochs: dict[int, float]) -> bool | None:
    """Whether the epoch grows where the counter falls back; None if that is not logged."""
    before, after = epochs.get(rows[start - 1]), epochs.get(rows[start])
    return None if before is None or after is None else after > before


def _replace(found: Positions, step: float) -> None:
    """A run was resumed at a step: what was logged from there on is replaced."""
    late = [row for row, at in found.step.items() if at >= step]
    found.replaced.update(late)
    for row in late:
        del found.step[row]


def _told(found: Positions) -> list[str]:
    notes = []
    if found.anew:
        times = f"{len(found.anew)} time{'s' * (len(found.anew) > 1)}"
        notes.append(f"The counter starts again {times}: the rows after that were appended to those before.")
    if found.replaced:
        notes.append(f"A resumed run wrote steps again: {len(found.replaced)} earlier rows were replaced.")
    return notes
