"""The rules, each a function of a run that says what it found, or None. They decide by `thresholds` alone."""

from collections.abc import Callable

from loganneal.diagnosis.budget import cycles_too_short, ends_at_a_high_rate
from loganneal.diagnosis.falling import decay_too_fast, hardly_falls
from loganneal.diagnosis.finding import Finding, Run
from loganneal.diagnosis.fitting import longer_than_useful, overfitting
from loganneal.diagnosis.instability import unstable

RULES: dict[str, Callable[[Run], Finding | None]] = {
    "unstable": unstable,
    "decay too fast": decay_too_fast,
    "cycles too short": cycles_too_short,
    "ends at a high rate": ends_at_a_high_rate,
    "overfitting": overfitting,
}
"""The rules in their order: the first that finds something gives the diagnosis."""

NOTES: tuple[Callable[[Run], Finding | None], ...] = (hardly_falls, longer_than_useful)
"""What is worth knowing of a healthy run; the first that finds something is told."""
