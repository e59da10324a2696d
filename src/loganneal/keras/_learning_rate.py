"""Schedules as the learning rate of a Keras optimizer."""

import importlib
import numbers
from collections.abc import Callable
from typing import Any, Self, TypeVar

import keras
import numpy as np
import numpy.typing as npt

from loganneal import _checks
from loganneal.schedules import Schedule, from_dict

Function = TypeVar("Function", bound=Callable[..., Any])


def _as_written(function: Function) -> Function:
    """Keep AutoGraph and Dynamo out of the core: they would rewrite it, and warn or break where they cannot."""
    match keras.backend.backend():
        case "tensorflow":
            function = importlib.import_module("tensorflow").autograph.experimental.do_not_convert(function)
        case "torch":
            function = importlib.import_module("torch").compiler.disable(function)
    return function


@keras.saving.register_keras_serializable(package="loganneal")
class ScheduleLR(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc] # Keras has no types
    """Any schedule as the ``learning_rate`` of a Keras optimizer, which asks for the rate of its ``iterations``.

    The rate is ``schedule(step)``, and step 0 is the first update. A step whose value can be read, as always in
    PyTorch, is passed to the schedule as a number. While a graph is traced, by ``tf.function`` or ``jax.jit``, the same
    formula is built from ``keras.ops`` over the whole numbers in which Keras counts: one graph for all restarts.

    A saved model can be loaded once ``loganneal.keras`` has been imported. With ``gradient_accumulation_steps`` Keras
    counts batches, not updates: give the schedule its lengths in batches.

    Args:
        schedule: Any schedule of loganneal.

    Raises:
        ValueError: If it is not a schedule of loganneal.

    >>> import loganneal as la
    >>> learning_rate = ScheduleLR(la.CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10))
    >>> optimizer = keras.optimizers.SGD(learning_rate)
    >>> round(float(learning_rate(5)), 4)
    0.026
    """

    def __init__(self, schedule: Schedule) -> None:
        if not isinstance(schedule, Schedule):
            _checks.fail(type(self).__name__, "schedule", "a schedule of loganneal", schedule)
        self.schedule = schedule

    @_as_written
    def __call__(self, step: Any) -> Any:
        """The rate at ``step`` as a tensor of the same shape, float32, or float64 if that is Keras' float type.

        Args:
            step: The 0-based update: a number, or a variable or tensor of numbers.

        Raises:
            ValueError: If a step whose value can be read is negative, not finite or too large; others are clipped.
        """
        known = step if isinstance(step, numbers.Real) else _read(step := keras.ops.convert_to_tensor(step))
        if known is not None:
            return keras.ops.convert_to_tensor(self.schedule(known), _float_type())
        xp = _Namespace()
        rate = self.schedule.rate_at(*_split(step, xp), xp)
        return keras.ops.cast(_tensor(rate), _float_type())

    def get_config(self) -> dict[str, Any]:
        """The schedule as `Schedule.to_dict` writes it."""
        return {"schedule": self.schedule.to_dict()}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """What `get_config` described."""
        return cls(from_dict(config["schedule"]))


def _read(tensor: Any) -> Any:
    """The value of a tensor as a number or an array of numpy; None while it is traced."""
    try:
        value = keras.ops.convert_to_numpy(tensor)
    except (TypeError, NotImplementedError):  # raised by JAX and TensorFlow for a value that is not known yet
        return None
    return value if value.ndim else value.item()


def _float_type() -> str:
    """The type of rates: half precision, which Keras can be set to, would round them too much."""
    return str(keras.backend.result_type("float32", keras.config.floatx()))


def _split(step: Any, xp: "_Namespace") -> tuple["_Array", "_Array"]:
    """The whole step, clipped to the range of the namespace's whole numbers, and the fraction."""
    floating = keras.backend.is_float_dtype(step.dtype)
    last = int(xp.iinfo(xp.counter).max)
    # the largest float32 below it, or the largest number of the step's own type
    limit = last - last // 2**24 if floating else min(last, int(xp.iinfo(_dtype(step)).max))
    step = keras.ops.clip(step, 0, limit)
    floor = keras.ops.floor(step) if floating else step
    return _Array(keras.ops.cast(floor, xp.counter)), _Array(keras.ops.cast(step - floor, _float_type()))


def _dtype(tensor: Any) -> np.dtype[Any]:
    return np.dtype(str(keras.backend.standardize_dtype(tensor.dtype)))


class _Array(np.lib.mixins.NDArrayOperatorsMixin):
    """A tensor with numpy's operators, by `keras.ops`: TensorFlow's own do not mix whole numbers and floats."""

    def __init__(self, tensor: Any) -> None:
        self.tensor = tensor

    @property
    def dtype(self) -> np.dtype[Any]:
        return _dtype(self.tensor)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any) -> "_Array":
        return _apply(getattr(keras.ops, ufunc.__name__), *inputs)

    def __getitem__(self, index: "_Array") -> "_Array":
        return _apply(keras.ops.take, self, index)


class _Namespace:
    """`keras.ops` in place of `numpy`, over `_Array`, with the whole numbers that Keras counts its steps in."""

    def __init__(self) -> None:
        self.counter = keras.backend.standardize_dtype("int")  # 64 bits in TensorFlow, otherwise 32

    def exp(self, x: Any) -> "_Array":
        return _apply(keras.ops.exp, x)

    def log(self, x: Any) -> "_Array":
        return _apply(keras.ops.log, x)

    def log1p(self, x: Any) -> "_Array":
        return _apply(keras.ops.log1p, x)

    def sin(self, x: Any) -> "_Array":
        return _apply(keras.ops.sin, x)

    def abs(self, x: Any) -> "_Array":
        return _apply(keras.ops.abs, x)

    def minimum(self, x: Any, y: Any) -> "_Array":
        return _apply(keras.ops.minimum, x, y)

    def maximum(self, x: Any, y: Any) -> "_Array":
        return _apply(keras.ops.maximum, x, y)

    def where(self, condition: Any, x: Any, y: Any) -> "_Array":
        return _apply(keras.ops.where, condition, x, y)

    def iinfo(self, dtype: Any) -> Any:
        return np.iinfo(dtype)

    def arange(self, stop: int) -> _Array:
        return _Array(keras.ops.arange(stop, dtype=self.counter))

    def asarray(self, values: npt.ArrayLike, dtype: Any = None) -> _Array:
        array = np.asarray(values, dtype)
        kind = _float_type() if array.dtype.kind == "f" else array.dtype.name
        return _Array(keras.ops.convert_to_tensor(array, kind))

    def searchsorted(self, table: _Array, value: _Array, side: str) -> _Array:
        flat = keras.ops.reshape(value.tensor, (-1,))  # TensorFlow searches for vectors only
        places = keras.ops.searchsorted(table.tensor, flat, side=side)
        return _Array(keras.ops.reshape(places, keras.ops.shape(value.tensor)))


def _apply(operation: Callable[..., Any], *inputs: Any, **options: Any) -> _Array:
    return _Array(operation(*map(_tensor, inputs), **options))


def _tensor(value: Any) -> Any:
    """The tensor of an `_Array`; Python's floats, in the type of rates, whatever Keras would make of them."""
    if isinstance(value, _Array):
        return value.tensor
    return keras.ops.convert_to_tensor(value, _float_type()) if isinstance(value, float) else value
