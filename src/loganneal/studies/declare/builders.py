"""How a schedule of a study follows from a peak rate, a budget and a few shares.

A study declares no lengths in steps: each is a share of the budget, so that one declaration serves every budget, and
every run ends when its schedule does. The rounding here affects the keys of records, and differs from that of
`Schedule.fit`.
"""

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any

import loganneal as la
from loganneal import _checks
from loganneal.schedules import SCHEDULES, share_of

WARMUP_SHARE = 0.05
"""Share of all steps spent warming up, unless declared otherwise."""

MAX_DEPTH = 16
"""Largest depth to which tables of schedules can be nested."""

Parameters = Mapping[str, Any]

FORMS = tuple(name for name in SCHEDULES if name != "InverseMomentum")
"""The schedules that an arm can have: all except the one that is not a learning rate."""

WRAPPERS: dict[str, tuple[str, ...]] = {
    "Warmup": ("inner", "warmup_share"),
    "Scale": ("inner", "factor"),
    "Join": ("parts", "boundary_shares", "warmup_share"),
}
"""What can be declared for the schedules that are made of others; each of those is a table of its own."""

INNER = ("schedule", "peak_share")
"""What the table of an inner schedule can contain besides the parameters of its schedule."""

LISTS = ("milestone_shares", "point_shares", "boundary_shares", "parts")
"""Parameters that are lists, never ranges to tune within."""

RISING = ("OneCycle", "CyclicalTriangular", "Piecewise")
"""Forms that rise by themselves and have no warmup."""

DEFAULTS: dict[str, dict[str, Any]] = {
    "WarmupStableDecay": {"decay_share": 0.2},
    "InverseSquareRootCooldown": {"decay_share": 0.2},
    "PowerScheduler": {"decay_share": 0.1, "timescale_share": 0.1, "min_share": 0.01},
    "InverseTimeDecay": {"timescale_share": 0.1},
    "StepDecay": {"every_share": 1 / 3},
    "MultiStepDecay": {"milestone_shares": [0.5, 0.75]},
    "ExponentialDecay": {"every_share": 1.0},
    "PublishedLogAnnealing": {"min_share": 0.01},
    "Piecewise": {"point_shares": [[0.0, 0.0], [WARMUP_SHARE, 1.0], [1.0, 0.0]]},
}
"""Shares that are used if nothing is declared and the schedule has no default of its own."""

_FROM_SHARES = ("max_lr", "min_lr", "total_steps", "cycle_steps", "warmup_init_lr", "points")


def warmup_steps(steps: int, share: float = WARMUP_SHARE) -> int:
    """Whole number of warmup steps in a run of `steps`, at least one unless the share is 0.

    >>> warmup_steps(100), warmup_steps(8), warmup_steps(100, 0.0)
    (5, 1, 0)
    """
    return max(1, round(share * steps)) if share else 0


def parameters_of(form: str) -> tuple[str, ...]:
    """The parameters that can be declared for a form.

    >>> parameters_of("OneCycle")
    ('rise_share', 'start_divisor', 'end_divisor')
    >>> parameters_of("StepDecay")
    ('factor', 'warmup_share', 'every_share')
    """
    if form in WRAPPERS:
        return WRAPPERS[form]
    names = list(signature(SCHEDULES[form]).parameters)
    own = [name for name in names if name not in _FROM_SHARES and share_of(name) is None]
    return (*own, *_shares(form, names))


def _shares(form: str, names: list[str]) -> list[str]:
    """The shares of a form: warmup, end and lengths as shares of the budget, the floor as a share of the peak."""
    found = ["warmup_share"] if form not in RISING else []
    if form == "Piecewise":
        found.append("point_shares")
    if form == "PublishedLogAnnealing":
        found.append("cycles")  # a parameter of its `fit` only, since it has no end
    if "min_lr" in names:
        found.append("min_share")
    if "total_steps" in names and "warmup_steps" not in names and form not in RISING:
        found.append("end_share")
    return found + list(_lengths(form))


def _lengths(form: str) -> dict[str, str]:
    """The lengths of a form apart from warmup, budget and cycles: each parameter by the name of its share."""
    names = [name for name in signature(SCHEDULES[form]).parameters if name not in ("warmup_steps", *_FROM_SHARES)]
    return {share: name for name in names if (share := share_of(name)) is not None}


def check_parameters(form: str, parameters: Parameters, depth: int = 1) -> None:
    """Raise unless every parameter can be declared for the form, in the tables of inner schedules too.

    Args:
        form: One of `FORMS`.
        parameters: What is declared.
        depth: Depth to which this table is nested; 1 for the outermost one.

    Raises:
        ValueError: A name is unknown, or tables are nested too deeply.
    """
    for name in parameters:
        _checks.one_of(f"an arm with the schedule {form}", name, name, parameters_of(form))
    for table in inner_tables(parameters):
        owner = f"an arm with the schedule {form}"
        if not isinstance(table, Mapping):
            _checks.fail(owner, "inner", "a table", table)
        if depth == MAX_DEPTH:
            _checks.fail(owner, "inner", f"nested at most {MAX_DEPTH} deep", depth + 1)
        own = {name: value for name, value in table.items() if name not in INNER}
        check_parameters(inner_form(table), own, depth + 1)


def inner_tables(parameters: Parameters) -> list[Any]:
    """The tables of the schedules that a wrapper is made of."""
    parts = parameters.get("parts", [])
    inner = [parameters["inner"]] if "inner" in parameters else []
    return [*inner, *parts] if isinstance(parts, list | tuple) else [*inner, parts]


def inner_form(table: Parameters) -> str:
    """The form that the table of an inner schedule names."""
    return _checks.one_of("an inner schedule", "schedule", table.get("schedule"), FORMS)


