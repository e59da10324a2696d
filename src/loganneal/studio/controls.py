"""The controls of a schedule: one for each parameter, from the signature of its class."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from loganneal.schedules import SCHEDULES
from loganneal.studio.ranges import CHOICES, Range, is_duration, range_of
from loganneal.studio.tree import DEPENDENT, Tree

NOTHING = {
    "cycles": "forever",
    "base": "1 / min_lr",
    "timescale_steps": "as warmup_steps",
}
"""What it means to leave out an optional parameter."""

FEWEST = {"milestones": 1, "points": 2, "schedules": 1}
"""Minimum number of entries of a list; the length of a list of boundaries follows from that of the schedules."""


@dataclass(frozen=True)
class Control:
    """One parameter of a schedule.

    Args:
        path: Its path in the tree.
        label: Its name in the library.
        value: Its current value.
        slider: Its range; None for a choice.
        choices: The names to choose from.
        duration: Whether it counts steps, and is shown in steps, epochs or shares.
        nothing: What an empty field means; "" if it may not be empty.
        meaning: A sentence from the documentation of the class.
    """

    path: str
    label: str
    value: Any
    slider: Range | None
    choices: tuple[str, ...] = ()
    duration: bool = False
    nothing: str = ""
    meaning: str = ""


@dataclass(frozen=True)
class Section:
    """The controls of one schedule of the tree.

    Args:
        path: The schedule's path; "" for the whole.
        type: Its class.
        controls: Its own parameters.
        lists: The paths of its lists, and whether they can be shortened.
    """

    path: str
    type: str
    controls: tuple[Control, ...]
    lists: tuple[tuple[str, bool], ...] = ()


def sections(tree: Tree, total_steps: int, path: str = "") -> Iterator[Section]:
    """The schedules of a tree, outer ones first.

    >>> tree = SCHEDULES["Linear"](0.1, total_steps=100).to_dict()
    >>> [control.label for section in sections(tree, 100) for control in section.controls]
    ['max_lr', 'total_steps', 'min_lr']
    """
    name = str(tree["type"])
    inner = {key: value for key, value in tree.items() if _is_nested(value)}
    own = [
        control for key in _parameters(name) if key not in inner for control in _controls(tree, key, path, total_steps)
    ]
    lists = tuple((_joined(path, key), len(tree[key]) > FEWEST[key]) for key in FEWEST if key in tree)
    yield Section(path, name, tuple(own), lists)
    for key, value in inner.items():
        for place, one in _each(_joined(path, key), value):
            yield from sections(one, total_steps, place)


def _is_nested(value: Any) -> bool:
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict)


def _each(path: str, value: Any) -> Iterator[tuple[str, Tree]]:
    if isinstance(value, list):
        yield from ((f"{path}.{index}", one) for index, one in enumerate(value))
    else:
        yield path, value


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


@cache
def _parameters(name: str) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(SCHEDULES[name]).parameters)


def _controls(tree: Tree, name: str, path: str, total_steps: int) -> Iterator[Control]:
    owner = str(tree["type"])
    if name in DEPENDENT and tree.get(DEPENDENT[name][0]) != DEPENDENT[name][1] and DEPENDENT[name][0] in tree:
        return
    place, meaning = _joined(path, name), meanings(owner).get(name, "")
    value = tree.get(name, _parameters(owner)[name].default)
    if name in CHOICES:
        yield Control(place, name, value, None, CHOICES[name], meaning=meaning)
    elif name == "points":
        for index, (step, rate) in enumerate(value):
            yield _control(owner, f"{place}.{index}.0", "step", step, total_steps, meaning)
            yield _control(owner, f"{place}.{index}.1", "rate", rate, total_steps, meaning)
    elif isinstance(value, list):
        for index, step in enumerate(value):
            yield _control(owner, f"{place}.{index}", name, step, total_steps, meaning)
    else:
        yield _control(owner, place, name, value, total_steps, meaning)


def _control(owner: str, path: str, name: str, value: Any, total_steps: int, meaning: str) -> Control:
    number = re.search(r"\.(\d+)(\.\d+)?$", path)
    label = f"{name} {int(number[1]) + 1}" if number and name in ("step", "rate", "milestones", "boundaries") else name
    given = _parameters(owner).get(name)
    nothing = NOTHING.get(name, "none") if given is not None and given.default is None else ""
    slider = range_of(owner, name, total_steps)
    return Control(path, label, value, slider, (), is_duration(name), nothing, meaning)


_ARGUMENT = re.compile(r"^ {8}(\w+): (.+?)(?=^ {8}\w+: |\Z)", re.MULTILINE | re.DOTALL)


@cache
def meanings(name: str) -> dict[str, str]:
    """What the documentation of a schedule says about its parameters.

    >>> meanings("Linear")["max_lr"]
    'the peak, in (0, inf), at step 0.'
    """
    _, _, rest = (SCHEDULES[name].__doc__ or "").partition("Args:\n")
    block, _, _ = rest.partition("\n\n")
    return {one: _plain(text) for one, text in _ARGUMENT.findall(f"{block}\n")}


def _plain(text: str) -> str:
    without = re.sub(r":math:`[^`]*`(, )?", "", text).replace("``", "").replace("`", "")
    return " ".join(without.split())
