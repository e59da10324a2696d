"""A run of the user's own script as a trial of a study: `trial`.

It needs NumPy at most. Within a study, the file that LOGANNEAL_TRIAL names says what to train with; every process of a
distributed run reads the same file, and only the first one writes. Outside a study nothing is written.
"""

import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any, Self, TextIO

from loganneal import _checks
from loganneal.schedules import Schedule, from_dict

VARIABLE = "LOGANNEAL_TRIAL"
"""The environment variable that names the file of a trial."""

REPORTS, RATES, PROBE = "report.jsonl", "seen.txt", "probe.jsonl"
"""Files beside the trial's own: what was reported, the rates that were seen, and what a probe saw."""

BEGIN = "# begin"
"""Start of the line in the file of rates that marks the start of a process."""

REPORTED = ("step", "lr", "loss", "validation", "test")
"""Values that `Trial.report` has parameters for; a framework's other values are reported under their own names."""

_RANKS = ("RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID", "LOCAL_RANK")
_FLUSH_UPDATES = 512
_FLUSH_SECONDS = 1.0


def trial(schedule: Schedule, *, seed: int = 0, path: str | Path | None = None) -> "Trial":
    """What a training script trains with: in a study what the study asks for, outside one the defaults passed here.

    Args:
        schedule: The schedule outside a study.
        seed: The seed outside a study, at least 0.
        path: File of the trial, as ``${trial}`` gives it; by default the one that LOGANNEAL_TRIAL names, if set.

    Returns:
        The trial, which says what to train with and takes reports.

    Raises:
        ValueError: The file is not a trial's, or a default is not allowed.

    Example:
        >>> import loganneal as la
        >>> run = trial(la.Cosine(max_lr=6e-4, total_steps=5000), seed=1337)
        >>> run.active, run.seed, run.schedule(0)
        (False, 1337, 0.0006)
        >>> run.report(0, validation=2.3)  # outside a study nothing is written
    """
    named = path or os.environ.get(VARIABLE)
    if named:
        return Trial._read(Path(named))
    if not isinstance(schedule, Schedule):
        _checks.fail("trial", "schedule", "a schedule of loganneal", schedule)
    seed = _checks.whole("trial", "seed", seed, 0)
    return Trial(schedule, getattr(schedule, "total_steps", None), seed, seed, Path())


@dataclass(eq=False)
class Trial:
    """A run of the user's script, made by `loganneal.trial`.

    Args:
        schedule: The learning rate as a function of the update, counted from 0.
        steps: Number of updates; outside a study the schedule's total, or None if it has none.
        seed: Seed of everything random except the split.
        split_seed: Seed of the split of the data.
        folder: Folder for what the script writes; outside a study the current folder.
        active: Whether the run belongs to a study.
        probe: Number of updates to observe closely, if ``loganneal study check`` asks for it.

    Example:
        >>> import loganneal as la
        >>> run = la.trial(la.Linear(max_lr=0.1, total_steps=100))
        >>> run.steps, run.peak_lr, run.schedule(50)
        (100, 0.1, 0.05)
    """

    schedule: Schedule
    steps: int | None
    seed: int
    split_seed: int
    folder: Path
    active: bool = False
    probe: int = 0
    _place: Path = field(default=Path(), repr=False)
    _rates: "_RatesFile | None" = field(default=None, repr=False)

    @classmethod
    def _read(cls, path: Path) -> Self:
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            schedule = from_dict(values["schedule"])
            numbers = (values["steps"], values["seed"], values["split_seed"])
            return cls(schedule, *numbers, Path(values["folder"]), True, values.get("probe", 0), path.absolute().parent)
        except (OSError, ValueError, KeyError, TypeError) as error:
            _checks.fail("trial", "path", "a trial's file, which a study writes", str(path), f"It says: {error}.")

    @property
    def peak_lr(self) -> float:
        """The highest learning rate."""
        return float(self.schedule.max_lr)

    def watch(self, optimizer: Any) -> Any:
        """Record the learning rates of a PyTorch optimizer at each of its steps.

        Args:
            optimizer: Any `torch.optim.Optimizer`, or a wrapper that has one as its attribute ``optimizer``, as those
                of Accelerate and DeepSpeed do.

        Returns:
            The optimizer, unchanged.

        Raises:
            ValueError: The optimizer cannot be watched.

        Example:
            >>> import torch, loganneal as la
            >>> optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
            >>> la.trial(la.Constant(0.1)).watch(optimizer) is optimizer
            True
        """
        inner = optimizer
        while hasattr(inner, "optimizer"):  # a wrapper may claim to be a PyTorch optimizer and have no hooks
            inner = inner.optimizer
        if not hasattr(inner, "register_step_pre_hook"):
            remedy = "Elsewhere, report the rate: trial.report(step, lr=...)."
            _checks.fail("Trial.watch", "optimizer", "a PyTorch optimizer", type(optimizer).__name__, remedy)
        if self._writes:
            inner.register_step_pre_hook(partial(_observe, self))
        return optimizer

    def saw(self, rates: Sequence[Any]) -> None:
        """Record the rates of an update yourself, if there is no PyTorch optimizer to watch.

        Args:
            rates: The learning rate of each parameter group.

        Raises:
            OSError: The file of rates cannot be written.

        Example:
            >>> import loganneal as la
            >>> la.trial(la.Constant(0.1)).saw([0.1])
        """
        if not self._writes:
            return
        if self._rates is None:
            self._rates = _RatesFile(self._place / RATES, every=1 if self.probe else _FLUSH_UPDATES)
        self._rates.add(rates)

    def report(
        self,
        step: int,
        *,
        lr: float | None = None,
        loss: float | None = None,
        validation: float | None = None,
        test: float | None = None,
        **others: float,
    ) -> None:
        """Report what is known after some updates; the last report of a value counts.

        Args:
            step: Number of updates done, at least 0.
            lr: The learning rate of the last update, if no optimizer is watched.
            loss: Training loss.
            validation: Value by which trials are chosen.
            test: Value by which the chosen trials are compared.
            **others: Further values by name, such as ``perplexity``; the ``metric`` of a study may name one.

        Raises:
            ValueError: The step is not a whole number of at least 0.

        Example:
            >>> import loganneal as la
            >>> la.trial(la.Constant(0.1)).report(100, loss=0.4, validation=0.91, perplexity=1.5)
        """
        step = _checks.whole("Trial.report", "step", step, 0)
        if not self._writes:
            return
        given = {"lr": lr, "loss": loss, "validation": validation, "test": test, **others}
        values = {name: float(value) for name, value in given.items() if value is not None}
        with (self._place / REPORTS).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, **values, "time": time.time()}) + "\n")

    @property
    def _writes(self) -> bool:
        return self.active and is_first_process()

    def _note(self, **values: Any) -> None:
        """Write a line for a probe."""
        with (self._place / PROBE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(values) + "\n")