def build_schedule(form: str, peak: float, steps: int, parameters: Parameters) -> la.Schedule:
    """A schedule that ends with the budget, if it has an end.

    Args:
        form: One of `FORMS`.
        peak: The peak rate.
        steps: The budget.
        parameters: Parameters by the names that `parameters_of` returns, or a floor as a rate, `min_lr`, and a warmup
            in steps, `warmup_steps`.

    Raises:
        ValueError: A value is not allowed.

    Example:
        >>> build_schedule("Cosine", 0.4, 100, {"warmup_share": 0.0, "min_share": 0.1})
        Cosine(max_lr=0.4, total_steps=100, min_lr=0.04...)
        >>> parts = [{"schedule": "Constant"}, {"schedule": "Linear"}]
        >>> build_schedule("Join", 0.4, 100, {"parts": parts, "boundary_shares": [0.8]}).restarts(100).tolist()
        [80]
    """
    return _build(form, peak, steps, dict(parameters), WARMUP_SHARE)


def _build(form: str, peak: float, steps: int, parameters: dict[str, Any], usual: float) -> la.Schedule:
    if form in _WRAPPING:
        return _WRAPPING[form](peak, steps, parameters, usual)
    given = {**DEFAULTS.get(form, {}), **parameters}
    if form == "Piecewise":
        return la.Piecewise.fit(total_steps=steps, max_lr=peak, **given)
    warmup = 0 if form in RISING else _warmup(given, steps, usual)
    floor = _floor(given, peak)
    end = max(warmup + 1, round(_share(given, "end_share", 1.0) * steps))
    lengths = _in_steps(form, given, steps, warmup)
    schedule: la.Schedule = SCHEDULES[form].fit(  # type: ignore[attr-defined] # all but wrappers have it, says a test
        total_steps=end, max_lr=peak, warmup_steps=warmup, **floor, **lengths, **given
    )
    return schedule


def _share(parameters: dict[str, Any], name: str, default: float) -> float:
    return _checks.number("a schedule", name, parameters.pop(name, default), 0.0, 1.0)


def _warmup(parameters: dict[str, Any], steps: int, usual: float) -> int:
    if "warmup_steps" in parameters:
        return _checks.whole("a schedule", "warmup_steps", parameters.pop("warmup_steps"), 0, steps - 1)
    return warmup_steps(steps, _share(parameters, "warmup_share", usual))


def _floor(parameters: dict[str, Any], peak: float) -> dict[str, Any]:
    share = _share(parameters, "min_share", 0.0)
    if "min_lr" in parameters:
        return {"min_lr": parameters.pop("min_lr")}
    return {"min_lr": share * peak} if share else {}


def _in_steps(form: str, parameters: dict[str, Any], steps: int, warmup: int) -> dict[str, Any]:
    """The lengths that are declared as shares of the budget, in steps; milestones count from the end of the warmup."""
    lengths: dict[str, Any] = {}
    for share, name in _lengths(form).items():
        if share == "milestone_shares":
            lengths[name] = [bound - warmup for bound in _bounds(share, parameters.pop(share), steps)]
        elif share in parameters:
            lengths[name] = max(1, round(_share(parameters, share, 0.0) * steps))
    return lengths


def _bounds(name: str, shares: Any, steps: int) -> list[int]:
    if not isinstance(shares, list | tuple):
        _checks.fail("a schedule", name, "a list of shares of the budget", shares)
    return [max(1, round(_checks.number("a schedule", name, share, 0.0, 1.0) * steps)) for share in shares]


def _inner(table: Any, peak: float, steps: int, usual: float) -> la.Schedule:
    """The schedule of a table within a wrapper, over its part of the budget."""
    given = dict(table) if isinstance(table, Mapping) else {}
    form = inner_form(given)
    given.pop("schedule")
    share = _checks.number("an inner schedule", "peak_share", given.pop("peak_share", 1.0), 0.0, 1.0, bounds="(]")
    return _build(form, peak * share, steps, given, usual)


def _scale(peak: float, steps: int, parameters: dict[str, Any], usual: float) -> la.Schedule:
    return la.Scale(_inner(parameters.get("inner"), peak, steps, usual), parameters.get("factor", 1.0))


def _warmed(peak: float, steps: int, parameters: dict[str, Any], usual: float) -> la.Schedule:
    warmup = _warmup(parameters, steps, usual)
    return la.Warmup(_inner(parameters.get("inner"), peak, steps - warmup, 0.0), warmup)


def _joined(peak: float, steps: int, parameters: dict[str, Any], usual: float) -> la.Schedule:
    """The parts one after another, following a single warmup; the boundaries are shares of the whole budget."""
    warmup = _warmup(parameters, steps, usual)
    bounds = [bound - warmup for bound in _bounds("boundary_shares", parameters.get("boundary_shares"), steps)]
    tables = parameters.get("parts")
    if not isinstance(tables, list | tuple) or len(tables) != len(bounds) + 1:
        _checks.fail("a schedule", "parts", f"{len(bounds) + 1} tables, one more than boundary_shares", tables)
    edges = zip([0, *bounds], [*bounds, steps - warmup], strict=True)
    parts = [_inner(table, peak, end - begin, 0.0) for table, (begin, end) in zip(tables, edges, strict=True)]
    schedule = la.Join(parts, bounds)
    return la.Warmup(schedule, warmup) if warmup else schedule


_WRAPPING: dict[str, Callable[[float, int, dict[str, Any], float], la.Schedule]] = {
    "Warmup": _warmed,
    "Scale": _scale,
    "Join": _joined,
}
