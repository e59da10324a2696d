"""What schedules are apart from their rates: immutable values, defined and compared by their parameters."""

from typing import Any, Self

from loganneal import _checks

VERSION = 1
"""The version of the dictionary that `Schedule.to_dict` writes."""

MAX_DEPTH = 64
"""How deep schedules may be nested: more could only be a mistake, and much more exceeds Python's recursion limit."""


class Value:
    """An immutable value defined by its parameters, equal to another of the same class and parameters.

    Equality, hash, repr and immutability are implemented here rather than by frozen dataclasses: each dataclass
    compiles its methods when it is imported, and fourteen of them took 20 ms, longer than the rest of the package
    without numpy.
    """

    _parameters: dict[str, Any]
    _depth: int

    def _keep(self, parameters: dict[str, Any]) -> None:
        """Take on these parameters, which have been checked."""
        depth = 1 + max((inner._depth for value in parameters.values() for inner in _nested(value)), default=0)
        if depth > MAX_DEPTH:
            _checks.fail(type(self).__name__, "schedule", f"nested at most {MAX_DEPTH} deep", depth)
        vars(self).update(parameters, _parameters=parameters, _depth=depth)

    def in_steps(self, steps_per_epoch: int) -> Self:
        """The schedule with its durations read as epochs: each is multiplied by the steps of an epoch.

        Args:
            steps_per_epoch: A whole number, at least 1.

        Returns:
            A schedule of the same class; schedules within it are multiplied too.

        Raises:
            ValueError: If it is not such a number.

        >>> from loganneal import CyclicalLogAnnealing
        >>> CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10, warmup_steps=1).in_steps(391).restarts(8_000).tolist()
        [391, 4301]
        """
        factor = _checks.whole(f"{type(self).__name__}.in_steps", "steps_per_epoch", steps_per_epoch, 1)
        return self.replace(**{name: _in_steps(name, value, factor) for name, value in self._parameters.items()})

    def replace(self, **changes: Any) -> Self:
        """A new schedule with some parameters changed.

        Args:
            **changes: Parameters of the class, by name.

        Returns:
            A schedule of the same class.

        Raises:
            ValueError: If a parameter is outside its range.
            TypeError: If the class has no such parameter.

        >>> from loganneal import Linear
        >>> Linear(max_lr=0.1, total_steps=100).replace(max_lr=0.3)
        Linear(max_lr=0.3, total_steps=100, min_lr=0.0)
        """
        return type(self)(**{**self._parameters, **changes})

    def to_dict(self) -> dict[str, Any]:
        """The schedule as a dictionary, from which `from_dict` makes an equal one.

        Returns:
            Numbers, strings, lists and dictionaries, which JSON keeps exactly.

        >>> from loganneal import Linear
        >>> Linear(max_lr=0.1, total_steps=100).to_dict()
        {'version': 1, 'type': 'Linear', 'max_lr': 0.1, 'total_steps': 100, 'min_lr': 0.0}
        """
        parameters = {name: _plain(value) for name, value in self._parameters.items()}
        return {"version": VERSION, "type": type(self).__name__, **parameters}

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"A {type(self).__name__} cannot be changed. Use .replace({name}=...) for a new one.")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"A {type(self).__name__} cannot be changed.")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._parameters == self._parameters

    def __hash__(self) -> int:
        return hash((type(self), tuple(self._parameters.items())))

    def __repr__(self) -> str:
        parameters = ", ".join(f"{name}={value!r}" for name, value in self._parameters.items())
        return f"{type(self).__name__}({parameters})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._parameters)


def _rebuild(cls: type[Value], parameters: dict[str, Any]) -> Value:
    return cls(**parameters)


def _nested(value: Any) -> tuple["Value", ...]:
    """The schedules that a parameter contains."""
    values = value if isinstance(value, tuple) else (value,)
    return tuple(item for item in values if isinstance(item, Value))


def _in_steps(name: str, value: Any, factor: int) -> Any:
    if isinstance(value, Value):
        return value.in_steps(factor)
    if isinstance(value, tuple):
        return tuple(_in_steps(name, item, factor) for item in value)
    is_duration = name.endswith("_steps") or name in ("milestones", "boundaries")
    return value * factor if is_duration and value is not None else value


def _plain(value: Any) -> Any:
    if isinstance(value, Value):
        return value.to_dict()
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
