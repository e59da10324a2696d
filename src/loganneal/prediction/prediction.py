"""What is predicted: frozen values that go to JSON and come back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from loganneal._value import Value

Verdict = Literal["better", "worse", "cannot tell"]
Quantity = Literal["training loss", "validation loss"]


@dataclass(frozen=True)
class SchedulePrediction(Value):
    """The prediction for one schedule.

    Differences are relative to the run in the first log, as shares of its final loss.

    Args:
        name: Name of the schedule.
        difference: Mean of the predicted differences over the laws; negative is better. None if nothing is predicted.
        low: The smallest difference that a law predicts; None if nothing is predicted.
        high: The largest difference that a law predicts; None if nothing is predicted.
        verdict: "better" or "worse" if all laws agree; otherwise "cannot tell".
        reason: Why there is no verdict; "" if there is one.
        laws: The difference that each law predicts, by the name of the law.

    Example:
        >>> linear = SchedulePrediction("linear", -0.012, -0.018, -0.007, "better")
        >>> SchedulePrediction.from_dict(linear.to_dict()) == linear
        True
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
    """The best value of one parameter of a family of schedules, and the values that are about as good.

    Args:
        family: The schedules of the family, in words.
        parameter: Name of the parameter that was varied.
        best: The value with the lowest predicted loss on average over the laws.
        low: The lowest value whose predicted loss is within half a per cent of the best.
        high: The highest value whose predicted loss is within half a per cent of the best.

    Example:
        >>> Choice("warmup-stable-decay", "decay_share", best=0.5, low=0.3, high=0.7).best
        0.5
    """

    family: str
    parameter: str
    best: float
    low: float
    high: float


@dataclass(frozen=True)
class ProbeRun(Value):
    """The run to train if the logs cannot tell schedules apart.

    Args:
        max_lr: Peak learning rate of the run, which is that of the log.
        total_steps: Number of updates.
        schedule: The schedule as JSON values, which `loganneal.from_dict` reads.
        code: The schedule as Python code.

    Example:
        >>> import loganneal as la
        >>> probe = la.WarmupStableDecay(0.1, total_steps=200, warmup_steps=0, decay_steps=40)
        >>> la.from_dict(ProbeRun(0.1, 200, probe.to_dict()).schedule) == probe
        True
    """

    max_lr: float
    total_steps: int
    schedule: Mapping[str, Any] = field(hash=False)
    code: str = ""


@dataclass(frozen=True)
class Prediction(Value):
    """What logs say about other schedules. `predict` makes one.

    Args:
        probe: The probe that the logs contain: "fall", "rise", or None if they contain none.
        log_class: The class of the logs, by which the track record of predictions is kept.
        quantity: The loss that was fitted, "training loss" or "validation loss".
        total_steps: The budget of the prediction, in steps as the logs count them.
        refusal: Why nothing is predicted, as a sentence; "" if something is.
        schedules: One prediction for each schedule, in the order in which they were given; empty after a refusal.
        choices: The best parameter of each family of schedules.
        misfit: Root mean square of the relative residuals of each law, by its name.
        make: The probe to train; None unless the logs lack one.
        unit: What the steps of the logs count, such as "updates" or "epochs".

    Example:
        >>> better = SchedulePrediction("linear", -0.012, -0.018, -0.007, "better")
        >>> told = Prediction("fall", "one log, a fast fall", "training loss", 1000, schedules=(better,))
        >>> told.best.name, told.refusal
        ('linear', '')
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
    unit: str = "updates"

    @property
    def best(self) -> SchedulePrediction | None:
        """The prediction with the lowest mean difference; None if nothing is predicted."""
        told = [one for one in self.schedules if one.difference is not None]
        return min(told, key=lambda one: one.difference or 0.0, default=None)
