"""The specification of one training run: every choice that decides its outcome, as one frozen value."""

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from loganneal import Schedule, _checks, from_dict
from loganneal._limits import STEPS
from loganneal.runs._address import address

SPEC_VERSION = 1
MAX_SEED = 2**63 - 1  # the largest that torch's generators accept
OPTIMIZERS = ("sgd", "adam", "adamw")
PRECISIONS = ("float32", "bfloat16")
AVERAGES = ("ema", "swa", "snapshots")

PAPER: dict[str, Any] = {
    "optimizer": "sgd",
    "momentum": 0.9,
    "weight_decay": 5e-4,
    "batch_size": 128,
    "crop": 4,
    "flip": True,
    "optimizer_options": {"nesterov": False},
}
"""The setting of Naveen's paper, for `Workload.spec(**PAPER)`; its initial rate is `PAPER_MAX_LR`."""

PAPER_MAX_LR = 1e-4

_WRITTEN_AS = {"train_examples": "train_images", "validation_examples": "validation_images"}
"""Names that version 1 of the layout has for fields; keys are hashed from them, so they stay."""

ADDED = 13
"""Number of fields at first; later ones are left out of `to_dict` while they have their defaults."""


@dataclass(frozen=True, kw_only=True)
class RunSpec:
    """Everything that decides the outcome of a training run: two runs with equal specifications are the same run.

    Args:
        workload: A name, a path or ``module:function``, as `loganneal.data.find_workload` accepts it.
        model: Name of the network: a key of `loganneal.models.MODELS` or `loganneal.models.TEXT_MODELS`,
            ``timm:NAME`` or ``torchvision:NAME``.
        schedule: The learning rate as a function of the update, counted from 0.
        steps: Number of updates, at least 1.
        seed: Decides initial weights, data order and augmentation; at least 0.
        split_seed: Decides which examples are for training and which for validation; at least 0.
        batch_size: Examples in an update, at least 1 and at most ``train_examples``.
        train_examples: Examples to train on, at least 1.
        validation_examples: Examples to select on, at least 1.
        optimizer: "sgd", stochastic gradient descent with Nesterov's momentum; "adam"; "adamw"; the name of a
            class in `torch.optim`; or ``module:function``.
        momentum: Momentum of "sgd", in [0, 1); other optimizers take theirs from ``optimizer_options``.
        weight_decay: Weight decay of every parameter, at least 0.
        precision: "float32", or "bfloat16" for mixed precision by autocast. On a device that does not compute in
            bfloat16 natively, such a run uses float32, and its record says so.
        optimizer_options: Further arguments of the optimizer's class, as JSON values.
        accumulation: Number of parts in which a batch is computed, one after the other, to save memory; a divisor of
            ``batch_size``.
        grad_clip: Largest norm of the whole gradient, above 0; None for no clipping.
        label_smoothing: Share of the target that is spread over all classes, in [0, 1).
        channels_last: Whether images are stored channels-last, which can make convolutions faster.
        compile: Whether the network is compiled by `torch.compile`.
        averaging: Averages of the weights to score besides the last weights: any of "ema", "swa" and "snapshots".
            "snapshots" needs a schedule with cycles.
        ema_decay: Decay of the exponential moving average, in [0, 1): it looks back about 1 / (1 - decay) updates.
        swa_share: Last share of the updates over which "swa" takes the mean, in (0, 1].
        snapshots: Number of snapshots to average, taken at the ends of the last cycles; at least 1.
        crop: Largest random shift in pixels, at least 0; None for the workload's own.
        flip: Whether half of the images are mirrored; None for the workload's own.
        curve_points: Largest number of evenly spaced points on the curve, at least 1.
        evaluations: Number of these points at which the validation score is measured, at least 1.
        test_examples: Examples to score on, at least 1, drawn from the test set by ``split_seed``; None for all.

    Raises:
        ValueError: A value is not allowed; the message names the parameter.

    Example:
        >>> import loganneal as la
        >>> spec = RunSpec(workload="digits", model="resnet-tiny", schedule=la.Cosine(0.3, 100), steps=100,
        ...                seed=0, split_seed=0, batch_size=64, train_examples=2500, validation_examples=1000)
        >>> RunSpec.from_dict(spec.to_dict()) == spec
        True
        >>> len(spec.key)
        16
    """

    workload: str
    model: str
    schedule: Schedule
    steps: int
    seed: int
    split_seed: int
    batch_size: int
    train_examples: int
    validation_examples: int
    optimizer: str = "sgd"
    momentum: float = 0.9
    weight_decay: float = 5e-4
    precision: str = "float32"
    optimizer_options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    accumulation: int = 1
    grad_clip: float | None = None
    label_smoothing: float = 0.0
    channels_last: bool = False
    compile: bool = False
    averaging: tuple[str, ...] = ()
    ema_decay: float = 0.99
    swa_share: float = 0.25
    snapshots: int = 5
    crop: int | None = None
    flip: bool | None = None
    curve_points: int = 50
    evaluations: int = 10
    test_examples: int | None = None

    def __post_init__(self) -> None:
        self._check_names()
        self._check_numbers()
        self._check_optimizer()
        self._check_computation()
        self._check_averaging()

    def _check_names(self) -> None:
        for name in ("workload", "model", "optimizer"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name):
                _checks.fail("RunSpec", name, "a name", getattr(self, name))
        if not isinstance(self.schedule, Schedule):
            _checks.fail("RunSpec", "schedule", "a schedule of loganneal", self.schedule)
        _checks.one_of("RunSpec", "precision", self.precision, PRECISIONS)

    def _check_numbers(self) -> None:
        for name in ("batch_size", "train_examples", "validation_examples", "accumulation", "snapshots"):
            self._whole(name, 1)
        if self.test_examples is not None:
            self._whole("test_examples", 1)
        for name in ("steps", "curve_points", "evaluations"):
            self._set(name, _checks.whole("RunSpec", name, getattr(self, name), 1, STEPS))
        for name in ("seed", "split_seed"):
            self._set(name, _checks.whole("RunSpec", name, getattr(self, name), 0, MAX_SEED))
        if self.batch_size > self.train_examples:
            allowed = f"at most 'train_examples', {self.train_examples}"
            _checks.fail("RunSpec", "batch_size", allowed, self.batch_size)
        if self.batch_size % self.accumulation:
            allowed = f"a divisor of 'batch_size', {self.batch_size}"
            _checks.fail("RunSpec", "accumulation", allowed, self.accumulation)

    def _check_optimizer(self) -> None:
        if not all(part.isidentifier() for part in self.optimizer.replace(":", ".", 1).split(".")):
            allowed = "'sgd', 'adam', 'adamw', the name of a class in torch.optim, or module:function"
            _checks.fail("RunSpec", "optimizer", allowed, self.optimizer)
        self._number("momentum", 0.0, 1.0, "[)")
        if self.optimizer != "sgd" and self.momentum != _default("momentum"):
            remedy = f"Give the options of {self.optimizer} as 'optimizer_options'."
            _checks.fail("RunSpec", "momentum", "left as it is unless the optimizer is 'sgd'", self.momentum, remedy)
        self._number("weight_decay", 0.0, math.inf)
        if not _is_json_object(self.optimizer_options):
            allowed = "a dictionary of JSON values by name"
            _checks.fail("RunSpec", "optimizer_options", allowed, self.optimizer_options)
        self._set("optimizer_options", json.loads(json.dumps(dict(self.optimizer_options), sort_keys=True)))

    def _check_computation(self) -> None:
        self._number("label_smoothing", 0.0, 1.0, "[)")
        if self.grad_clip is not None:
            self._number("grad_clip", 0.0, math.inf, "()")
        if self.crop is not None:
            self._whole("crop", 0)
        allowed = {"channels_last": (True, False), "compile": (True, False), "flip": (None, True, False)}
        for name, values in allowed.items():
            if not any(getattr(self, name) is value for value in values):
                _checks.fail("RunSpec", name, " or ".join(map(repr, values)), getattr(self, name))

    def _check_averaging(self) -> None:
        if isinstance(self.averaging, str):
            _checks.fail("RunSpec", "averaging", "a tuple of names", self.averaging)
        for name in self.averaging:
            _checks.one_of("RunSpec", "averaging", name, AVERAGES)
        self._set("averaging", tuple(name for name in AVERAGES if name in self.averaging))
        if "snapshots" in self.averaging and not len(self.schedule.restarts(self.steps)):
            _checks.fail("RunSpec", "schedule", "one with cycles, for 'snapshots'", self.schedule)
        self._number("ema_decay", 0.0, 1.0, "[)")
        self._number("swa_share", 0.0, 1.0, "(]")

    def _whole(self, name: str, low: int) -> None:
        self._set(name, _checks.whole("RunSpec", name, getattr(self, name), low))

    def _number(self, name: str, low: float, high: float, bounds: str = "[]") -> None:
        self._set(name, _checks.number("RunSpec", name, getattr(self, name), low, high, bounds=bounds))

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)  # the class is frozen; numpy's numbers become Python's

    def to_dict(self) -> dict[str, Any]:
        """The specification as JSON values, with the version of their layout.

        Fields that were added later are left out while they have their defaults, so that older keys stay valid.

        Returns:
            A dictionary that `json.dumps` accepts and `from_dict` reads.
        """
        fields = dataclasses.fields(self)
        added = {one.name for one in fields[ADDED:] if getattr(self, one.name) == _default(one.name)}
        kept = (one.name for one in fields if one.name not in added)
        values = {_WRITTEN_AS.get(name, name): getattr(self, name) for name in kept}
        if "averaging" in values:
            values["averaging"] = list(self.averaging)
        return {"version": SPEC_VERSION, **values, "schedule": self.schedule.to_dict()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The specification that `to_dict` wrote.

        Args:
            values: The dictionary, unchanged or after a round trip through JSON.

        Returns:
            A specification that equals the one that was written.

        Raises:
            ValueError: The version is unknown, or a value is not allowed.
            KeyError, TypeError: A field is missing or unknown.
        """
        read_as = {written: name for name, written in _WRITTEN_AS.items()}
        fields = {read_as.get(name, name): value for name, value in values.items()}
        _checks.whole("RunSpec", "version", fields.pop("version", None), SPEC_VERSION, SPEC_VERSION)
        return cls(**{**fields, "schedule": from_dict(fields["schedule"])})

    @property
    def key(self) -> str:
        """The key of the run's record, 16 hexadecimal digits of the SHA-256 of its JSON, with floats to 10 digits."""
        return address(self.to_dict())


def _default(name: str) -> Any:
    one = RunSpec.__dataclass_fields__[name]
    return {} if one.default is dataclasses.MISSING else one.default


def _is_json_object(value: object) -> bool:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        return False
    try:
        json.dumps(dict(value), allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True
