"""Learning-rate schedules: immutable values that are functions of the step."""

from typing import Any

from loganneal import _checks
from loganneal.schedules._advice import advise
from loganneal.schedules._base import Cycle, Schedule
from loganneal.schedules._baselines import Constant, Cosine, Linear, OneCycle, Polynomial, Rex
from loganneal.schedules._compose import InverseMomentum, Join, Scale, Warmup
from loganneal.schedules._cooldown import cooldown
from loganneal.schedules._cyclical import (
    CyclicalCosineAnnealing,
    CyclicalLinearAnnealing,
    CyclicalLogAnnealing,
)
from loganneal.schedules._cyclical_stable import CyclicalStableDecay
from loganneal.schedules._decays import ExponentialDecay, MultiStepDecay, StepDecay
from loganneal.schedules._fit import share_of as share_of
from loganneal.schedules._log_decay import LOG_DECAY as LOG_DECAY
from loganneal.schedules._log_decay import log_decay
from loganneal.schedules._numeric import MAX_STEP as MAX_STEP
from loganneal.schedules._numeric import Namespace as Namespace
from loganneal.schedules._numeric import power as power
from loganneal.schedules._piecewise import Piecewise
from loganneal.schedules._power_laws import (
    InverseSquareRoot,
    InverseSquareRootCooldown,
    InverseTimeDecay,
    PowerScheduler,
)
from loganneal.schedules._published import PublishedLogAnnealing
from loganneal.schedules._stable import WarmupStableDecay
from loganneal.schedules._triangular import CyclicalTriangular
from loganneal.schedules._value import MAX_DEPTH, VERSION

__all__ = [
    "Constant",
    "Cosine",
    "Cycle",
    "CyclicalCosineAnnealing",
    "CyclicalLinearAnnealing",
    "CyclicalLogAnnealing",
    "CyclicalStableDecay",
    "CyclicalTriangular",
    "ExponentialDecay",
    "InverseMomentum",
    "InverseSquareRoot",
    "InverseSquareRootCooldown",
    "InverseTimeDecay",
    "Join",
    "Linear",
    "MultiStepDecay",
    "OneCycle",
    "Piecewise",
    "Polynomial",
    "PowerScheduler",
    "PublishedLogAnnealing",
    "Rex",
    "Scale",
    "Schedule",
    "StepDecay",
    "Warmup",
    "WarmupStableDecay",
    "advise",
    "cooldown",
    "from_dict",
    "log_decay",
]
"""The public names of the core, and the register of schedules: every name listed here is also `loganneal.NAME`."""

SCHEDULES: dict[str, type[Schedule]] = {
    name: value
    for name, value in globals().copy().items()
    if name in __all__ and isinstance(value, type) and issubclass(value, Schedule) and value is not Schedule
}
"""Every schedule by the name of its class."""


def from_dict(data: dict[str, Any]) -> Schedule:
    """The schedule that `Schedule.to_dict` wrote.

    Args:
        data: The dictionary, which may have been through JSON.

    Returns:
        A schedule that equals the one that was written.

    Raises:
        ValueError: If the version or the class is unknown, a parameter is missing, unknown or out of range, or
            schedules are nested more than 64 deep.

    >>> schedule = from_dict({"version": 1, "type": "Constant", "max_lr": 0.1})
    >>> schedule == Constant(0.1)
    True
    """
    return _schedule(data, 1)


def _schedule(data: Any, depth: int) -> Schedule:
    """The schedule of a dictionary at this depth of nesting; each level is checked once, innermost first."""
    if not isinstance(data, dict) or not all(isinstance(name, str) for name in data):
        _checks.fail("from_dict", "data", "a dictionary that to_dict wrote", data)
    if depth > MAX_DEPTH:
        _checks.fail("from_dict", "data", f"schedules nested at most {MAX_DEPTH} deep", f"more than {MAX_DEPTH} levels")
    values = {name: _revive(value, depth) for name, value in data.items()}
    version = values.pop("version", None)
    if version != VERSION or isinstance(version, bool):
        _checks.fail("from_dict", "version", f"{VERSION}", version)
    cls = SCHEDULES[_checks.one_of("from_dict", "type", values.pop("type", None), SCHEDULES)]
    try:
        return cls(**values)
    except TypeError as error:
        raise ValueError(f"The dictionary does not fit {cls.__name__}: {error}.") from error


def _revive(value: Any, depth: int) -> Any:
    if isinstance(value, dict):
        return _schedule(value, depth + 1)
    if not isinstance(value, list):
        return value
    return [_schedule(item, depth + 1) if isinstance(item, dict) else item for item in value]
