"""Where each cycle starts: whole numbers, decided by comparing whole numbers.

Cycle ``i`` starts ``S_i = floor(x_i + 1/2)`` steps after the warmup, with ``x_i = i T_0`` for equal cycles and
``x_i = T_0 (m**i - 1) / (m - 1)`` for cycles that grow by ``m``, evaluated in double precision in that order: the
starts are those of the double ``x_i``, which may be on the other side of a half from the exact value. No logarithm is
used to find ``i``: it could be off by rounding.
"""

import math
from bisect import bisect_right
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from loganneal.schedules._numeric import MAX_STEP, ArrayNamespace, Namespace, arrays, largest, scalar

MAX_CYCLES = 1_000_000
"""More cycles than this in a table could only be a mistake; without an end, they continue as far as steps do."""

Place = tuple[Any, Any, Any, Any, Any, Any]
"""The place of a step, in numbers or arrays: cycle, steps since its start, end of its rise, length of its rise, what is
left, length of its fall.

The rise is 0 if a cycle begins at its peak. The first three are whole, the end of the rise clipped to the whole numbers
of an array; lengths and what is left of the cycle may be floats, since they can exceed them.

A plain tuple: one is made at every training step, and a NamedTuple takes 0.7 microseconds longer to make, while the
whole rate takes 2.4.
"""


def round_half_up(x: float) -> int:
    """``floor(x + 1/2)`` without the rounding of the sum."""
    below = math.floor(x)
    return below + (x - below >= 0.5)


class Cycles:
    """The cycles of one schedule, counted from the end of its warmup.

    Args:
        first: ``T_0``, the length of the first cycle, at least 1; whole for equal cycles without an end.
        growth: ``m``, the ratio of a cycle's length to that of the previous one: 1, or at least 1.001.
        count: How many cycles there are; None for no end.
        rise_share: The share of a cycle, in [0, 1), that rises to its peak.
        first_rises: Whether the first cycle rises too; after a warmup it does not.
    """

    def __init__(
        self,
        first: float,
        growth: float,
        count: int | None,
        rise_share: float = 0.0,
        first_rises: bool = True,
    ) -> None:
        self.first = first
        self.growth = growth
        self.count = count
        self.rise_share = rise_share
        self.first_rises = first_rises
        self.equal = growth == 1 and isinstance(first, int)
        self.end = None if count is None else self.start(count)
        self._tables: dict[int, tuple[npt.NDArray[Any], ...]] = {}

    def start(self, cycle: int) -> int:
        """``S_i``, the step at which cycle ``i`` starts."""
        if self.equal:
            return cycle * int(self.first)
        if self.growth == 1:
            return round_half_up(cycle * self.first)
        try:
            return round_half_up(self.first * (self.growth**cycle - 1) / (self.growth - 1))
        except OverflowError:  # beyond the largest float, and so beyond every step
            return 2 * MAX_STEP

    def rise(self, cycle: int, length: int) -> int:
        """The steps that a cycle of this length takes to reach its peak: ``min(floor(w T_i + 1/2), T_i - 1)``."""
        if not self.rise_share or (cycle == 0 and not self.first_rises):
            return 0
        return min(round_half_up(self.rise_share * length), length - 1)

    def locate(self, step: Any, xp: Namespace) -> Place:
        """The place of a step before the end, or of each such step of an array."""
        if xp is not scalar:
            return self._locate_array(step, arrays(xp))
        if self.equal:
            length: Any = self.first
            cycle, elapsed = divmod(step, length)
        else:
            starts = self._starts
            cycle = bisect_right(starts, step) - 1
            elapsed = step - starts[cycle]
            length = starts[cycle + 1] - starts[cycle]
        rise = self.rise(cycle, length) if self.rise_share else 0  # saves a call at every step
        return (cycle, elapsed, rise, rise, length - elapsed, length - rise)

    def _locate_array(self, step: Any, xp: ArrayNamespace) -> Place:
        last = largest(xp)
        if self.equal and self.first <= last:
            length = int(self.first)
            cycle = step // length
            elapsed = step - cycle * length
            rise = xp.where(cycle == 0, self.rise(0, length), self.rise(1, length))
            return (cycle, elapsed, rise, rise, length - elapsed, length - rise)
        starts, ends, beyond, rises, climbs, falls = (xp.asarray(column) for column in self._table(last))
        cycle = xp.searchsorted(starts, step, side="right") - 1
        left = (ends[cycle] - step) + beyond[cycle]
        return (cycle, step - starts[cycle], rises[cycle], climbs[cycle], left, falls[cycle])

    def begun(self, step: int) -> int:
        """How many cycles begin at ``step`` or before."""
        if not self.equal:
            return min(bisect_right(self._starts, step), len(self._starts) - 1)
        begun = step // int(self.first) + 1
        return begun if self.count is None else min(begun, self.count)

    def bounds(self, count: int) -> npt.NDArray[np.int64]:
        """The starts of the first ``count`` cycles and the end of the last of them, at most `MAX_STEP`."""
        if not self.equal:
            return np.array([min(start, MAX_STEP) for start in self._starts[: count + 1]], dtype=np.int64)
        starts = np.arange(count, dtype=np.int64) * min(int(self.first), MAX_STEP)
        return np.append(starts, min(self.start(count), MAX_STEP))

    @cached_property
    def _starts(self) -> list[int]:
        """``S_0, S_1, ...`` to the end, or to the first one beyond every step: made once, searched by bisection."""
        starts = [0]
        while starts[-1] <= MAX_STEP and len(starts) - 1 != self.count:
            starts.append(self.start(len(starts)))
        return starts

    def _table(self, last: int) -> tuple[npt.NDArray[Any], ...]:
        """The columns for steps up to ``last``, made once: a million cycles take seconds."""
        if last not in self._tables:
            self._tables[last] = self._columns(last)
        return self._tables[last]

    def _columns(self, last: int) -> tuple[npt.NDArray[Any], ...]:
        """The table for steps up to ``last``: starts, ends, ends beyond it, ends and lengths of rises, falls."""
        bounds = [0, self.start(1)] if self.equal else self._starts
        bounds = bounds[: bisect_right(bounds, last) + 1]
        counter = np.min_scalar_type(-last - 1)
        lengths = [end - start for start, end in pairwise(bounds)]
        rises = [self.rise(cycle, length) for cycle, length in enumerate(lengths)]
        return (
            np.array(bounds[:-1], dtype=counter),
            np.array([min(end, last) for end in bounds[1:]], dtype=counter),
            np.array([float(max(end - last, 0)) for end in bounds[1:]]),
            np.array([min(rise, last) for rise in rises], dtype=counter),
            np.array([float(rise) for rise in rises]),
            np.array([float(length - rise) for length, rise in zip(lengths, rises, strict=True)]),
        )


