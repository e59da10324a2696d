"""How many steps an epoch has, from what the log says."""

import numpy as np

from loganneal.diagnosis.logs import names
from loganneal.diagnosis.logs.columns import Choice
from loganneal.diagnosis.logs.counting import Positions
from loganneal.diagnosis.logs.names import Quantity
from loganneal.diagnosis.logs.placing import Placed
from loganneal.diagnosis.logs.sources import Curve, Sources


def epoch_length(at: Placed, choice: Choice, sources: Sources, found: Positions, given: float | None) -> float | None:
    """Steps of an epoch, in the unit of the counter."""
    if choice.counter == names.EPOCHS:
        return _rows_per_epoch(sources, found)
    if given is not None and choice.counter not in {names.FRAMES, names.SAMPLES, names.LOG_CALLS}:
        return given
    if given is not None:
        column = choice.columns[Quantity.STEP][0]
        sources.notes.append(f"The given steps per epoch count updates, but {column!r} does not.")
    return _logged_length(at.series(sources.finite(Quantity.EPOCH)))


def _rows_per_epoch(sources: Sources, found: Positions) -> float:
    """One; or, if rows are the steps, the rows of an epoch."""
    if len(set(found.step.values())) != len(found.step) or not found.notes:
        return 1.0
    epochs = [sources.of(Quantity.STEP)[row] for row in found.step]
    repeated = len(set(epochs)) < len(epochs) and not found.anew and not found.replaced
    return len(epochs) / len(set(epochs)) if repeated else 1.0


def _logged_length(series: Curve) -> float | None:
    """Steps of an epoch from the epoch logged at each step, whole or fractional; None if it does not change."""
    values, first = np.unique(np.array(list(series.values())), return_index=True)
    if len(values) < 2:
        return None
    steps = np.array(list(series))[first]
    start = 1 if len(values) > 2 else 0  # the log may begin within an epoch
    length = (steps[-1] - steps[start]) / (values[-1] - values[start])
    return float(length) if np.isfinite(length) and length > 0 else None
