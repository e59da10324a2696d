"""Schedules in PyTorch: `ScheduleLR`, and `CyclicalLogAnnealingLR` in the place of `CosineAnnealingWarmRestarts`."""

import math
from collections.abc import Sequence
from typing import Any

from loganneal import _checks
from loganneal.schedules import CyclicalLogAnnealing, Schedule

try:
    from torch import Tensor
    from torch.optim import Optimizer
    from torch.optim.lr_scheduler import LRScheduler
except ModuleNotFoundError as error:
    raise ModuleNotFoundError("loganneal.torch needs PyTorch: pip install 'loganneal[torch]'") from error

VERSION = 1
"""The version of the state that the schedulers save."""

POSITION = {"version", "last_epoch", "fraction", "base_lrs"}
"""The fields of a state that say where it is; the others say what its schedule was."""

COSINE_STATE = ("T_0", "T_mult", "eta_min", "T_cur", "T_i")
"""The fields by which the state of a `CosineAnnealingWarmRestarts` is known."""


class _ClosedFormLR(LRScheduler):
    """A scheduler whose rates are a function of the position alone; subclasses say it in `_line` and `_declaration`.

    The position is ``last_epoch + fraction``, the number of updates done; nothing else changes from step to step.
    """

    base_lrs: list[float]  # type: ignore[assignment] # torch keeps tensors here, for tensor rates

    def __init__(self, optimizer: Optimizer, last_epoch: int) -> None:
        owner = type(self).__name__
        last = _checks.whole(owner, "last_epoch", last_epoch, -1)
        self.fraction = 0.0
        if last != -1:
            for group in optimizer.param_groups:
                group.setdefault("initial_lr", _copy(group["lr"]))
        super().__init__(optimizer, last)

    def _initial_step(self) -> None:
        self._set_base_lrs([self._base_lr(i, group) for i, group in enumerate(self.optimizer.param_groups)])
        super()._initial_step()

    def _base_lr(self, index: int, group: dict[str, Any]) -> float:
        return float(group.setdefault("initial_lr", _copy(group["lr"])))

    def _set_base_lrs(self, base_lrs: list[float]) -> None:
        self.base_lrs = base_lrs

    def _line(self, position: float) -> tuple[float, float, list[float]]:
        """An offset, a factor, and a number for each group: its rate is ``offset + factor * number``."""
        raise NotImplementedError

    def _declaration(self) -> dict[str, Any]:
        """What the rates are made of, apart from the position and the groups' own rates."""
        raise NotImplementedError

    def _position(self) -> float:
        return self.last_epoch + self.fraction if self.fraction else self.last_epoch

    def get_lr(self) -> list[float | Tensor]:
        """The rates of the present position, one for each parameter group that has been stepped."""
        offset, factor, numbers = self._line(max(self._position(), 0))
        rates = [group["lr"] for group in self.optimizer.param_groups]
        return [
            rate.new_tensor(offset + factor * number) if isinstance(rate, Tensor) else offset + factor * number
            for rate, number in zip(rates, numbers, strict=False)
        ]

    def get_last_lr(self) -> list[float | Tensor]:
        """The rates that this scheduler set last, one for each parameter group."""
        return self.get_lr()

    def step(self, epoch: float | None = None) -> None:
        """Set the rates of the next update; call it after ``optimizer.step()``.

        Args:
            epoch: Go to this position instead, 0 or more, fractions included; a later call without it goes on from
                there by 1.
        """
        if self._step_count < 2:
            super().step()  # the base class tells of optimizer.step() and scheduler.step() in the wrong order
        elif epoch is None:
            self.last_epoch += 1
            self._write()
        if epoch is not None:
            self._update_lr(epoch)

    def _update_lr(self, epoch: float | None = None) -> None:
        if epoch is None:
            self.last_epoch += 1
        else:
            position = _checks.number(f"{type(self).__name__}.step", "epoch", epoch, 0, math.inf)
            self.last_epoch = math.floor(position)
            self.fraction = position - self.last_epoch
        self._write()

    def _write(self) -> None:
        groups = self.optimizer.param_groups
        if len(groups) != len(self.base_lrs):
            self._adopt(groups)
        offset, factor, numbers = self._line(self._position())
        for group, number in zip(groups, numbers):  # noqa: B905 - equal by now, and asked at every step
            if type(group["lr"]) is float:
                group["lr"] = offset + factor * number
            else:
                _set_rate(group, offset + factor * number)

    def _adopt(self, groups: list[dict[str, Any]]) -> None:
        """Take in the groups that ``add_param_group`` added, each with its present rate for a base."""
        added = range(len(self.base_lrs), len(groups))
        self._set_base_lrs([*self.base_lrs, *(self._base_lr(index, groups[index]) for index in added)])

    def state_dict(self) -> dict[str, Any]:
        """The state as numbers, strings, lists and dictionaries, which ``torch.load`` takes by default."""
        return {
            "version": VERSION,
            "last_epoch": self.last_epoch,
            "fraction": self.fraction,
            "base_lrs": list(self.base_lrs),
            **self._declaration(),
        }

    def load_state_dict(self, state_dict: dict[str, Any], strict: bool = True) -> None:
        """Continue from a saved state, and set the optimizer's rates to it.

        Args:
            state_dict: What `state_dict` returned.
            strict: Whether the saved schedule must be this one. False keeps the saved position and takes the schedule
                and the base rates of this scheduler: a run is extended, or changes its schedule, whatever it was.

        Raises:
            ValueError: If a field is missing, unknown or does not fit; it is named, and nothing is changed.
        """
        state = _checked_state(type(self).__name__, state_dict, self._declaration(), strict)
        if strict:
            self._load_base_lrs(state["base_lrs"])
        self.last_epoch, self.fraction = state["last_epoch"], state["fraction"]
        self._step_count = self.last_epoch + 1
        if self.last_epoch >= 0:  # inside a SequentialLR, -1 says that its turn has not come
            self._write()

    def _load_base_lrs(self, base_lrs: list[float]) -> None:
        groups = self.optimizer.param_groups
        if len(base_lrs) != len(groups):
            allowed = f"{len(groups)} rates, one for each parameter group"
            _checks.fail(f"{type(self).__name__}.load_state_dict", "base_lrs", allowed, base_lrs)
        self._set_base_lrs(list(base_lrs))
        for group, rate in zip(groups, base_lrs, strict=True):
            lr = group["lr"]
            group["initial_lr"] = lr.new_tensor(rate) if isinstance(lr, Tensor) else rate


