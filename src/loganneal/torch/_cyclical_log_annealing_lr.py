"""`CyclicalLogAnnealingLR`: the signature of `CosineAnnealingWarmRestarts`, the fall of Cyclical Log Annealing."""

import math
from collections.abc import Sequence
from typing import Any

from torch.optim import Optimizer

from loganneal import _checks
from loganneal.schedules import CyclicalLogAnnealing, Schedule
from loganneal.torch._added_groups import ROUNDING
from loganneal.torch._closed_form import ClosedFormLR, Group, check_optimizer
from loganneal.torch._state import REMEDY, VERSION, check_same

COSINE_STATE = ("T_0", "T_mult", "eta_min", "T_cur", "T_i")
"""The fields by which the state of a `CosineAnnealingWarmRestarts` is recognized."""

CYCLES = ("T_0", "T_mult", "eta_min")
"""Those that have to be the same."""


class CyclicalLogAnnealingLR(ClosedFormLR):
    r"""Cyclical Log Annealing with the signature and semantics of ``CosineAnnealingWarmRestarts``.

    Each group falls from its own rate to the same ``eta_min``:

    .. math:: \eta = \eta_{min} + (base_g - \eta_{min}) \left(1 - \frac{\log(1 + (b - 1) T_{cur} / T_i)}{\log b}\right)

    A state saved by a ``CosineAnnealingWarmRestarts`` with the same cycles can be loaded, so that a run in progress
    can switch over.

    Args:
        optimizer: Any PyTorch optimizer.
        T_0: Steps of the first cycle, as ``cycle_steps`` of `loganneal.CyclicalLogAnnealing`.
        T_mult: Growth of the cycles, as ``cycle_mult``; it need not be whole.
        eta_min: The floor, 0 or more; a group whose own rate is below it rises to it, as in torch.
        last_epoch: -1 to begin; to continue from the step number alone, the updates done minus 1.
        base: The base of the logarithm, in [1e-6, 1e6].
        peak_decay: The height of a peak above the floor, relative to the previous one, in (0, 1].
        warmup_steps: Steps of warmup before the first cycle.
        warmup_init_lr: The rate of every group at step 0 of the warmup, 0 or more.
        restart_warmup_share: The share of each cycle, in [0, 1), that rises to its peak.
        cycles: How many cycles there are before the rate stays at ``eta_min``; None for no end.
        on_mismatch: What `load_state_dict` does with the state of another schedule, as in `ScheduleLR`.
        follow: Whether the optimizer steps the scheduler after each of its updates, as in `ScheduleLR`.

    Raises:
        TypeError: If ``optimizer`` is not an optimizer.
        ValueError: If a parameter is outside its range, or the groups have an ``lr_scale``, see `ScheduleLR`.

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
        on_mismatch: str = "error",
        follow: bool = False,
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
        _check_scales(owner, check_optimizer(owner, optimizer).param_groups)
        super().__init__(optimizer, last_epoch, on_mismatch, follow)

    def _line(self, position: float) -> tuple[float, float, list[float]]:
        height = self.height(position)
        low = self.warmup_init_lr if position < self.height.warmup_steps else self.eta_min
        return low * (1 - height), height, self.base_lrs

    @property
    def cycle_schedule(self) -> Schedule:
        return self.height

    def _schedules(self) -> Schedule:
        return self.height

    def _declaration(self) -> dict[str, Any]:
        return {
            "height": self.height.to_dict(),
            "eta_min": self.eta_min,
            "warmup_init_lr": self.warmup_init_lr,
        }

    def load_state_dict(self, state_dict: dict[str, Any], strict: bool | None = None) -> None:
        """As for `ScheduleLR`; the state of a ``CosineAnnealingWarmRestarts`` with the same cycles is accepted too."""
        if isinstance(state_dict, dict) and all(field in state_dict for field in COSINE_STATE):
            state_dict = self._translate(state_dict, self._policy(strict))
        super().load_state_dict(state_dict, strict)

    def _translate(self, state: dict[str, Any], policy: str) -> dict[str, Any]:
        for field in CYCLES if policy == "error" else ():
            name = f"{type(self).__name__}.load_state_dict"
            check_same(name, field, state[field], getattr(self, field), REMEDY)
        same = all(state[field] == getattr(self, field) for field in CYCLES)
        theirs = {} if same else {"height": CyclicalLogAnnealing(1.0, state["T_0"], 0.0, state["T_mult"]).to_dict()}
        return {
            "version": VERSION,
            "last_epoch": state["last_epoch"],
            "fraction": math.fmod(state["T_cur"], 1) if state["T_cur"] > 0 else 0.0,
            "base_lrs": [float(rate) for rate in state["base_lrs"]],
            **self._declaration(),
            **theirs,
        }


def _check_scales(owner: str, groups: Sequence[Group]) -> None:
    """Raise if groups have an ``lr_scale`` that is not in their rates already: torch's class would ignore it."""
    scales = [group.get("lr_scale", 1.0) for group in groups]
    rates = [group["initial_lr"] if "initial_lr" in group else group["lr"] for group in groups]
    unscaled = [float(rate) / scale for rate, scale in zip(rates, scales, strict=True)]
    if set(scales) != {1.0} and max(unscaled) > min(unscaled) * (1 + ROUNDING):
        remedy = "Use ScheduleLR, which multiplies by it, or remove it from the groups."
        _checks.fail(owner, "optimizer", "one whose groups have no 'lr_scale'", scales, remedy)
