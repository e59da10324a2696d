"""What can be tuned besides the peak rate, and the ranges to tune within."""

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
"""What can be tuned besides the peak rate, and how its range is divided."""

MANY_TRIALS = 16
"""Fewest trials with which more than the peak rate is tuned."""


@dataclass(frozen=True)
class TunedParameter(Value):
    """A setting that is tuned besides the peak learning rate.

    Args:
        name: Name of the setting, a key of ``SCALES``.
        low: Lowest value; above 0 on a logarithmic scale.
        high: Highest value, above ``low``.

    Raises:
        ValueError: The name is unknown, or ``high`` is not above ``low``.

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
        """How the range is divided, which is "log", "linear" or "whole"."""
        return SCALES[self.name]

    def value(self, unit: float) -> float:
        """The value at a position in the range.

        Args:
            unit: The position, in [0, 1).

        Returns:
            The value, on the scale of the setting.
        """
        if self.scale == "log":
            return float(self.low * (self.high / self.low) ** unit)
        if self.scale == "whole":
            return math.floor(self.low + unit * (self.high - self.low + 1))
        return self.low + unit * (self.high - self.low)

    def position(self, value: float) -> float:
        """The position of a value in the range.

        A whole number takes up a share of the range, and its position is the point of that share nearest to the middle.
        If there are few numbers, each takes a large share and none of them is at an end.

        Args:
            value: A value from ``low`` to ``high``.

        Returns:
            The position: 0 at the low end and 1 at the high one.

        Example:
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