def _set_rate(group: dict[str, Any], rate: float) -> None:
    if isinstance(group["lr"], Tensor):
        group["lr"].fill_(rate)
    else:
        group["lr"] = rate


def _copy(rate: Any) -> Any:
    return rate.clone() if isinstance(rate, Tensor) else rate


def _check_optimizer(owner: str, optimizer: object) -> Optimizer:
    if isinstance(optimizer, Optimizer):
        return optimizer
    raise TypeError(f"The 'optimizer' parameter of {owner} must be a torch Optimizer. Got {optimizer!r} instead.")


def _checked_state(owner: str, state: Any, declared: dict[str, Any], strict: bool) -> dict[str, Any]:
    name = f"{owner}.load_state_dict"
    needed = POSITION | set(declared) if strict else POSITION
    if not isinstance(state, dict) or not needed <= set(state) or (strict and needed != set(state)):
        given = sorted(map(str, state)) if isinstance(state, dict) else state
        _checks.fail(name, "state_dict", f"a dictionary of the fields {sorted(needed)}", given)
    if state["version"] != VERSION:
        _checks.fail(name, "version", f"{VERSION}", state["version"])
    if not isinstance(state["base_lrs"], list):
        _checks.fail(name, "base_lrs", "a list of rates", state["base_lrs"])
    for field in declared if strict else ():
        _check_same(name, field, state[field], declared[field])
    return {
        "last_epoch": _checks.whole(name, "last_epoch", state["last_epoch"], -1),
        "fraction": _checks.number(name, "fraction", state["fraction"], 0, 1, bounds="[)"),
        "base_lrs": [_checks.number(name, "base_lrs", rate, 0, math.inf) for rate in state["base_lrs"]],
    }


def _check_same(owner: str, field: str, saved: Any, present: Any) -> None:
    if isinstance(saved, dict) and isinstance(present, dict) and set(saved) == set(present):
        for key in present:
            _check_same(owner, f"{field}.{key}", saved[key], present[key])
    elif isinstance(saved, list) and isinstance(present, list) and len(saved) == len(present):
        for index, (one, other) in enumerate(zip(saved, present, strict=True)):
            _check_same(owner, f"{field}[{index}]", one, other)
    elif saved != present:
        remedy = "Pass strict=False to keep the position and take the new schedule."
        _checks.fail(owner, field, f"{present!r}, as in this scheduler", saved, remedy)


