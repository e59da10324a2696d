"""The forms that a study can declare: how a schedule follows from a peak rate, a budget and a few shares."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import loganneal as la
from loganneal import _checks

WARMUP_SHARE = 0.05
"""Share of all steps spent warming up, where nothing else is declared."""

Parameters = Mapping[str, Any]
Builder = Callable[[float, int, dict[str, Any]], la.Schedule]


def warmup_steps(steps: int, share: float = WARMUP_SHARE) -> int:
    """Whole number of warmup steps in a run of `steps`, at least one unless the share is 0.

    >>> warmup_steps(100), warmup_steps(8), warmup_steps(100, 0.0)
    (5, 1, 0)
    """
    return max(1, round(share * steps)) if share else 0


def build_schedule(form: str, peak: float, steps: int, parameters: Parameters) -> la.Schedule:
    """A schedule that ends with the budget.

    Args:
        form: A key of `BUILDERS`.
        peak: The peak rate.
        steps: The budget.
        parameters: By the names that `parameters_of` gives.

    Raises:
        ValueError: A value is not allowed.

    Example:
        >>> build_schedule("Cosine", 0.4, 100, {"warmup_share": 0.0, "min_share": 0.1})
        Cosine(max_lr=0.4, total_steps=100, min_lr=0.04...)
    """
    return BUILDERS[form](peak, steps, dict(parameters))


def parameters_of(form: str) -> tuple[str, ...]:
    """What can be declared of a form.

    >>> parameters_of("OneCycle")
    ('rise_share', 'start_divisor', 'end_divisor')
    """
    own = [name for name in inspect.signature(getattr(la, form)).parameters if name not in _FROM_SHARES]
    return (*own, *SHARES.get(form, _DECAY_SHARES))


_FROM_SHARES = ("max_lr", "min_lr", "total_steps", "cycle_steps", "warmup_steps", "warmup_init_lr", "decay_steps")
_DECAY_SHARES = ("warmup_share", "min_share", "end_share")
SHARES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("CyclicalLogAnnealing", "CyclicalCosineAnnealing", "CyclicalLinearAnnealing"), ("warmup_share", "min_share")
    ),
    "Constant": ("warmup_share",),
    "OneCycle": (),
    "WarmupStableDecay": ("warmup_share", "min_share", "decay_share"),
}
"""The shares of each form: warmup and fall as shares of the budget, the floor as a share of the peak."""


def _share(parameters: dict[str, Any], name: str, default: float) -> float:
    return _checks.number("a schedule", name, parameters.pop(name, default), 0.0, 1.0)


def _warmup(parameters: dict[str, Any], steps: int) -> int:
    return warmup_steps(steps, _share(parameters, "warmup_share", WARMUP_SHARE))


def _cyclical(cls: Any) -> Builder:
    def build(peak: float, steps: int, parameters: dict[str, Any]) -> la.Schedule:
        warmup, floor = _warmup(parameters, steps), _floor(parameters, peak)
        schedule: la.Schedule = cls.fit(total_steps=steps, max_lr=peak, warmup_steps=warmup, **floor, **parameters)
        return schedule

    return build


def _decay(cls: Any) -> Builder:
    def build(peak: float, steps: int, parameters: dict[str, Any]) -> la.Schedule:
        warmup, floor = _warmup(parameters, steps), _floor(parameters, peak)
        end = max(warmup + 1, round(_share(parameters, "end_share", 1.0) * steps))
        return _warmed(cls(peak, end - warmup, **floor, **parameters), warmup)

    return build


def _floor(parameters: dict[str, Any], peak: float) -> dict[str, Any]:
    share = _share(parameters, "min_share", 0.0)
    return {"min_lr": share * peak} if share else {}


def _warmed(schedule: la.Schedule, steps: int) -> la.Schedule:
    return la.Warmup(schedule, steps) if steps else schedule


def _constant(peak: float, steps: int, parameters: dict[str, Any]) -> la.Schedule:
    return _warmed(la.Constant(peak), _warmup(parameters, steps))


def _one_cycle(peak: float, steps: int, parameters: dict[str, Any]) -> la.Schedule:
    """Its own rise stands for the warmup."""
    return la.OneCycle(peak, steps, **parameters)


def _stable(peak: float, steps: int, parameters: dict[str, Any]) -> la.Schedule:
    warmup, floor = _warmup(parameters, steps), _floor(parameters, peak)
    decay = max(1, round(_share(parameters, "decay_share", 0.2) * steps))
    return la.WarmupStableDecay(peak, steps, warmup, decay, **floor, **parameters)


BUILDERS: dict[str, Builder] = {
    "CyclicalLogAnnealing": _cyclical(la.CyclicalLogAnnealing),
    "CyclicalCosineAnnealing": _cyclical(la.CyclicalCosineAnnealing),
    "CyclicalLinearAnnealing": _cyclical(la.CyclicalLinearAnnealing),
    "Cosine": _decay(la.Cosine),
    "Linear": _decay(la.Linear),
    "Polynomial": _decay(la.Polynomial),
    "OneCycle": _one_cycle,
    "WarmupStableDecay": _stable,
    "Constant": _constant,
}
"""Each form by the name of its class."""
