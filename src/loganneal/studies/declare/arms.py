"""The schedules that a comparison can put side by side."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import loganneal as la
from loganneal import _checks, _limits
from loganneal._palette import AMBER, BLUE, BROWN, CYAN, GREEN, GREY, MAGENTA, OLIVE, PINK, PURPLE, RED, RUST
from loganneal._value import Value
from loganneal.runs.spec import AVERAGES
from loganneal.schedules import LOG_DECAY
from loganneal.studies.declare.builders import (
    FORMS,
    WARMUP_SHARE,
    build_schedule,
    check_parameters,
    parameters_of,
    warmup_steps,
)
from loganneal.studies.declare.tuned_parameter import TunedParameter

__all__ = ["ARMS", "DEFAULT_ARMS", "WARMUP_SHARE", "Arm", "mean_rate_over_peak", "warmup_steps"]

_PATTERNS = {
    "name": (rf"[\w.+=-]{{1,{_limits.NAME_LETTERS}}}", "at most 64 letters, digits and any of . _ + = -"),
    "colour": (r"#[0-9a-f]{6}", "#rrggbb"),
}


@dataclass(frozen=True)
class Arm(Value):
    """One schedule under comparison.

    Args:
        name: Name of the arm on the command line: at most 64 letters, digits and any of ``. _ + = -``.
        title: Name of the arm in tables and figures.
        colour: Color of its curves, ``#rrggbb``, legible on white and on black.
        schedule: Name of the schedule's class; one of ``loganneal.studies.declare.builders.FORMS``.
        parameters: Parameters of the schedule by name, with lengths as shares of the budget; see
            ``loganneal.studies.declare.builders.parameters_of``.
        tuned: Parameters of the schedule that are tuned besides the peak learning rate.
        averaging: The average of the weights that is scored, "ema", "swa" or "snapshots"; None to score the last
            weights.

    Raises:
        ValueError: A name is unknown, or a value is not allowed.

    Example:
        >>> arm = Arm("late", "Late fall", "#c9408c", "CyclicalLogAnnealing", {"base": 0.1})
        >>> arm.build(0.5, 100)(5)
        0.5
    """

    name: str
    title: str
    colour: str
    schedule: str
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)
    tuned: tuple[TunedParameter, ...] = ()
    averaging: str | None = None

    def __post_init__(self) -> None:
        for key, (pattern, allowed) in _PATTERNS.items():
            if not isinstance(getattr(self, key), str) or not re.fullmatch(pattern, getattr(self, key)):
                _checks.fail("an arm", key, allowed, getattr(self, key))
        _checks.title("an arm", "title", self.title, _limits.TITLE_LETTERS)
        _checks.one_of("an arm", "schedule", self.schedule, FORMS)
        check_parameters(self.schedule, {**self.parameters, **{one.name: None for one in self.tuned}})
        if self.averaging is not None:
            _checks.one_of("an arm", "averaging", self.averaging, AVERAGES)

    @property
    def has_usual_warmup(self) -> bool:
        """Whether it warms up for as long as the others; not if it rises by itself, or declares its own warmup."""
        return "warmup_share" in parameters_of(self.schedule) and "warmup_share" not in self.parameters

    def build(self, peak: float, steps: int, tuned: Mapping[str, Any] | None = None) -> la.Schedule:
        """Make the schedule for a budget.

        Args:
            peak: Peak learning rate, above 0.
            steps: Number of updates, at least 1.
            tuned: Values of tuned parameters by name; a parameter that is left out takes the middle of its range.

        Returns:
            The schedule.

        Raises:
            ValueError: A value is not allowed.
        """
        middle = {one.name: one.value(0.5) for one in self.tuned}
        return build_schedule(self.schedule, peak, steps, {**self.parameters, **middle, **(tuned or {})})

    def build_warmed(self, peak: float, steps: int, warmup_steps: int) -> la.Schedule:
        """Make the schedule with the warmup of another run, unless the arm rises by itself or declares its own.

        Args:
            peak: Peak learning rate, above 0.
            steps: Number of updates, at least 1.
            warmup_steps: Number of updates of the warmup, from 0 to ``steps - 1``.

        Returns:
            The schedule.

        Raises:
            ValueError: A value is not allowed.
        """
        return self.build(peak, steps, {"warmup_steps": warmup_steps} if self.has_usual_warmup else None)


RESTARTS = {"cycles": 2}
"""Parameters of the arms with restarts."""

COOLDOWN = {"shape": "linear", "decay_share": 0.2}
"""Parameters of the arm with warmup-stable-decay, WSD."""

_ALL = (
    Arm("cla", "CLA (base 10, 2 cycles)", RED, "CyclicalLogAnnealing", {"base": 10.0, **RESTARTS}),
    Arm("log-decay", "Log decay (warmup 25%)", MAGENTA, "CyclicalLogAnnealing", LOG_DECAY),
    Arm("cosine", "Cosine", GREY, "Cosine"),
    Arm("sgdr", "SGDR (2 cycles)", GREEN, "CyclicalCosineAnnealing", RESTARTS),
    Arm("linear", "Linear", BLUE, "Linear"),
    Arm("one-cycle", "One-cycle", PURPLE, "OneCycle"),
    Arm("cla-1", "CLA (base 10, 1 cycle)", AMBER, "CyclicalLogAnnealing", {"base": 10.0}),
    Arm("cla-late", "CLA (base 0.1, 1 cycle)", PINK, "CyclicalLogAnnealing", {"base": 0.1}),
    Arm("wsd", "WSD (linear, last 20%)", CYAN, "WarmupStableDecay", COOLDOWN),
    Arm("constant", "Constant", BROWN, "Constant"),
    Arm("saw", "Linear with restarts (2 cycles)", OLIVE, "CyclicalLinearAnnealing", RESTARTS),
    Arm("published", "As published (2 cycles)", RUST, "PublishedLogAnnealing", RESTARTS),
)

ARMS: dict[str, Arm] = {arm.name: arm for arm in _ALL}
"""The built-in arms by name; the short names of schedules are defined only here.

>>> ARMS["cosine"].build(0.5, 100)(5)
0.5
"""

DEFAULT_ARMS = ("log-decay", "cosine", "linear", "wsd", "one-cycle")
"""The arms of a comparison that names none."""


def mean_rate_over_peak(arm: Arm, steps: int) -> float:
    """Area under the arm's curve: mean of the rate over the peak rate, in [0, 1].

    >>> round(mean_rate_over_peak(ARMS["constant"], 100), 2)
    0.97
    """
    return float(arm.build(1.0, steps).curve(steps).mean())
