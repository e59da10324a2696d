"""A run of the user's own script as a trial of a study: `trial`.

It needs NumPy at most. Within a study the file that LOGANNEAL_TRIAL names says what to train with; each process of a
distributed run reads the same file, and the first of them writes. Outside a study nothing is written.
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
"""Files beside that of the trial: what was reported, the rates that were seen, and what a probe saw."""

BEGIN = "# begin"
"""A line of the rates' file where a process begins."""

REPORTED = ("step", "lr", "loss", "validation", "test")
"""Names that `Trial.report` has of its own; a framework's other values are reported under their names."""

_RANKS = ("RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID", "LOCAL_RANK")
_FLUSH_UPDATES = 512
_FLUSH_SECONDS = 1.0


def trial(schedule: Schedule, *, seed: int = 0, path: str | Path | None = None) -> "Trial":
    """What a training script trains with: in a study what the study asks for, outside of one the defaults given here.

    Args:
        schedule: The schedule outside a study.
        seed: The seed outside a study, at least 0.
        path: File of the trial, as ``${trial}`` gives it; by default the one that LOGANNEAL_TRIAL names, if it does.

    Returns:
        The trial, which says what to train with and takes reports.

    Raises:
        ValueError: The file is not one of a trial, or a default is not allowed.

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
    """A run of the user's script; `loganneal.trial` makes it.

    Args:
        schedule: The learning rate as a function of the update, counted from 0.
        steps: Number of updates; outside a study what the schedule says, or None.
        seed: For everything that is drawn but the split.
        split_seed: For the split of the data.
        folder: For what the script writes; outside a study the present folder.
        active: Whether the run belongs to a study.
        probe: So many updates are observed closely, where ``loganneal study check`` asks for it.

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
            _checks.fail("trial", "path", "the file of a trial, which a study writes", str(path), f"It says: {error}.")

    @property
    def peak_lr(self) -> float:
        """The highest learning rate."""
        return float(self.schedule.max_lr)

    def watch(self, optimizer: Any) -> Any:
        """Record the learning rates that an optimizer of PyTorch has at its steps.

        Args:
            optimizer: Any `torch.optim.Optimizer`, or a wrapper that has it as its attribute ``optimizer``, as those of
                Accelerate and DeepSpeed do.

        Returns:
            The optimizer, unchanged.

        Raises:
            ValueError: It is none that can be watched.

        Example:
            >>> import torch, loganneal as la
            >>> optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
            >>> la.trial(la.Constant(0.1)).watch(optimizer) is optimizer
            True
        """
        inner = optimizer
        while hasattr(inner, "optimizer"):  # a wrapper may claim to be an optimizer of PyTorch and have no hooks
            inner = inner.optimizer
        if not hasattr(inner, "register_step_pre_hook"):
            remedy = "Elsewhere say the rate: trial.report(step, lr=...)."
            _checks.fail("Trial.watch", "optimizer", "an optimizer of PyTorch", type(optimizer).__name__, remedy)
        if self._writes:
            inner.register_step_pre_hook(partial(_observe, self))
        return optimizer

    def saw(self, rates: Sequence[Any]) -> None:
        """Record the rates of an update yourself, where no optimizer of PyTorch can be watched.

        Args:
            rates: The learning rate of each group of parameters.

        Raises:
            OSError: The file of the rates cannot be written.

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
        """Report what is known after some updates; the values of the last report that has them count.

        Args:
            step: Updates done, at least 0.
            lr: The learning rate of the last update, where no optimizer is watched.
            loss: Training loss.
            validation: What trials are chosen by.
            test: What the chosen trials are compared by.
            **others: Further values by name, such as ``perplexity``; ``metric`` of a study may name one.

        Raises:
            ValueError: The step is no whole number from 0 on.

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
        """A line for the probes."""
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
    """The rank in PyTorch's process group: processes that torch.multiprocessing starts have it nowhere else."""
    group = getattr(sys.modules.get("torch"), "distributed", None)
    return int(group.get_rank()) if group is not None and group.is_available() and group.is_initialized() else None


def _jax_rank() -> int | None:
    group = getattr(sys.modules.get("jax"), "distributed", None)
    return int(sys.modules["jax"].process_index()) if group is not None and group.is_initialized() else None


class _RatesFile:
    """Appends rates, one line an update, now and then rather than each time."""

    def __init__(self, path: Path, every: int) -> None:
        self._file: TextIO = path.open("a", encoding="ascii")
        self._file.write(f"{BEGIN} {os.getpid()}\n")
        self._waiting: list[tuple[Any, ...]] = []
        self._every, self._written = every, time.monotonic()
        Finalize(None, self.flush, exitpriority=0)  # atexit is not heard in processes that multiprocessing forks

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
    """A number as it is; a tensor as a copy, whose value is asked for later: on a GPU that would wait for it."""
    return rate.detach().clone() if hasattr(rate, "detach") else rate


def _line(rates: tuple[Any, ...]) -> str:
    """One number where all groups are alike."""
    texts = [repr(float(rate)) for rate in rates]
    return texts[0] if len(set(texts)) == 1 else " ".join(texts)


def _observe(trial: Trial, optimizer: Any, *_: Any) -> None:
    """Before a step of an optimizer of PyTorch."""
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
