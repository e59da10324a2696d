"""A run's specification of either kind: a run of the built-in training loop, or of the user's command."""

from collections.abc import Mapping
from typing import Any

from loganneal.runs.command_spec import CommandSpec
from loganneal.runs.spec import RunSpec

Spec = RunSpec | CommandSpec


def spec_from_dict(values: Mapping[str, Any]) -> Spec:
    """The specification that its `to_dict` wrote.

    Raises:
        ValueError: The version is unknown, or a value is not allowed.
        KeyError, TypeError: A field is missing or unknown.
    """
    if "command_version" in values:
        return CommandSpec.from_dict(values)
    return RunSpec.from_dict(dict(values))
