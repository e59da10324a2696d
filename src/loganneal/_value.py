"""Frozen values that go to JSON and come back, checked field by field."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, Self

import numpy as np

from loganneal import _checks


class Value:
    """Base of frozen dataclasses whose fields are numbers, strings, tuples, mappings by name, or other such values.

    Example:
        >>> @dataclasses.dataclass(frozen=True)
        ... class Point(Value):
        ...     x: float
        ...     tags: tuple[str, ...] = ()
        >>> Point.from_dict(Point(0.5, ("a", "b")).to_dict())
        Point(x=0.5, tags=('a', 'b'))
        >>> Point.from_dict({"x": "0.5"})
        Traceback (most recent call last):
        ValueError: The 'x' parameter of Point must be a number. Got '0.5' instead.
    """

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]

    def to_dict(self) -> dict[str, Any]:
        """The fields by name as JSON values: tuples become lists, nested values become dictionaries.

        Returns:
            A dictionary that `from_dict` reads.
        """
        return {one.name: as_json(getattr(self, one.name)) for one in dataclasses.fields(self)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The value that `to_dict` wrote.

        Args:
            values: Fields by name; those with a default may be left out.

        Returns:
            A value that equals the one that was written.

        Raises:
            ValueError: A field is missing, unknown or of another type; the message names it.
        """
        return cls(**typed(cls, values))


def typed(cls: type, values: Mapping[str, Any], *, besides: tuple[str, ...] = ()) -> dict[str, Any]:
    """JSON values as the types that the fields of a dataclass declare, for its constructor.

    Args:
        cls: The dataclass.
        values: Fields by name; those with a default may be left out.
        besides: Fields of the dataclass that may not be among them.

    Raises:
        ValueError: A field is missing, unknown or of another type; the message names it.
    """
    if not isinstance(values, Mapping):
        _checks.fail(cls.__name__, "values", "fields by name", values)
    known = {one.name: one for one in dataclasses.fields(cls) if one.name not in besides}
    for name in values:
        _checks.one_of(cls.__name__, "values", name, known)
    hints = _hints(cls)
    for name, one in known.items():
        if name not in values and one.default is one.default_factory is dataclasses.MISSING:
            _checks.missing(cls.__name__, name)
    return {name: _from_json(hints[name], value, cls.__name__, name) for name, value in values.items()}


@cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def as_json(value: Any) -> Any:
    """A field as a JSON value: tuples become lists, nested values become dictionaries."""
    if isinstance(value, Value):
        return value.to_dict()
    if isinstance(value, tuple | list):
        return [as_json(one) for one in value]
    if isinstance(value, Mapping):
        return {name: as_json(one) for name, one in value.items()}
    return value.item() if isinstance(value, np.generic) else value


def _from_json(hint: Any, value: Any, owner: str, name: str) -> Any:
    """A JSON value as the type that a field declares."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return value
    if origin in (typing.Union, types.UnionType):
        inner = next(one for one in arguments if one is not type(None))
        return None if value is None else _from_json(inner, value, owner, name)
    if origin is tuple:
        return _tuple(arguments, value, owner, name)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        _expect(isinstance(value, Mapping), owner, name, "values by name", value)
        return {str(key): _from_json(arguments[1], one, owner, name) for key, one in value.items()}
    if origin is typing.Literal:
        return _checks.one_of(owner, name, value, arguments)
    return _plain(hint, value, owner, name)


def _tuple(arguments: tuple[Any, ...], value: Any, owner: str, name: str) -> tuple[Any, ...]:
    repeated = len(arguments) == 2 and arguments[1] is ...
    _expect(isinstance(value, list | tuple), owner, name, "a list", value)
    inner = [arguments[0]] * len(value) if repeated else list(arguments)
    _expect(len(inner) == len(value), owner, name, f"a list of {len(inner)}", value)
    return tuple(_from_json(hint, one, owner, name) for hint, one in zip(inner, value, strict=True))


_NAMES = {float: "a number", int: "a whole number", str: "a string", bool: "true or false"}


def _plain(hint: Any, value: Any, owner: str, name: str) -> Any:
    if isinstance(hint, type) and issubclass(hint, Value):
        return hint.from_dict(value)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = number if hint is float else isinstance(value, hint) and (hint is bool or not isinstance(value, bool))
    _expect(fits, owner, name, _NAMES.get(hint, hint.__name__), value)
    return float(value) if hint is float else value


def _expect(fits: bool, owner: str, name: str, allowed: str, given: Any) -> None:
    if not fits:
        _checks.fail(owner, name, allowed, given)
