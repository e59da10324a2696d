"""What a run left behind: learning rates and losses by step."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loganneal import _checks

Numbers = NDArray[np.float64]


def _none() -> Numbers:
    return np.zeros(0)


@dataclass(frozen=True, eq=False)
class Log:
    """The log of a training run, with a row for every step or for fewer.

    Args:
        step: The update of each row; finite and strictly increasing, at least one.
        lr: The learning rate of each row, finite and at least 0; empty if no rate was logged.
        loss: The training loss of each row. A loss that is not finite makes the run unstable.
        validation_step: The updates after which the validation loss was measured; finite and strictly increasing.
        validation_loss: The validation loss after each of these updates.
        grad_norm: The norm of the gradient of each row, NaN in rows that did not log it; empty if no row did.
        steps_per_epoch: Updates in an epoch, above 0; None if the log does not say.
        diverged: Whether the run is known to have ended because its loss was not finite.
        relative: Whether the loss is relative to a reward or a reference, as in policy-gradient methods, so that its
            level says nothing.
        unit: What the steps count, such as "updates" or "epochs".

    Raises:
        ValueError: The arrays do not have the same length, or a value is not allowed; the message names the parameter.

    Example:
        >>> Log(step=[1, 2, 3], lr=[0.1, 0.05, 0.0], loss=[2.3, 2.0, 1.8]).peak
        0.1
    """

    step: Numbers
    lr: Numbers
    loss: Numbers
    validation_step: Numbers = field(default_factory=_none)
    validation_loss: Numbers = field(default_factory=_none)
    grad_norm: Numbers = field(default_factory=_none)
    steps_per_epoch: float | None = None
    diverged: bool = False
    relative: bool = False
    unit: str = "updates"

    def __init__(
        self,
        step: ArrayLike,
        lr: ArrayLike,
        loss: ArrayLike,
        validation_step: ArrayLike = (),
        validation_loss: ArrayLike = (),
        grad_norm: ArrayLike = (),
        steps_per_epoch: float | None = None,
        diverged: bool = False,
        relative: bool = False,
        unit: str = "updates",
    ) -> None:
        given = {"step": step, "lr": lr, "loss": loss, "validation_step": validation_step}
        given |= {"validation_loss": validation_loss, "grad_norm": grad_norm}
        for name, values in given.items():
            self._set(name, _column(name, values))
        self._set("steps_per_epoch", steps_per_epoch)
        self._set("diverged", diverged)
        self._set("relative", relative)
        self._set("unit", unit)
        self._check_lengths()
        self._check_numbers()

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)  # the class is frozen

    def _check_lengths(self) -> None:
        if not len(self.step):
            _checks.fail("Log", "step", "one step at least", self.step)
        if len(self.loss) != len(self.step):
            _checks.fail("Log", "loss", f"one number for each of {len(self.step)} steps", self.loss)
        if len(self.validation_step) != len(self.validation_loss):
            _checks.fail("Log", "validation_loss", "one number for each validation step", self.validation_loss)
        for name in ("lr", "grad_norm"):
            if len(getattr(self, name)) not in (0, len(self.step)):
                _checks.fail("Log", name, "empty, or one number for each step", getattr(self, name))

    def _check_numbers(self) -> None:
        for name in ("step", "validation_step"):
            values = getattr(self, name)
            if not np.all(np.isfinite(values)) or np.any(np.diff(values) <= 0):
                _checks.fail("Log", name, "finite and strictly increasing", values)
        if not np.all(np.isfinite(self.lr)) or np.any(self.lr < 0):
            _checks.fail("Log", "lr", "finite and at least 0", self.lr)
        if self.steps_per_epoch is not None:
            _checks.number("Log", "steps_per_epoch", self.steps_per_epoch, 0, np.inf, bounds="()")

    @property
    def has_rate(self) -> bool:
        """Whether a learning rate was logged."""
        return len(self.lr) > 0

    @property
    def spacing(self) -> float:
        """The median number of steps from one row to the next; 1 for a single row."""
        return float(np.median(np.diff(self.step))) if len(self.step) > 1 else 1.0

    @property
    def peak(self) -> float:
        """The highest learning rate; NaN if none was logged."""
        return float(self.lr.max()) if self.has_rate else float("nan")


def _column(name: str, values: ArrayLike) -> Numbers:
    column = np.asarray(values, dtype=np.float64)
    if column.ndim != 1:
        _checks.fail("Log", name, "a row of numbers", values)
    return column
