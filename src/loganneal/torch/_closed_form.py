"""What the two schedulers share: the position, the writing of the rates, the end of a cycle, and the state."""

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler
from torch.utils.hooks import RemovableHandle

from loganneal import _checks
from loganneal.schedules import Schedule
from loganneal.torch._numbers import copied, like, put
from loganneal.torch._state import VERSION, checked_bases, checked_state
from loganneal.torch._values import GroupValue

Hook = Callable[[int], object]


class ClosedFormLR(LRScheduler):
    """A scheduler whose rates are a function of the position alone.

    Subclasses say the rates in `_line`, what they are made of in `_declaration`, and their cycles in `_cycles`. The
    position is ``last_epoch + fraction``, the number of updates done; nothing else changes from step to step.
    """

    base_lrs: list[float]  # type: ignore[assignment] # torch keeps tensors here, for tensor rates
    _values: Sequence[GroupValue] = ()

    def __init__(self, optimizer: Optimizer, last_epoch: int) -> None:
        owner = type(self).__name__
        last = _checks.whole(owner, "last_epoch", last_epoch, -1)
        self.fraction = 0.0
        self._cycle_end_hooks: OrderedDict[int, Hook] = OrderedDict()
        if last != -1:
            for group in optimizer.param_groups:
                group.setdefault("initial_lr", copied(group["lr"]))
        super().__init__(optimizer, last)

    def _initial_step(self) -> None:
        self._set_base_lrs([self._base_lr(i, group) for i, group in enumerate(self.optimizer.param_groups)])
        super()._initial_step()

    def _base_lr(self, index: int, group: dict[str, Any]) -> float:
        return float(group.setdefault("initial_lr", copied(group["lr"])))

    def _set_base_lrs(self, base_lrs: list[float]) -> None:
        self.base_lrs = base_lrs

    def _line(self, position: float) -> tuple[float, float, list[float]]:
        """An offset, a factor, and a number for each group: its rate is ``offset + factor * number``."""
        raise NotImplementedError

    def _declaration(self) -> dict[str, Any]:
        """What the rates are made of, apart from the position and the groups' own rates."""
        raise NotImplementedError

    def _cycles(self) -> Schedule:
        """The schedule whose cycles are those of the scheduler."""
        raise NotImplementedError

    def _position(self) -> float:
        return self.last_epoch + self.fraction if self.fraction else self.last_epoch

    def get_lr(self) -> list[float | Tensor]:
        """The rates of the present position, one for each parameter group that has been stepped."""
        offset, factor, numbers = self._line(max(self._position(), 0))
        groups = self.optimizer.param_groups
        return [like(group["lr"], offset + factor * number) for group, number in zip(groups, numbers, strict=False)]

    def get_last_lr(self) -> list[float | Tensor]:
        """The rates that this scheduler set last, one for each parameter group."""
        return self.get_lr()

    def register_cycle_end_hook(self, hook: Hook) -> RemovableHandle:
        """Have a function called at the end of each cycle, before the rate jumps: for a snapshot, or an average.

        `step` calls it when it leaves a cycle forward, by 1 or to an epoch; it is not called for cycles that are
        jumped over, nor by a jump backward. The optimizer still has the rate of the cycle's last update then. Hooks
        are called in the order of their registration, and as in torch are not part of the state, nor of a copy:
        register them again after a resume, which calls them for no cycle twice. A ``SequentialLR`` that goes on to
        another scheduler does not tell this one that its cycle is over.

        Args:
            hook: ``hook(cycle)``, with the number of the cycle that is over, counted from 0.

        Returns:
            A handle, whose ``remove()`` takes the hook away.

        Raises:
            ValueError: If it cannot be called.

        >>> import torch, loganneal as la
        >>> from loganneal.torch import ScheduleLR
        >>> optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
        >>> scheduler = ScheduleLR(optimizer, la.CyclicalLogAnnealing(max_lr=0.1, cycle_steps=3))
        >>> handle = scheduler.register_cycle_end_hook(lambda cycle: print("cycle", cycle, "is over"))
        >>> for _ in range(6):
        ...     optimizer.step()
        ...     scheduler.step()
        cycle 0 is over
        cycle 1 is over
        """
        if not callable(hook):
            owner = f"{type(self).__name__}.register_cycle_end_hook"
            _checks.fail(owner, "hook", "a function of the cycle's number", hook)
        handle = RemovableHandle(self._cycle_end_hooks)
        self._cycle_end_hooks[handle.id] = hook
        return handle

    def _before_step(self, epoch: float | None) -> None:
        """Call the hooks if the coming step leaves a cycle forward."""
        after = self.last_epoch + 1 if epoch is None else math.floor(self._checked(epoch))
        cycle = self._cycles().locate(self.last_epoch) if self.last_epoch >= 0 else None
        if cycle is not None and after >= cycle.end:
            for hook in tuple(self._cycle_end_hooks.values()):  # a hook may remove itself
                hook(cycle.index)

    def step(self, epoch: float | None = None) -> None:
        """Set the rates of the next update; call it after ``optimizer.step()``.

        Args:
            epoch: Go to this position instead, 0 or more, fractions included; a later call without it goes on from
                there by 1.
        """
        if self._cycle_end_hooks:
            self._before_step(epoch)
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
            position = self._checked(epoch)
            self.last_epoch = math.floor(position)
            self.fraction = position - self.last_epoch
        self._write()

    def _checked(self, epoch: float) -> float:
        return _checks.number(f"{type(self).__name__}.step", "epoch", epoch, 0, math.inf)

    def _write(self) -> None:
        groups = self.optimizer.param_groups
        if len(groups) != len(self.base_lrs):
            self._adopt(groups)
        position = self._position()
        offset, factor, numbers = self._line(position)
        for group, number in zip(groups, numbers):  # noqa: B905 - equal by now, and asked at every step
            if type(group["lr"]) is float:
                group["lr"] = offset + factor * number
            else:
                put(group, "lr", offset + factor * number)
        for value in self._values:
            value.write(groups, position)

    def _adopt(self, groups: list[dict[str, Any]]) -> None:
        """Take in the groups that ``add_param_group`` added, each with its present rate for a base."""
        added = range(len(self.base_lrs), len(groups))
        self._set_base_lrs([*self.base_lrs, *(self._base_lr(index, groups[index]) for index in added)])

    def _applied(self) -> bool:
        """Whether the optimizer has the rates of this scheduler; in a SequentialLR they may be those of another."""
        groups = self.optimizer.param_groups
        return all(bool(group["lr"] == rate) for group, rate in zip(groups, self.get_lr(), strict=False))

    def state_dict(self) -> dict[str, Any]:
        """The state as numbers, strings, lists and dictionaries, which ``torch.load`` takes by default."""
        return {
            "version": VERSION,
            "last_epoch": max(self.last_epoch, -1),  # a SequentialLR in another sets it back twice
            "fraction": self.fraction,
            "applied": self._applied(),
            **self._bases(),
            **self._declaration(),
        }

    def _bases(self) -> dict[str, list[float]]:
        """The groups' own values, from which the schedules go down, under the names that the state has for them."""
        return {"base_lrs": list(self.base_lrs), **{f"base_{value.name}": list(value.bases) for value in self._values}}

    def load_state_dict(self, state_dict: dict[str, Any], strict: bool = True) -> None:
        """Continue from a saved state, and set the optimizer's rates to it if they were this scheduler's.

        Args:
            state_dict: What `state_dict` returned.
            strict: Whether the saved schedule must be this one. False keeps the saved position and takes the schedule
                and the base rates of this scheduler: a run is extended, or changes its schedule, whatever it was.

        Raises:
            ValueError: If a field is missing, unknown or does not fit; it is named, and nothing is changed.
        """
        bases = self._bases()
        state = checked_state(type(self).__name__, state_dict, bases, self._declaration(), strict)
        if strict:
            self._load_bases({field: state_dict[field] for field in bases})
        self.last_epoch, self.fraction = state["last_epoch"], state["fraction"]
        self._step_count = self.last_epoch + 1
        if self.last_epoch >= 0 and state["applied"]:  # inside a SequentialLR, -1 says that its turn has not come
            self._write()

    def _load_bases(self, given: dict[str, Any]) -> None:
        owner, groups = type(self).__name__, self.optimizer.param_groups
        bases = {field: checked_bases(owner, field, numbers, len(groups)) for field, numbers in given.items()}
        self._set_base_lrs(bases["base_lrs"])
        for group, rate in zip(groups, bases["base_lrs"], strict=True):
            group["initial_lr"] = like(group["lr"], rate)
        for value in self._values:
            value.load(groups, bases[f"base_{value.name}"])

    def __getstate__(self) -> dict[str, Any]:
        """A copy, or what a pickle holds, is without the hooks: they belong to the training that registered them."""
        return {**vars(self), "_cycle_end_hooks": OrderedDict()}


def check_optimizer(owner: str, optimizer: object) -> Optimizer:
    """Return the optimizer, or raise unless it is one."""
    if isinstance(optimizer, Optimizer):
        return optimizer
    raise TypeError(f"The 'optimizer' parameter of {owner} must be a torch Optimizer. Got {optimizer!r} instead.")