def is_first_process() -> bool:
    """Whether this process is the first of a distributed run, or the only one.

    >>> is_first_process()
    True
    """
    ranks = (_torch_rank(), *(os.environ.get(name) for name in _RANKS), _jax_rank())
    return str(next((rank for rank in ranks if rank is not None), 0)) == "0"


def _torch_rank() -> int | None:
    """The rank in PyTorch's process group, the only place where processes of torch.multiprocessing have it."""
    group = getattr(sys.modules.get("torch"), "distributed", None)
    return int(group.get_rank()) if group is not None and group.is_available() and group.is_initialized() else None


def _jax_rank() -> int | None:
    group = getattr(sys.modules.get("jax"), "distributed", None)
    is_initialized = getattr(group, "is_initialized", None)  # JAX 0.5.0 and earlier cannot be asked
    return int(sys.modules["jax"].process_index()) if is_initialized is not None and is_initialized() else None


class _RatesFile:
    """Appends rates, one line per update, in batches rather than one at a time."""

    def __init__(self, path: Path, every: int) -> None:
        self._file: TextIO = path.open("a", encoding="ascii")
        self._file.write(f"{BEGIN} {os.getpid()}\n")
        self._waiting: list[tuple[Any, ...]] = []
        self._every, self._written = every, time.monotonic()
        Finalize(None, self.flush, exitpriority=0)  # atexit handlers do not run in processes that multiprocessing forks

    def add(self, rates: Sequence[Any]) -> None:
        self._waiting.append(tuple(map(_kept, rates)))
        now = time.monotonic()
        if len(self._waiting) >= self._every or now - self._written > _FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        self._file.write("".join(f"{_line(rates)}\n" for rates in self._waiting))
        self._file.flush()
        self._waiting.clear()
        self._written = time.monotonic()


def _kept(rate: Any) -> Any:
    """A number as it is; a tensor as a copy, whose value is read later, since reading it would wait for the GPU."""
    return rate.detach().clone() if hasattr(rate, "detach") else rate


def _line(rates: tuple[Any, ...]) -> str:
    """The rates of all groups; a single number if they are equal."""
    texts = [repr(float(rate)) for rate in rates]
    return texts[0] if len(set(texts)) == 1 else " ".join(texts)


def _observe(trial: Trial, optimizer: Any, *_: Any) -> None:
    """Record what a PyTorch optimizer is about to do; called before each of its steps."""
    if trial.probe:
        trial._note(**_fingerprint(optimizer))
    trial.saw([group["lr"] for group in optimizer.param_groups])


def _fingerprint(optimizer: Any) -> dict[str, float]:
    """Sums over the weights and over the gradients that a step is about to use."""
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    gradients = [weight.grad for weight in weights if weight.grad is not None]
    return {"weights": _size(weights), "gradient": _size(gradients), "time": time.time()}


def _size(tensors: Sequence[Any]) -> float:
    return sum(float(tensor.detach().double().abs().sum()) for tensor in tensors)
