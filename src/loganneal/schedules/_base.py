"""What every schedule is: an immutable value that is a function of the step."""

import importlib
import math
import numbers
from typing import Any, NamedTuple, NoReturn, Self, overload

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

VERSION = 1
"""The version of the dictionary that `Schedule.to_dict` writes."""

MAX_DEPTH = 64
"""Schedules within schedules: more would only be a mistake, and much more exceeds Python's own limit of calls."""


class Cycle(NamedTuple):
    """A cycle of a schedule: its number, counted from 0, its first step, and the step after its last."""

    index: int  # type: ignore[assignment] # hides a method of tuples that no cycle needs
    start: int
    end: int


class Schedule:
    """A learning rate for every step: a pure function, without counter, optimizer or framework.

    Schedules are immutable; two with equal parameters are equal and hash alike, and ``repr`` evaluates to an equal one.
    Subclasses check their parameters, hand them to `_set` together with the segments of their cycles, and say the rate
    in `rate_at`.

    Equality, hash, repr and immutability stand here, and are not those of frozen dataclasses: each dataclass compiles
    its methods when it is imported, and fourteen of them took 20 ms, longer than the rest of the package without numpy.
    """

    max_lr: float
    """The stated peak, in the units of the optimizer's learning rate."""
    _parameters: dict[str, Any]
    _segments: tuple[Segment, ...]
    _depth: int

    def _set(self, segments: tuple[Segment, ...] = (), /, **parameters: Any) -> None:
        depth = 1 + max((inner._depth for value in parameters.values() for inner in _nested(value)), default=0)
        if depth > MAX_DEPTH:
            _checks.fail(type(self).__name__, "schedule", f"nested at most {MAX_DEPTH} deep", depth)
        vars(self).update(parameters, _parameters=parameters, _segments=segments, _depth=depth)

    def rate_at(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        """The formula, for adapters that bring their own arrays; everyone else calls the schedule.

        Args:
            whole: The whole part of the step, already in range.
            fraction: What the step is above it, in [0, 1).
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
            step: The 0-based optimizer update: a whole or fractional number in [0, 2**63 - 1), of Python or numpy, or a
                numpy or JAX array of them.

        Returns:
            A float for a number; for an array an array of the same shape, float64 for numpy and the default float for
            JAX.

        Raises:
            ValueError: If a step is negative, not finite, too large, or not a number. Traced values of JAX are clipped
                to the range, since they cannot be looked at.
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
        """The rates of steps 0 to ``total_steps - 1``, shape ``(total_steps,)``."""
        count = _checks.whole(f"{type(self).__name__}.curve", "total_steps", total_steps, 0)
        return np.asarray(self(np.arange(count)), dtype=np.float64)

    def restarts(self, total_steps: int) -> npt.NDArray[np.int64]:
        """The steps below ``total_steps`` at which cycles begin, the first included, in order."""
        count = _checks.whole(f"{type(self).__name__}.restarts", "total_steps", total_steps, 0)
        return self.cycle_spans(count)[:, 0]

    def cycle_ends(self, total_steps: int) -> npt.NDArray[np.int64]:
        """The steps below ``total_steps`` that are the last of a cycle, in order."""
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
            ValueError: If the limit is no such number.

        >>> from loganneal import CyclicalLogAnnealing
        >>> CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10, cycle_mult=2).cycle_spans(50).tolist()
        [[0, 10], [10, 30], [30, 70]]
        """
        end = _checks.whole(f"{type(self).__name__}.cycle_spans", "limit", limit, 0)
        spans = [segment.spans(min(end, MAX_STEP)) for segment in self._segments]
        return np.concatenate([np.zeros((0, 2), dtype=np.int64), *spans])

    def last_cycle(self, step: int) -> Cycle | None:
        """The last cycle that begins at ``step`` or before, over or not; None where there is none.

        It costs the same at any step: nothing is counted from the beginning.

        Args:
            step: A whole step in [0, 2**63 - 1).

        Raises:
            ValueError: If the step is no such number.

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
        """Whether a budget of steps ends in the middle of a cycle, and so above the floor."""
        count = _checks.whole(f"{type(self).__name__}.ends_within_cycle", "total_steps", total_steps, 1)
        cycle = self.locate(count - 1)
        return cycle is not None and cycle.end > count

    def locate(self, step: float) -> Cycle | None:
        """The cycle in which ``step`` lies; None during a warmup, after the last cycle, and where there are no cycles.

        >>> from loganneal import CyclicalLogAnnealing
        >>> CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10, cycle_mult=2).locate(35)
        Cycle(index=2, start=30, end=70)
        """
        if not _checks.is_number(step):
            self._refuse(step)
        whole, _ = self._split_number(step)
        cycle = self._last_begun(whole)
        return cycle if cycle is not None and whole < cycle.end else None

    def in_steps(self, steps_per_epoch: int) -> Self:
        """The schedule whose durations are these, taken as epochs: each is multiplied by the steps of an epoch.

        >>> from loganneal import CyclicalLogAnnealing
        >>> CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10, warmup_steps=1).in_steps(391).restarts(8_000).tolist()
        [391, 4301]
        """
        factor = _checks.whole(f"{type(self).__name__}.in_steps", "steps_per_epoch", steps_per_epoch, 1)
        return self.replace(**{name: _in_steps(name, value, factor) for name, value in self._parameters.items()})

    def replace(self, **changes: Any) -> Self:
        """A new schedule with some parameters changed, checked as any other."""
        return type(self)(**{**self._parameters, **changes})

    def plot(self, total_steps: int | None = None) -> Any:
        """The schedule as a figure of Matplotlib, see `loganneal.plot.figure`; nothing is stepped by looking."""
        # imported when asked for: drawing needs Matplotlib, schedules do not
        return importlib.import_module("loganneal.plot").figure([self], total_steps)

    def to_dict(self) -> dict[str, Any]:
        """The schedule as a dictionary of numbers, strings and lists that JSON keeps exactly; see `from_dict`."""
        parameters = {name: _plain(value) for name, value in self._parameters.items()}
        return {"version": VERSION, "type": type(self).__name__, **parameters}

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"A {type(self).__name__} cannot be changed. Use .replace({name}=...) for a new one.")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"A {type(self).__name__} cannot be changed.")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._parameters == self._parameters

    def __hash__(self) -> int:
        return hash((type(self), tuple(self._parameters.items())))

    def __repr__(self) -> str:
        parameters = ", ".join(f"{name}={value!r}" for name, value in self._parameters.items())
        return f"{type(self).__name__}({parameters})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._parameters)


def _lies_in(steps: npt.NDArray[Any], last: int) -> bool:
    """Whether known steps are in range; numpy looks, since JAX stages what is done to known arrays under `jit` too."""
    return bool(np.all((steps >= 0) & (steps < last)))


def _rebuild(cls: type[Schedule], parameters: dict[str, Any]) -> Schedule:
    return cls(**parameters)


def _nested(value: Any) -> tuple[Schedule, ...]:
    """The schedules that a parameter holds."""
    values = value if isinstance(value, tuple) else (value,)
    return tuple(item for item in values if isinstance(item, Schedule))


def _in_steps(name: str, value: Any, factor: int) -> Any:
    if isinstance(value, Schedule):
        return value.in_steps(factor)
    if isinstance(value, tuple):
        return tuple(_in_steps(name, item, factor) for item in value)
    is_duration = name.endswith("_steps") or name in ("milestones", "boundaries")
    return value * factor if is_duration and value is not None else value


def _plain(value: Any) -> Any:
    if isinstance(value, Schedule):
        return value.to_dict()
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
