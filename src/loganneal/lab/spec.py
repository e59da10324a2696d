"""What one training run is: every choice that decides its outcome, as one frozen value."""

import dataclasses
import hashlib
import json
import math
from dataclasses import dataclass
from typing import Any, Self

from loganneal import Schedule, _checks, from_dict

SPEC_VERSION = 1
MAX_SEED = 2**63 - 1  # what a generator of torch takes
OPTIMIZERS = ("sgd",)
PRECISIONS = ("float32", "bfloat16")


@dataclass(frozen=True, kw_only=True)
class RunSpec:
    """One training run, completely: two runs with equal specifications are the same run.

    Args:
        workload: Name of the workload, a key of `loganneal.lab.WORKLOADS`.
        model: Name of the network, a key of `loganneal.lab.MODELS`.
        schedule: The learning rate as a function of the update, counted from 0.
        steps: Number of updates, at least 1.
        seed: Decides initial weights, data order and augmentation; at least 0.
        split_seed: Decides which images are for training and which for validation; at least 0.
        batch_size: Images in an update, at least 1 and at most `train_images`.
        train_images: Images to train on, at least 1.
        validation_images: Images to select on, at least 1.
        optimizer: "sgd", stochastic gradient descent with Nesterov's momentum.
        momentum: In [0, 1).
        weight_decay: At least 0.
        precision: "float32", or "bfloat16" for mixed precision by autocast where the device computes in
            bfloat16 natively; elsewhere such a run uses float32, and its record says so.

    Raises:
        ValueError: A value is not allowed; the message names the parameter.

    Example:
        >>> import loganneal as la
        >>> spec = RunSpec(workload="digits", model="resnet-tiny", schedule=la.Cosine(0.3, 100), steps=100,
        ...                seed=0, split_seed=0, batch_size=64, train_images=2500, validation_images=1000)
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
    train_images: int
    validation_images: int
    optimizer: str = "sgd"
    momentum: float = 0.9
    weight_decay: float = 5e-4
    precision: str = "float32"

    def __post_init__(self) -> None:
        self._check_names()
        self._check_numbers()

    def _check_names(self) -> None:
        for name in ("workload", "model"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name):
                _checks.fail("RunSpec", name, "a name", getattr(self, name))
        if not isinstance(self.schedule, Schedule):
            _checks.fail("RunSpec", "schedule", "a schedule of loganneal", self.schedule)
        _checks.one_of("RunSpec", "optimizer", self.optimizer, OPTIMIZERS)
        _checks.one_of("RunSpec", "precision", self.precision, PRECISIONS)

    def _check_numbers(self) -> None:
        for name in ("steps", "batch_size", "train_images", "validation_images"):
            self._set(name, _checks.whole("RunSpec", name, getattr(self, name), 1))
        for name in ("seed", "split_seed"):
            self._set(name, _checks.whole("RunSpec", name, getattr(self, name), 0, MAX_SEED))
        if self.batch_size > self.train_images:
            allowed = f"at most 'train_images', {self.train_images}"
            _checks.fail("RunSpec", "batch_size", allowed, self.batch_size)
        self._set("momentum", _checks.number("RunSpec", "momentum", self.momentum, 0.0, 1.0, bounds="[)"))
        self._set("weight_decay", _checks.number("RunSpec", "weight_decay", self.weight_decay, 0.0, math.inf))

    def _set(self, name: str, value: float) -> None:
        object.__setattr__(self, name, value)  # the class is frozen; numpy's numbers become Python's

    def to_dict(self) -> dict[str, Any]:
        """The specification as JSON values, with the version of their layout."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {"version": SPEC_VERSION, **values, "schedule": self.schedule.to_dict()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The specification that `to_dict` wrote.

        Raises:
            ValueError: The version is unknown, or a value is not allowed.
            KeyError, TypeError: A field is missing or unknown.
        """
        fields = dict(values)
        _checks.whole("RunSpec", "version", fields.pop("version", None), SPEC_VERSION, SPEC_VERSION)
        return cls(**{**fields, "schedule": from_dict(fields["schedule"])})

    @property
    def key(self) -> str:
        """Address of the run's record: 16 hexadecimal digits of the SHA-256 of its canonical JSON."""
        canonical = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]