class ScheduleLR(_ClosedFormLR):
    """Any schedule, or one for each parameter group, as a scheduler of PyTorch.

    With one schedule ``s``, group ``g`` gets ``s(t) * (initial_lr_g / s.max_lr)`` at update ``t``: a group at
    ``max_lr`` gets ``s(t)`` to the bit, and the others keep their ratio to it. With a list, each group gets its own
    schedule as it stands.

    Args:
        optimizer: Any optimizer of PyTorch.
        schedule: A schedule, or a list with one for each parameter group.
        last_epoch: -1 to begin; to continue from the step number alone, the updates done minus 1 (torch's convention).
            A group without ``initial_lr`` then has its present rate for a base.

    Raises:
        TypeError: If the optimizer is not one.
        ValueError: If no group has the schedule's ``max_lr`` as its initial rate, or the list does not fit the groups.

    >>> import torch, loganneal as la
    >>> optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    >>> scheduler = ScheduleLR(optimizer, la.CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10))
    >>> for _ in range(10):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> optimizer.param_groups[0]["lr"]  # a restart
    0.1
    """

    def __init__(self, optimizer: Optimizer, schedule: Schedule | Sequence[Schedule], last_epoch: int = -1) -> None:
        owner = type(self).__name__
        groups = _check_optimizer(owner, optimizer).param_groups
        self.schedule = schedule if isinstance(schedule, Schedule) else _check_list(owner, schedule, len(groups))
        if isinstance(self.schedule, Schedule):
            _check_peak(owner, self.schedule.max_lr, [group.get("initial_lr", group["lr"]) for group in groups])
        super().__init__(optimizer, last_epoch)

    def _base_lr(self, index: int, group: dict[str, Any]) -> float:
        base = super()._base_lr(index, group)
        peak = self._schedule_of(index).max_lr
        return peak if _is_rate(group["initial_lr"], peak) else base

    def _schedule_of(self, index: int) -> Schedule:
        if isinstance(self.schedule, Schedule):
            return self.schedule
        if index >= len(self.schedule):
            remedy = "Append the schedule of the new group to scheduler.schedule."
            _checks.fail(type(self).__name__, "schedule", "a list with one for each group", self.schedule, remedy)
        return self.schedule[index]

    def _set_base_lrs(self, base_lrs: list[float]) -> None:
        super()._set_base_lrs(base_lrs)
        self._ratios = [base / self._schedule_of(index).max_lr for index, base in enumerate(base_lrs)]

    def _line(self, position: float) -> tuple[float, float, list[float]]:
        if isinstance(self.schedule, Schedule):
            return 0.0, self.schedule(position), self._ratios
        return 0.0, 1.0, [schedule(position) for schedule in self.schedule]

    def _declaration(self) -> dict[str, Any]:
        if isinstance(self.schedule, Schedule):
            return {"schedule": self.schedule.to_dict()}
        return {"schedule": [schedule.to_dict() for schedule in self.schedule]}


def _is_rate(rate: Any, value: float) -> bool:
    """Whether a group's rate is the value, to the precision that a tensor has."""
    return bool(rate == (rate.new_tensor(value) if isinstance(rate, Tensor) else value))


def _check_list(owner: str, schedules: Any, count: int) -> list[Schedule]:
    fits = isinstance(schedules, Sequence) and len(schedules) == count
    if not fits or not all(isinstance(schedule, Schedule) for schedule in schedules):
        allowed = f"a schedule of loganneal, or a list of {count}, one for each parameter group"
        _checks.fail(owner, "schedule", allowed, schedules)
    return list(schedules)


def _check_peak(owner: str, peak: float, rates: list[Any]) -> None:
    if any(_is_rate(rate, peak) for rate in rates):
        return
    given = ", ".join(f"{float(rate):g}" for rate in rates)
    raise ValueError(
        f"The 'schedule' parameter of {owner} must peak at the initial rate of a parameter group. "
        f"Got a schedule with max_lr={peak:g} for initial rates of {given} instead. "
        f"Set lr={peak:g} in the optimizer, or max_lr={float(max(rates)):g} in the schedule."
    )


