"""What every schedule is: an immutable value that is a function of the step."""

import importlib
import math
import numbers
from typing import Any, NamedTuple, NoReturn, overload

import numpy as np
import numpy.typing as npt

from loganneal import _checks
from loganneal.schedules._cycles import Segment
from loganneal.schedules._numeric import (
    MAX_STEP,
    Namespace,
    is_traced,
    largest,
    namespace,
    scalar,
    whole_type,
)
from loganneal.schedules._value import Value


class Cycle(NamedTuple):
    """A cycle of a schedule: its number, counted from 0, its first step, and the step after its last."""

    index: int  # type: ignore[assignment] # hides a method of tuples that no cycle needs
    start: int
    end: int


class Schedule(Value):
    """A learning rate for every step: a pure function, with no counter, optimizer or framework.

    Schedules are immutable; two with equal parameters are equal and hash alike, and ``repr`` evaluates to an equal one.
    Subclasses check their parameters, pass them to ``_set`` together with the segments of their cycles, and compute the
    rate in `rate_at`.

    >>> import numpy as np
    >>> from loganneal import Cosine
    >>> schedule = Cosine(max_lr=0.1, total_steps=100)
    >>> schedule(0), schedule(np.array([0, 100])).tolist()
    (0.1, [0.1, 0.0])
    >>> schedule == eval(repr(schedule))
    True
    """

    max_lr: float
    """The stated peak, in the units of the optimizer's learning rate."""
    _segments: tuple[Segment, ...]

    def _set(self, segments: tuple[Segment, ...] = (), /, **parameters: Any) -> None:
        self._keep(parameters)
        vars(self).update(_segments=segments)

    def rate_at(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        """The formula, for adapters that bring their own arrays; everyone else calls the schedule.

        Args:
            whole: The whole part of the step, already in range.
            fraction: The fractional part of the step, in [0, 1).
            xp: The functions that the formula uses.

        Returns:
            The rate at step ``whole + fraction``.
        """
        raise NotImplementedError

    @overload
    def __call__(self, step: float) -> float: ...
    @overload
    def __call__(self, step: Any) -> Any: ...

    def __call__(self, step: Any) -> Any:
        """The learning rate at ``step``.

        Args:
            step: The 0-based optimizer update: a whole or fractional number in [0, 2**63 - 1), from Python or NumPy, or
                a NumPy or JAX array of them.

        Returns:
            A float for a number; for an array, an array of the same shape, float64 for NumPy and the default float for
            JAX.

        Raises:
            ValueError: If a step is negative, not finite, too large, or not a number. Traced JAX values are clipped to
                the range, since they cannot be inspected.
        """
        if type(step) is int and 0 <= step < MAX_STEP:
            return self.rate_at(step, 0.0, scalar)
        if isinstance(step, numbers.Real):
            return self.rate_at(*self._split_number(step), scalar)
        xp = namespace(step)
        if xp is None or step.dtype.kind not in "iuf":
            self._refuse(step)
        return self.rate_at(*self._split_array(step, xp), xp)

    def _split_number(self, step: Any) -> tuple[int, float]:
        if isinstance(step, bool) or not 0 <= step < MAX_STEP:
            self._refuse(step)
        whole = math.floor(step)
        return whole, float(step - whole)

    def _split_array(self, step: Any, xp: Any) -> tuple[Any, Any]:
        counter, last = whole_type(xp), largest(xp)
        if not is_traced(step) and not _lies_in(np.asarray(step), last):
            self._refuse(step, last)
        if step.dtype.kind != "f":
            return xp.clip(step, 0, last).astype(counter), 0.0
        whole = xp.floor(xp.clip(step, 0, last))
        return whole.astype(counter), step - whole

    def _refuse(self, step: Any, last: int = MAX_STEP) -> NoReturn:
        allowed = f"a number, or an array of numbers, in [0, {last})"
        remedy = "For a tensor of torch pass int(step)." if type(step).__module__ == "torch" else ""
        _checks.fail(type(self).__name__, "step", allowed, step, remedy)

    def curve(self, total_steps: int) -> npt.NDArray[np.float64]:
        """The rates of the steps of a budget.

        Args:
            total_steps: A whole number, 0 or more.

        Returns:
            The rates of steps 0 to ``total_steps - 1``, shape ``(total_steps,)``.

        Raises:
            ValueError: If the budget is not such a number.

        >>> from loganneal import Linear
        >>> Linear(max_lr=0.8, total_steps=4).curve(5).round(12).tolist()
        [0.8, 0.6, 0.4, 0.2, 0.0]
        """
        count = _checks.whole(f"{type(self).__name__}.curve", "total_steps", total_steps, 0)
        return np.asarray(self(np.arange(count)), dtype=np.float64)

    def restarts(self, total_steps: int) -> npt.NDArray[np.int64]:
        """The steps at which cycles begin, the first included.

        Args:
            total_steps: A whole number, 0 or more.

        Returns:
            Those below ``total_steps``, in order.

        Raises:
            ValueError: If the budget is not such a number.

        >>> from loganneal import CyclicalLogAnnealing
        >>> CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10, cycle_mult=2).restarts(70).tolist()
        [0, 10, 30]
        """
        count = _checks.whole(f"{type(self).__name__}.restarts", "total_steps", total_steps, 0)
        return self.cycle_spans(count)[:, 0]

    def cycle_ends(self, total_steps: int) -> npt.NDArray[np.int64]:
        """The last step of each cycle, one step above the floor: the moment for a snapshot.

        Args:
            total_steps: A whole number, 0 or more.

        Returns:
            Those below ``total_steps``, in order.

        Raises:
            ValueError: If the budget is not such a number.

        >>> from loganneal import CyclicalLogAnnealing
        >>> CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10, cycle_mult=2).cycle_ends(70).tolist()
        [9, 29, 69]
        """
        count = _checks.whole(f"{type(self).__name__}.cycle_ends", "total_steps", total_steps, 0)
        ends = self.cycle_spans(count)[:, 1]
        return ends[ends <= count] - 1

    def cycle_spans(self, limit: int) -> npt.NDArray[np.int64]:
        """The cycles that begin before step ``limit``, finished or not.

        Args:
            limit: A whole number, 0 or more.

        Returns:
            An array of shape ``(cycles, 2)``: the first step of each cycle, and the step after its last one, clipped to
            the largest step there is.

        Raises:
            ValueError: If the limit is not such a number.

        >>> from loganneal import CyclicalLogAnnealing
        >>> CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10, cycle_mult=2).cycle_spans(50).tolist()
        [[0, 10], [10, 30], [30, 70]]
        """
        end = _checks.whole(f"{type(self).__name__}.cycle_spans", "limit", limit, 0)
        spans = [segment.spans(min(end, MAX_STEP)) for segment in self._segments]
        return np.concatenate([np.zeros((0, 2), dtype=np.int64), *spans])

    def last_cycle(self, step: int) -> Cycle | None:
        """The last cycle that begins at ``step`` or before it.

        It costs the same at any step: nothing is counted from the beginning.

        Args:
            step: A whole step in [0, 2**63 - 1).

        Returns:
            The cycle, whether it is over or not; None if none has begun.

        Raises:
            ValueError: If the step is not such a number.

        >>> from loganneal import CyclicalLogAnnealing
        >>> CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10, cycles=3).last_cycle(500)
        Cycle(index=2, start=20, end=30)
        """
        position = _checks.whole(f"{type(self).__name__}.last_cycle", "step", step, 0, MAX_STEP - 1)
        return self._last_begun(position)

    def _last_begun(self, step: int) -> Cycle | None:
        cycle = None
        for segment in self._segments:
            last = segment.last(step)
            if last is not None:
                before = 0 if cycle is None else cycle.index + 1
                cycle = Cycle(before + last[0], *last[1:])
        return cycle

    def ends_within_cycle(self, total_steps: int) -> bool:
        """Whether a budget of steps ends in the middle of a cycle, and so above the floor.

        Args:
            total_steps: A whole number, at least 1.

        Returns:
            True if its last step is in a cycle that would continue; False otherwise, including during a warmup.

        Raises:
            ValueError: If the budget is not such a number.

        >>> from loganneal import CyclicalLogAnnealing
        >>> CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10).ends_within_cycle(25)
        True
        """
        count = _checks.whole(f"{type(self).__name__}.ends_within_cycle", "total_steps", total_steps, 1)
        cycle = self.locate(count - 1)
        return cycle is not None and cycle.end > count

    def locate(self, step: float) -> Cycle | None:
        """The cycle that a step belongs to.

        Args:
            step: A whole or fractional number in [0, 2**63 - 1); whole ones are exact at any size.

        Returns:
            The cycle, or None during a warmup, after the last cycle, or if there are no cycles.

        Raises:
            ValueError: If the step is not such a number.

        >>> from loganneal import CyclicalLogAnnealing
        >>> CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10, cycle_mult=2).locate(35)
        Cycle(index=2, start=30, end=70)
        """
        if not _checks.is_number(step):
            self._refuse(step)
        whole, _ = self._split_number(step)
        cycle = self._last_begun(whole)
        return cycle if cycle is not None and whole < cycle.end else None

    def plot(self, total_steps: int | None = None) -> Any:
        """The schedule as a Matplotlib figure, drawn by `loganneal.plot.figure`. Plotting changes nothing.

        Args:
            total_steps: The budget to draw; by default up to the end of the schedule, or three cycles.

        Returns:
            A figure that a notebook displays.

        Raises:
            ValueError: If the budget is not a whole number of at least 1.
            ModuleNotFoundError: If the plotting libraries are not installed.

        >>> from loganneal import Cosine
        >>> Cosine(max_lr=0.1, total_steps=100).plot().axes[0].get_ylabel()
        'learning rate'
        """
        # imported on demand: drawing needs Matplotlib, schedules do not
        return importlib.import_module("loganneal.plot").figure([self], total_steps)


def _lies_in(steps: npt.NDArray[Any], last: int) -> bool:
    """Whether known steps are in range; numpy checks, since JAX stages operations even on known arrays under `jit`."""
    return bool(np.all((steps >= 0) & (steps < last)))
