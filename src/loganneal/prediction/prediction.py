"""What is predicted: frozen values that go to JSON and come back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from loganneal._value import Value

Verdict = Literal["better", "worse", "cannot tell"]
Quantity = Literal["training loss", "validation loss"]


@dataclass(frozen=True)
class SchedulePrediction(Value):
    """What is predicted of one schedule. Differences are to the run in the first log, as shares of its final loss.

    Args:
        name: Of the schedule.
        difference: Mean over the laws; negative is better. None where nothing is predicted.
        low: The smallest that a law gives.
        high: The largest that a law gives.
        verdict: "better" or "worse" only where the laws agree.
        reason: Why it cannot be told; "" where it can.
        laws: What each law gives, by its name.
    """

    name: str
    difference: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    reason: str = ""
    laws: Mapping[str, float] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Choice(Value):
    """The best value of one parameter of a family of schedules, and what is about as good.

    Args:
        family: The schedules.
        parameter: What was varied.
        best: The value with the lowest mean prediction.
        low: The lowest value within half a per cent of the loss of the best.
        high: The highest.
    """

    family: str
    parameter: str
    best: float
    low: float
    high: float


@dataclass(frozen=True)
class ProbeRun(Value):
    """The run to make where the logs cannot tell.

    Args:
        max_lr: Its peak rate, that of the log.
        total_steps: Its updates.
        schedule: ``Schedule.to_dict()``.
        code: The schedule in Python.
    """

    max_lr: float
    total_steps: int
    schedule: Mapping[str, Any] = field(hash=False)
    code: str = ""


@dataclass(frozen=True)
class Prediction(Value):
    """What one or two logs say about other schedules.

    Args:
        probe: The probe that the logs hold: "fall", "rise", or None for none.
        log_class: The class of the logs, by which hit rates are kept.
        quantity: The loss that was fitted.
        total_steps: The budget that is predicted for.
        refusal: Why nothing is predicted, in a sentence with "cannot"; "" where something is.
        schedules: In the order that they were asked for; empty after a refusal.
        choices: The best values of families of schedules.
        misfit: Root mean square of the relative residuals, by law.
        make: The probe to train; None where the logs hold one.
    """

    probe: Literal["fall", "rise"] | None
    log_class: str
    quantity: Quantity
    total_steps: int
    refusal: str = ""
    schedules: tuple[SchedulePrediction, ...] = ()
    choices: tuple[Choice, ...] = ()
    misfit: Mapping[str, float] = field(default_factory=dict, hash=False)
    make: ProbeRun | None = None

    @property
    def best(self) -> SchedulePrediction | None:
        """The schedule with the lowest mean prediction, if any."""
        told = [one for one in self.schedules if one.difference is not None]
        return min(told, key=lambda one: one.difference or 0.0, default=None)
