"""A schedule as a tree of plain values, `Schedule.to_dict`, that is changed at a path such as ``schedule.max_lr``.

A tree may be invalid for a moment, until a second parameter is changed to match the first: it then makes no schedule,
and the page says why.
"""

import copy
from collections.abc import Callable, Iterator
from inspect import signature
from typing import Any

from loganneal import _checks
from loganneal.schedules import SCHEDULES, from_dict
from loganneal.schedules._cycles import round_half_up
from loganneal.studio.ranges import is_duration
from loganneal.studio.starts import WRAPPERS, starting_schedule, wrapped

Tree = dict[str, Any]

DEFAULT_PEAK = 0.1
"""The peak if none is given."""

DEPENDENT: dict[str, tuple[str, str, float | None, float]] = {
    "power": ("shape", "power", None, 2.0),
    "gamma": ("mode", "exp_range", 1.0, 0.999),
}
"""Parameters that exist only with one choice of another: the other, its choice, the value without it, and with it."""


def value_at(tree: Any, path: str) -> Any:
    """The value at a path; the tree itself at "".

    Raises:
        ValueError: There is no such path.

    >>> value_at({"schedules": [{"max_lr": 0.1}]}, "schedules.0.max_lr")
    0.1
    """
    for word in filter(None, path.split(".")):
        try:
            tree = tree[int(word)] if isinstance(tree, list) else tree[word]
        except (KeyError, IndexError, TypeError, ValueError):
            _checks.fail("a design", "path", "that of a parameter", path)
    return tree


def changed(tree: Tree, path: str, value: Any) -> Tree:
    """A tree with another value at a path, and parameters that depend on that value adjusted.

    >>> changed({"type": "CyclicalTriangular", "mode": "triangular", "gamma": 1.0}, "mode", "exp_range")["gamma"]
    0.999
    """
    tree = copy.deepcopy(tree)
    parent, _, name = path.rpartition(".")
    owner = value_at(tree, parent)
    if isinstance(owner, list):
        value_at(owner, name)  # raises if there is no such entry
    owner[int(name) if isinstance(owner, list) else name] = value
    for dependent, (chooser, choice, without, default) in DEPENDENT.items():
        if name == chooser and isinstance(owner, dict) and dependent in _parameters(owner):
            owner[dependent] = default if value == choice else without
    return tree


def _parameters(owner: Tree) -> tuple[str, ...]:
    cls = SCHEDULES.get(str(owner.get("type")))
    return tuple(signature(cls).parameters) if cls is not None else ()


def of_type(tree: Tree, path: str, name: str, total_steps: int) -> Tree:
    """A tree whose schedule at a path is of another class: it wraps the previous one, or has its peak.

    Raises:
        ValueError: There is no such class, or the previous schedule is invalid.
    """
    _checks.one_of("a design", "type", name, SCHEDULES)
    before = value_at(tree, path)
    if before["type"] == name:
        return tree
    if name in WRAPPERS and before["type"] not in WRAPPERS:
        new = wrapped(name, from_dict(before), total_steps)
    else:
        new = starting_schedule(name, _peak(before), total_steps)
    return changed(tree, path, new.to_dict()) if path else new.to_dict()


def _peak(tree: Any) -> float:
    """The highest ``max_lr`` in a tree, or `DEFAULT_PEAK`."""
    peaks = [value for value in _named(tree, "max_lr") if _checks.is_number(value) and value > 0]
    return float(max(peaks, default=DEFAULT_PEAK))


def _named(tree: Any, name: str) -> Iterator[Any]:
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in inner:
        if key == name:
            yield value
        yield from _named(value, name)


def lengthened(tree: Tree, path: str, total_steps: int) -> Tree:
    """A tree with one more entry in the list at a path; in a Join, a schedule and the step at which it begins."""
    owner_path, _, name = path.rpartition(".")
    entries = value_at(tree, path)
    if name == "schedules":
        boundaries = value_at(tree, f"{owner_path}.boundaries")
        new = starting_schedule("Linear", _peak(tree), max(total_steps // 2, 1)).to_dict()
        grown = changed(tree, path, [*entries, new])
        return changed(grown, f"{owner_path}.boundaries", [*boundaries, _later(boundaries, total_steps)])
    steps = [entry[0] if isinstance(entry, list) else entry for entry in entries]
    step = _later(steps, total_steps)
    return changed(tree, path, [*entries, [step, entries[-1][1]] if name == "points" else step])


def _later(steps: list[int], total_steps: int) -> int:
    """A step after the last one, half way to the end of the budget."""
    last = steps[-1] if steps else 0
    return last + max((total_steps - last) // 2, 1)


def shortened(tree: Tree, path: str) -> Tree:
    """A tree without the last entry of the list at a path."""
    owner_path, _, name = path.rpartition(".")
    shorter = changed(tree, path, value_at(tree, path)[:-1])
    if name != "schedules":
        return shorter
    boundaries = f"{owner_path}.boundaries"
    return changed(shorter, boundaries, value_at(tree, boundaries)[:-1])


def stretched(tree: Tree, factor: float) -> Tree:
    """A tree with all durations multiplied by a factor, as whole numbers.

    >>> stretched({"type": "Cosine", "max_lr": 0.1, "total_steps": 100, "min_lr": 0.0}, 2.5)["total_steps"]
    250
    """
    longer: Tree = _over_durations(tree, lambda steps: max(round_half_up(steps * factor), 1 if steps else 0))
    return longer


def _over_durations(tree: Any, change: Callable[[float], float], name: str = "") -> Any:
    if isinstance(tree, dict):
        return {key: _over_durations(value, change, key) for key, value in tree.items()}
    if isinstance(tree, list) and name == "points":
        return [[change(step), rate] for step, rate in tree]
    if isinstance(tree, list):
        return [_over_durations(value, change, name) for value in tree]
    return change(tree) if is_duration(name) and _checks.is_number(tree) else tree
