"""What can be tuned beside the peak rate, and the ranges to tune within."""

import math
from dataclasses import dataclass

from loganneal import _checks, _limits
from loganneal._value import Value
from loganneal.studies.declare.space import position

SCALES = {
    "base": "log",
    "weight_decay": "log",
    "start_divisor": "log",
    "end_divisor": "log",
    "min_share": "log",
    "timescale_share": "log",
    "factor": "log",
    "cycles": "whole",
    "cycle_mult": "linear",
    "peak_decay": "linear",
    "rise_share": "linear",
    "decay_share": "linear",
    "end_share": "linear",
    "every_share": "linear",
    "exponent": "linear",
    "warmup_share": "linear",
    "restart_warmup_share": "linear",
    "power": "linear",
}
"""What can be tuned beside the peak rate, and how its range is divided."""

MANY_TRIALS = 16
"""Fewest trials with which more than the peak rate is tuned."""


@dataclass(frozen=True)
class TunedParameter(Value):
    """A setting that tuning tries values of, beside the peak rate.

    Args:
        name: A key of ``SCALES``.
        low: Lowest value; above 0 on the log scale.
        high: Highest value, above ``low``.

    Raises:
        ValueError: The name is unknown, or the range is none.

    Example:
        >>> TunedParameter("cycles", 1, 4).value(0.99), TunedParameter("base", 0.1, 10).value(0.5)
        (4, 1.0)
    """

    name: str
    low: float
    high: float

    def __post_init__(self) -> None:
        _checks.one_of("a range", self.name, self.name, SCALES)
        least, most = _limits.RATE
        low = _checks.number("a range", self.name, self.low, least if self.scale == "log" else -most, most)
        _checks.number("a range", self.name, self.high, low, most, bounds="(]")

    @property
    def scale(self) -> str:
        """How its range is divided, "log", "linear" or "whole"."""
        return SCALES[self.name]

    def value(self, unit: float) -> float:
        """The value at a place in [0, 1)."""
        if self.scale == "log":
            return float(self.low * (self.high / self.low) ** unit)
        if self.scale == "whole":
            return math.floor(self.low + unit * (self.high - self.low + 1))
        return self.low + unit * (self.high - self.low)

    def position(self, value: float) -> float:
        """Where in its range a value lies, 0 at the low end and 1 at the high one.

        A whole number has a share of the range, and lies where that comes nearest to the middle: of few numbers none is
        at an end, each being a large share.

        >>> few = TunedParameter("cycles", 1, 4)
        >>> few.position(1), few.position(4), TunedParameter("cycles", 1, 10).position(10)
        (0.25, 0.75, 0.9)
        """
        if self.scale == "log":
            return position(value, self.low, self.high)
        if self.scale == "whole":
            count = self.high - self.low + 1
            return min(max(0.5, (value - self.low) / count), (value - self.low + 1) / count)
        return (value - self.low) / (self.high - self.low)
