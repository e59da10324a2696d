"""The schedule that a name, its parameters and a peak rate say, on the command line."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import loganneal as la
from loganneal import _checks
from loganneal._limits import JSON_BYTES
from loganneal._reading import parse_json, read_text
from loganneal.cli._published import published_like
from loganneal.studies.declare.arms import ARMS, RESTARTS, Arm
from loganneal.studies.declare.builders import build_schedule, parameters_of

SAW = Arm("saw", "Linear with restarts (2 cycles)", "#5b9e1f", "CyclicalLinearAnnealing", RESTARTS)
PUBLISHED = "published"
NAMES = (*ARMS, SAW.name, PUBLISHED)
"""The names of `loganneal compare`, and those of `loganneal plot` that it lacks."""


def build_arm(name: str, peak: float, steps: int, parameters: Mapping[str, Any]) -> la.Schedule:
    """A schedule over a budget of steps.

    Args:
        name: One of `NAMES`, or the path of a .json file with a schedule's `to_dict()`.
        peak: The peak rate; that of a file is its own.
        steps: The budget.
        parameters: What is changed of the arm; see `loganneal.studies.declare.builders.parameters_of`.

    Raises:
        ValueError: A name is unknown or a value is not allowed.

    Example:
        >>> build_arm("cla", 0.3, 100, {"cycles": 4}).restarts(100).tolist()
        [5, 29, 53, 76]
    """
    if name.endswith(".json"):
        return _from_file(Path(name))
    if _checks.one_of("loganneal train", "--schedule", name, NAMES) == PUBLISHED:
        return _published(peak, steps, parameters)
    arm = {**ARMS, SAW.name: SAW}[name]
    for one in parameters:
        _checks.one_of("loganneal train", "--set", one, parameters_of(arm.schedule))
    return build_schedule(arm.schedule, peak, steps, {**arm.parameters, **parameters})


def read_values(owner: str, name: str, pairs: Sequence[str]) -> dict[str, Any]:
    """Values by name from words such as `cycles=3`; a value that is not JSON is a text.

    Example:
        >>> read_values("loganneal train", "--set", ["cycles=3", "name=late"])
        {'cycles': 3, 'name': 'late'}
    """
    for pair in pairs:
        if not pair.partition("=")[0] or "=" not in pair:
            _checks.fail(owner, name, "NAME=VALUE", pair)
    return {pair.partition("=")[0]: _value(pair.partition("=")[2]) for pair in pairs}


def _value(text: str) -> Any:
    if text == "e":
        return math.e
    try:
        return json.loads(text)
    except ValueError:
        return text


def _published(peak: float, steps: int, parameters: Mapping[str, Any]) -> la.Schedule:
    return published_like(build_arm("cla", peak, steps, parameters), parameters.get("base"))


def _from_file(path: Path) -> la.Schedule:
    try:
        return la.from_dict(parse_json(read_text(path, JSON_BYTES)))
    except (ValueError, KeyError, TypeError) as error:
        _checks.fail(
            "loganneal train", "--schedule", "a file with a schedule's to_dict()", str(path), f"It says: {error}"
        )
