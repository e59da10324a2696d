"""The states that the schedulers save, and the check of those that they are given."""

import math
from collections.abc import Collection
from typing import Any

from loganneal import _checks
from loganneal.schedules._numeric import MAX_STEP

VERSION = 1
"""The version of the state that the schedulers save."""

POSITION = {"version", "last_epoch", "fraction"}
"""The fields of a state that say where it is; the others say what its schedules and the groups' own values were."""

LATER = {"applied"}
"""The fields that states of the first release do not have."""


def checked_state(owner: str, state: Any, bases: Collection[str], declared: dict[str, Any], strict: bool) -> Any:
    """The position of a state as checked numbers; if strict, what it declares must be what is declared here.

    Args:
        owner: The class of the scheduler.
        state: What was given.
        bases: The fields of the initial values of the groups.
        declared: What the rates of the scheduler are made of.
        strict: Whether more than the position is looked at.
    """
    name = f"{owner}.load_state_dict"
    _check_fields(name, state, {*POSITION, *bases, *declared} if strict else POSITION, strict)
    if state["version"] != VERSION:
        _checks.fail(name, "version", f"{VERSION}", state["version"])
    for field in declared if strict else ():
        check_same(name, field, state[field], declared[field])
    return {
        "last_epoch": _checks.whole(name, "last_epoch", state["last_epoch"], -1, MAX_STEP - 1),
        "fraction": _checks.number(name, "fraction", state["fraction"], 0, 1, bounds="[)"),
        "applied": _checked_flag(name, "applied", state.get("applied", True)),
    }


def _check_fields(name: str, state: Any, needed: set[str], strict: bool) -> None:
    fields = set(state) - LATER if isinstance(state, dict) else set()
    if not needed <= fields or (strict and needed != fields):
        given = sorted(map(str, fields)) if isinstance(state, dict) else state
        _checks.fail(name, "state_dict", f"a dictionary of the fields {sorted(needed)}", given)


def _checked_flag(name: str, field: str, value: Any) -> bool:
    if not isinstance(value, bool):
        _checks.fail(name, field, "True or False", value)
    return value


def checked_bases(owner: str, field: str, bases: Any, count: int) -> list[float]:
    """The saved initial values of so many groups, as checked numbers."""
    name = f"{owner}.load_state_dict"
    if not isinstance(bases, list) or len(bases) != count:
        _checks.fail(name, field, f"a list of {count} numbers, one for each parameter group", bases)
    return [_checks.number(name, field, base, 0, math.inf) for base in bases]


def check_same(owner: str, field: str, saved: Any, present: Any) -> None:
    """Raise unless what was saved is what is present; the error names the innermost field that differs."""
    if isinstance(saved, dict) and isinstance(present, dict) and set(saved) == set(present):
        for key in present:
            check_same(owner, f"{field}.{key}", saved[key], present[key])
    elif isinstance(saved, list) and isinstance(present, list) and len(saved) == len(present):
        for index, (one, other) in enumerate(zip(saved, present, strict=True)):
            check_same(owner, f"{field}[{index}]", one, other)
    elif saved != present:
        remedy = "Pass strict=False to keep the position and take the new schedule."
        _checks.fail(owner, field, f"{present!r}, as in this scheduler", saved, remedy)
