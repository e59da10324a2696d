"""The schedule that a short name, its parameters and a peak rate describe, the same in every command."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import loganneal as la
from loganneal import _checks
from loganneal._limits import JSON_BYTES
from loganneal._reading import parse_json, read_text
from loganneal.studies.declare.arms import ARMS, Arm
from loganneal.studies.declare.builders import build_schedule, parameters_of

NAMES = tuple(ARMS)
"""The short names of schedules in `loganneal plot`, `train` and `compare`."""

FILE = ".json"
"""Suffix of a file with a schedule."""


def build_arm(name: str, peak: float, steps: int, parameters: Mapping[str, Any]) -> la.Schedule:
    """A schedule over a budget of steps.

    Args:
        name: One of `NAMES`, or the path of a .json file with a schedule's `to_dict()`.
        peak: The peak rate; a schedule from a file has its own.
        steps: The budget.
        parameters: Parameters of the arm to change; see `loganneal.studies.declare.builders.parameters_of`.

    Raises:
        ValueError: A name is unknown or a value is not allowed.

    Example:
        >>> build_arm("cla", 0.3, 100, {"cycles": 4}).restarts(100).tolist()
        [5, 29, 53, 76]
    """
    if name.endswith(FILE):
        return schedule_in_file("loganneal train", "--schedule", name)
    arm = find_arm("loganneal train", "--schedule", name)
    for one in parameters:
        _checks.one_of("loganneal train", "--set", one, parameters_of(arm.schedule))
    return build_schedule(arm.schedule, peak, steps, {**arm.parameters, **parameters})


def find_arm(command: str, option: str, name: str) -> Arm:
    """The arm with a short name, or an error that names the command and the option that it was passed to."""
    return ARMS[_checks.one_of(command, option, name, NAMES)]


def read_values(owner: str, name: str, pairs: Sequence[str]) -> dict[str, Any]:
    """Values by name from arguments such as ``cycles=3``; a value that is not JSON is a string.

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


def schedule_in_file(command: str, option: str, path: str) -> la.Schedule:
    """The schedule in a .json file, or an error that names the command and the option that it was passed to."""
    try:
        return la.from_dict(parse_json(read_text(Path(path), JSON_BYTES)))
    except (ValueError, KeyError, TypeError) as error:
        _checks.fail(command, option, "a file with a schedule's to_dict()", path, f"It says: {error}")