class Segment(NamedTuple):
    """Cycles that are counted from the step ``begin``, and are cut off at the step ``end``."""

    cycles: Cycles
    begin: int
    end: float = math.inf

    def moved(self, steps: int) -> "Segment":
        """The same cycles, this many steps later."""
        return Segment(self.cycles, self.begin + steps, self.end + steps)

    def spans(self, limit: int) -> npt.NDArray[np.int64]:
        """The cycles that begin before ``limit``, shape ``(cycles, 2)``: first step, and the step after the last."""
        begin, end = min(self.begin, MAX_STEP), int(min(self.end, MAX_STEP))
        bounds = np.minimum(self.cycles.bounds(self._begun(limit - 1)), max(end - begin, 0)) + begin
        return np.stack([bounds[:-1], bounds[1:]], axis=1)

    def last(self, step: int) -> tuple[int, int, int] | None:
        """The last cycle that begins at ``step`` or before: its number in the segment, first step, and end."""
        index = self._begun(step) - 1
        if index < 0:
            return None
        end = min(self.cycles.start(index + 1) + self.begin, self.end)
        return index, self.cycles.start(index) + self.begin, int(end)

    def _begun(self, step: int) -> int:
        inside = min(step, self.end - 1) - self.begin
        return self.cycles.begun(int(inside)) if inside >= 0 else 0


def one_cycle(begin: int, end: int) -> tuple[Segment, ...]:
    """A single cycle, from ``begin`` to the step before ``end``."""
    return (Segment(Cycles(end - begin, 1, 1), begin),)
