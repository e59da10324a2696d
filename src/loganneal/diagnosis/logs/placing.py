"""The steps of rows without a training loss, from the rows around them."""

import numpy as np

from loganneal import _limits
from loganneal.diagnosis.logs.counting import Positions
from loganneal.diagnosis.logs.sources import Cells, Curve


class Placed:
    """Steps of rows, those with a training loss and the others.

    Args:
        found: The steps of rows with a training loss.
        counter: The counter of every row.
        in_order: Whether the rows are in the order in which they were logged.
    """

    def __init__(self, found: Positions, counter: Cells, *, in_order: bool) -> None:
        self._found, self._counter, self._in_order = found, counter, in_order
        self._rows = np.array(sorted(found.step))
        self._at = np.array([found.step[row] for row in self._rows.tolist()])
        self._anew = np.array(sorted(found.offset))

    def series(self, cells: Cells) -> Curve:
        """Values by step, in order of the steps; of several at one step, the last."""
        placed = {step: value for row, value in cells.items() if (step := self._step(row)) is not None}
        return {step: placed[step] for step in sorted(placed)}

    def _step(self, row: int) -> float | None:
        if row in self._found.step:
            return self._found.step[row]
        own = self._counter.get(row)
        if row in self._found.replaced or (own is not None and not abs(own) <= _limits.LOGGED_STEP):
            return None
        if not self._in_order:
            return own
        return self._between(row, own)

    def _between(self, row: int, own: float | None) -> float | None:
        """The row's own step, if the rows before and after allow it: rows of validation may count in epochs."""
        after = int(np.searchsorted(self._rows, row))
        before = float(self._at[after - 1]) if after else None
        low, high = before if before is not None else -np.inf, self._at[after] if after < len(self._at) else np.inf
        shifted = None if own is None else own + self._offset(row)
        if shifted is not None and low <= shifted <= high:
            return shifted
        return before

    def _offset(self, row: int) -> float:
        place = int(np.searchsorted(self._anew, row, side="right"))
        return self._found.offset[int(self._anew[place - 1])] if place else 0.0
