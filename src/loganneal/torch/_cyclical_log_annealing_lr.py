"""`CyclicalLogAnnealingLR`: the call of `CosineAnnealingWarmRestarts`, the fall of Cyclical Log Annealing."""

import math
from typing import Any

from torch.optim import Optimizer

from loganneal import _checks
from loganneal.schedules import CyclicalLogAnnealing, Schedule
from loganneal.torch._closed_form import ClosedFormLR, check_optimizer
from loganneal.torch._state import VERSION, check_same

COSINE_STATE = ("T_0", "T_mult", "eta_min", "T_cur", "T_i")
"""The fields by which the state of a `CosineAnnealingWarmRestarts` is known."""


class CyclicalLogAnnealingLR(ClosedFormLR):
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
        super().__init__(check_optimizer(owner, optimizer), last_epoch)

    def _line(self, position: float) -> tuple[float, float, list[float]]:
        height = self.height(position)
        low = self.warmup_init_lr if position < self.height.warmup_steps else self.eta_min
        return low * (1 - height), height, self.base_lrs

    def _cycles(self) -> Schedule:
        return self.height

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
            check_same(f"{type(self).__name__}.load_state_dict", field, state[field], getattr(self, field))
        return {
            "version": VERSION,
            "last_epoch": state["last_epoch"],
            "fraction": math.fmod(state["T_cur"], 1) if state["T_cur"] > 0 else 0.0,
            "base_lrs": [float(rate) for rate in state["base_lrs"]],
            **self._declaration(),
        }
