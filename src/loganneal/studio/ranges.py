"""Where the sliders of parameters begin and end, in one place."""

import math
from dataclasses import dataclass

from loganneal.schedules._cycles import round_half_up
from loganneal.schedules._falls import SHAPES
from loganneal.schedules._piecewise import INTERPOLATIONS
from loganneal.schedules._triangular import MODES

POSITIONS = 1000
"""Steps of a slider: more than it has pixels on a screen."""

DIGITS = 3
"""Significant digits of a slider's values."""


@dataclass(frozen=True)
class Range:
    """The values of a slider. The field beside it accepts whatever the schedule accepts.

    Args:
        low: The value at its left end; above 0 on a logarithmic scale.
        high: The value at its right end.
        logarithmic: Whether equal distances are equal factors.
        zero: Whether the left end means 0, which a logarithmic scale cannot reach.
        whole: Whether the values are whole numbers.

    Example:
        >>> Range(1e-6, 1.0, logarithmic=True).value_at(500)
        0.001
        >>> Range(1, 10_000, logarithmic=True, zero=True, whole=True).position_of(0)
        0
    """

    low: float
    high: float
    logarithmic: bool = False
    zero: bool = False
    whole: bool = False

    def value_at(self, position: float) -> float:
        """The value at a position in [0, POSITIONS]."""
        share = min(max(position / POSITIONS, 0.0), 1.0)
        if share == 0 and self.zero:
            return 0
        if share in (0, 1):
            value = self.low if share == 0 else self.high
        elif self.logarithmic:
            value = self.low * (self.high / self.low) ** share
        else:
            value = self.low + (self.high - self.low) * share
        return round_half_up(value) if self.whole else float(f"{value:.{DIGITS}g}")

    def position_of(self, value: float) -> int:
        """The position nearest to a value; an end for values outside the range."""
        if value <= self.low or self.high <= self.low:
            return 1 if self.zero and value >= self.low else 0
        if value >= self.high:
            return POSITIONS
        share = self._share(value)
        return max(round(share * POSITIONS), 1 if self.zero else 0)

    def _share(self, value: float) -> float:
        if self.logarithmic:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


_RATE = Range(1e-9, 10.0, logarithmic=True, zero=True)
_SHARE = Range(0.0, 0.99)

RANGES: dict[str, Range] = {
    "max_lr": Range(1e-6, 10.0, logarithmic=True),
    "min_lr": _RATE,
    "warmup_init_lr": _RATE,
    "rate": _RATE,
    "cycle_mult": Range(1.0, 4.0),
    "base": Range(1e-6, 1e6, logarithmic=True),
    "peak_decay": Range(0.01, 1.0),
    "restart_warmup_share": _SHARE,
    "rise_share": _SHARE,
    "decay_share": Range(0.01, 1.0),
    "cycles": Range(1, 100, logarithmic=True, whole=True),
    "power": Range(0.1, 10.0, logarithmic=True),
    "exponent": Range(-2.0, -0.01),
    "start_divisor": Range(1.0, 1e3, logarithmic=True),
    "end_divisor": Range(1.0, 1e6, logarithmic=True),
    "factor": Range(0.01, 1.0),
    "Scale.factor": Range(0.01, 100.0, logarithmic=True),
    "gamma": Range(0.9, 1.0),
    "min_momentum": Range(0.0, 0.99),
    "max_momentum": Range(0.01, 0.99),
}
"""By the name of the parameter, or of the class and the parameter if one class differs."""

CHOICES: dict[str, tuple[str, ...]] = {
    "shape": (*SHAPES, "power", "geometric"),
    "mode": MODES,
    "interpolation": INTERPOLATIONS,
}
"""Parameters whose values are names, and these names."""


def is_duration(name: str) -> bool:
    """Whether a parameter counts steps."""
    return name.endswith("_steps") or name in ("milestones", "boundaries", "step")


def range_of(owner: str, name: str, total_steps: int) -> Range:
    """The slider of a parameter.

    Args:
        owner: The class of the schedule.
        name: The parameter; "step" and "rate" for those of a table.
        total_steps: The budget; sliders of lengths go up to twice that.

    Raises:
        KeyError: There is no such parameter.
    """
    if not is_duration(name):
        return RANGES.get(f"{owner}.{name}") or RANGES[name]
    if name in ("milestones", "boundaries", "step"):
        return Range(0 if name == "step" else 1, max(total_steps, 2), whole=True)
    return Range(1, max(2 * total_steps, 2), logarithmic=True, zero=name == "warmup_steps", whole=True)