class CyclicalLogAnnealingLR(_ClosedFormLR):
    r"""Cyclical Log Annealing with the call and the meaning of ``CosineAnnealingWarmRestarts``.

    Each group falls from its own rate to the same ``eta_min``:

    .. math:: \eta = \eta_{min} + (base_g - \eta_{min}) \left(1 - \frac{\log(1 + (b - 1) T_{cur} / T_i)}{\log b}\right)

    A state saved by a ``CosineAnnealingWarmRestarts`` of the same cycles loads, so that a running training can change
    over.

    Args:
        optimizer: Any optimizer of PyTorch.
        T_0: Steps of the first cycle, as ``cycle_steps`` of `CyclicalLogAnnealing`.
        T_mult: Growth of the cycles, as ``cycle_mult``; it need not be whole.
        eta_min: The floor, 0 or more; a group whose own rate lies below rises to it, as in torch.
        last_epoch: -1 to begin; to continue from the step number alone, the updates done minus 1.
        base: The base of the logarithm, in [1e-6, 1e6].
        peak_decay: The height of a peak above the floor over that of the one before, in (0, 1].
        warmup_steps: Steps of warmup before the first cycle.
        warmup_init_lr: The rate of every group at step 0 of the warmup, 0 or more.
        restart_warmup_share: The share of each cycle, in [0, 1), that rises to its peak.
        cycles: How many cycles there are before the rate stays at ``eta_min``; None for ever.

    Raises:
        TypeError: If the optimizer is not one.
        ValueError: If a parameter is outside its range.

    >>> import torch
    >>> optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    >>> scheduler = CyclicalLogAnnealingLR(optimizer, T_0=10, T_mult=2, eta_min=0.001)
    >>> optimizer.step()
    >>> scheduler.step(9.5)
    >>> round(optimizer.param_groups[0]["lr"], 6)
    0.00298
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: float,
        T_mult: float = 1,
        eta_min: float = 0.0,
        last_epoch: int = -1,
        *,
        base: float = 10.0,
        peak_decay: float = 1.0,
        warmup_steps: int = 0,
        warmup_init_lr: float = 0.0,
        restart_warmup_share: float = 0.0,
        cycles: int | None = None,
    ) -> None:
        owner = type(self).__name__
        self.T_0, self.T_mult = T_0, T_mult
        self.eta_min = _checks.number(owner, "eta_min", eta_min, 0, math.inf)
        self.warmup_init_lr = _checks.number(owner, "warmup_init_lr", warmup_init_lr, 0, math.inf)
        self.height = CyclicalLogAnnealing(
            max_lr=1.0,
            cycle_steps=T_0,
            cycle_mult=T_mult,
            base=base,
            peak_decay=peak_decay,
            warmup_steps=warmup_steps,
            restart_warmup_share=restart_warmup_share,
            cycles=cycles,
        )
        super().__init__(_check_optimizer(owner, optimizer), last_epoch)

    def _line(self, position: float) -> tuple[float, float, list[float]]:
        height = self.height(position)
        low = self.warmup_init_lr if position < self.height.warmup_steps else self.eta_min
        return low * (1 - height), height, self.base_lrs

    def _declaration(self) -> dict[str, Any]:
        return {
            "height": self.height.to_dict(),
            "eta_min": self.eta_min,
            "warmup_init_lr": self.warmup_init_lr,
        }

    def load_state_dict(self, state_dict: dict[str, Any], strict: bool = True) -> None:
        """As for `ScheduleLR`; the state of a ``CosineAnnealingWarmRestarts`` of the same cycles is taken too."""
        if isinstance(state_dict, dict) and all(field in state_dict for field in COSINE_STATE):
            state_dict = self._translate(state_dict, strict)
        super().load_state_dict(state_dict, strict)

    def _translate(self, state: dict[str, Any], strict: bool) -> dict[str, Any]:
        for field in ("T_0", "T_mult", "eta_min") if strict else ():
            _check_same(f"{type(self).__name__}.load_state_dict", field, state[field], getattr(self, field))
        return {
            "version": VERSION,
            "last_epoch": state["last_epoch"],
            "fraction": math.fmod(state["T_cur"], 1) if state["T_cur"] > 0 else 0.0,
            "base_lrs": [float(rate) for rate in state["base_lrs"]],
            **self._declaration(),
        }
