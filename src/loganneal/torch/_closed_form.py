"""What the two schedulers share: the position, the writing of the rates, and the state."""

import math
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, cast

from torch import Tensor
from torch.optim import Optimizer

from loganneal import _checks
from loganneal.schedules import Schedule
from loganneal.torch._added_groups import LaterBases
from loganneal.torch._cycle_end_hooks import CycleEndHooks
from loganneal.torch._ends import end_of
from loganneal.torch._following import FollowsOptimizer, source_of_updates
from loganneal.torch._numbers import copied, like, put
from loganneal.torch._processes import processes, warn_of_a_part
from loganneal.torch._state import (
    VERSION,
    Position,
    check_before_end,
    check_declared,
    checked_bases,
    checked_flag,
    checked_policy,
    checked_position,
    declares,
    share_kept,
    warn_beyond_end,
)
from loganneal.torch._values import GroupValue

Group = dict[str, Any]


class ClosedFormLR(CycleEndHooks, FollowsOptimizer):
    """A scheduler whose rates are a function of the position alone.

    Subclasses define the rates in `_line`, what they are made of in `_declaration`, and the schedules that they follow
    in `_schedules`. The position is ``last_epoch + fraction``, the number of updates done; nothing else changes from
    step to step.
    """

    base_lrs: list[float]  # type: ignore[assignment] # torch keeps tensors here, for tensor rates
    _values: Sequence[GroupValue] = ()
    _processes = 1
    _warned_of_bases = False

    def __init__(self, optimizer: Optimizer, last_epoch: int, on_mismatch: str, follow: bool) -> None:
        owner = type(self).__name__
        last = _checks.whole(owner, "last_epoch", last_epoch, -1)
        self.on_mismatch = checked_policy(owner, on_mismatch, self._end())
        source = source_of_updates(owner, optimizer) if checked_flag(owner, "follow", follow) else None
        self.fraction = 0.0
        self._cycle_end_hooks = OrderedDict()
        if last != -1:
            for group in optimizer.param_groups:
                group.setdefault("initial_lr", copied(group["lr"]))
        super().__init__(optimizer, last)
        self._processes = processes()
        if source is not None:
            self._follow(source)

    def _initial_step(self) -> None:
        self._set_base_lrs([self._base_lr(i, group) for i, group in enumerate(self.optimizer.param_groups)])
        super()._initial_step()

    def _base_lr(self, index: int, group: Group) -> float:
        return float(group.setdefault("initial_lr", copied(group["lr"])))

    def _set_base_lrs(self, base_lrs: list[float]) -> None:
        self.base_lrs = base_lrs

    def _line(self, position: float) -> tuple[float, float, list[float]]:
        """An offset, a factor, and a number for each group: its rate is ``offset + factor * number``."""
        raise NotImplementedError

    def _base_line(self, index: int, group: Group, position: float) -> tuple[float, float]:
        """The offset and the factor with which the rate of one group is computed from its base."""
        offset, factor, _ = self._line(position)
        return offset, factor

    def _declaration(self) -> dict[str, Any]:
        """What the rates are made of, apart from the position and the groups' own rates."""
        raise NotImplementedError

    def _schedules(self) -> Schedule | Sequence[Schedule]:
        """The schedule that the rates follow, or one for each group."""
        raise NotImplementedError

    def _end(self) -> int | None:
        """The step from which the rates stay constant; None if there is no end."""
        return end_of(self._schedules())

    def _position(self) -> float:
        return self.last_epoch + self.fraction if self.fraction else self.last_epoch

    def get_lr(self) -> list[float | Tensor]:
        """The rates at the current position, one for each parameter group that has been stepped."""
        offset, factor, numbers = self._line(max(self._position(), 0))
        groups = self.optimizer.param_groups
        return [like(group["lr"], offset + factor * number) for group, number in zip(groups, numbers, strict=False)]

    def get_last_lr(self) -> list[float | Tensor]:
        """The rates that this scheduler set last, one for each parameter group."""
        return self.get_lr()

    def step(self, epoch: float | None = None) -> None:
        """Set the rates of the next update; call it after ``optimizer.step()``.

        Args:
            epoch: Go to this position instead, 0 or more, fractions included; a later call without it continues from
                there by 1. Cycles begin at whole positions only: if they are counted in epochs and stepped by
                ``epoch + i / n``, give them whole numbers of epochs, or count in steps, see
                `loganneal.Schedule.in_steps`.

        Raises:
            RuntimeError: If the scheduler follows its optimizer, which steps it.
            ValueError: If the position is negative or not finite, or a parameter group was added in the middle of the
                run whose base cannot be determined; nothing is changed then.
        """
        groups = self.optimizer.param_groups
        if len(groups) != len(self.base_lrs):
            self._take_in_groups()
        if self._cycle_end_hooks:
            self._tell_cycle_end(self.last_epoch + 1 if epoch is None else math.floor(self._checked(epoch)))
        if self._step_count < 2:
            super().step()  # the base class warns if optimizer.step() and scheduler.step() are in the wrong order
        elif epoch is None:
            self.last_epoch += 1
            self._write(groups)
        if epoch is not None:
            self._update_lr(epoch)

    def _update_lr(self, epoch: float | None = None) -> None:
        self._take_in_groups()  # a SequentialLR calls this, not `step`
        if epoch is None:
            self.last_epoch += 1
        else:
            position = self._checked(epoch)
            self.last_epoch = math.floor(position)
            self.fraction = position - self.last_epoch
        self._write(self.optimizer.param_groups)

    def _checked(self, epoch: float) -> float:
        return _checks.number(f"{type(self).__name__}.step", "epoch", epoch, 0, math.inf)

    def _write(self, groups: list[Group]) -> None:
        position = self._position()
        offset, factor, numbers = self._line(position)
        for group, number in zip(groups, numbers):  # noqa: B905 - as many as there were groups at the last step
            if type(group["lr"]) is float:
                group["lr"] = offset + factor * number
            else:
                put(group, "lr", offset + factor * number)
        for value in self._values:
            value.write(groups, position)

    def _take_in_groups(self) -> None:
        """Take in the groups that ``add_param_group`` added, with their bases; all of them, or none if one fails."""
        groups, known = self.optimizer.param_groups, len(self.base_lrs)
        if len(groups) == known:
            return
        if len(groups) < known:
            remedy = "Make a new scheduler after a group has been removed."
            _checks.fail(type(self).__name__, "optimizer", f"one of {known} groups or more", len(groups), remedy)
        later = LaterBases(type(self).__name__, max(self._position(), 0))
        added = [self._later_base(later, i, groups[i]) for i in range(known, len(groups))]
        values = [value.later_bases(later, groups) for value in self._values]
        for group, base in zip(groups[known:], added, strict=True):
            group.setdefault("initial_lr", like(group["lr"], base))
        self._set_base_lrs([*self.base_lrs, *(self._base_lr(i, groups[i]) for i in range(known, len(groups)))])
        for value, bases in zip(self._values, values, strict=True):
            value.load(groups, bases)
        if not self._warned_of_bases:
            self._warned_of_bases = later.warn()

    def _later_base(self, later: LaterBases, index: int, group: Group) -> float:
        """The base that the group states; before the first update, its current rate; later, the base behind that."""
        if "initial_lr" in group or later.position == 0:
            return float(group["initial_lr"] if "initial_lr" in group else group["lr"])
        line = self._base_line(index, group, later.position)
        return later.find("lr", float(group["lr"]), *line, max(self.base_lrs))

    def _applied(self) -> bool:
        """Whether the optimizer has the rates of this scheduler; in a SequentialLR they may be those of another."""
        groups = self.optimizer.param_groups
        return all(bool(group["lr"] == rate) for group, rate in zip(groups, self.get_lr(), strict=False))

    def state_dict(self) -> dict[str, Any]:
        """The state as numbers, strings, lists and dictionaries, which ``torch.load`` accepts by default."""
        return {
            "version": VERSION,
            "last_epoch": max(self.last_epoch, -1),  # a SequentialLR in another sets it back twice
            "fraction": self.fraction,
            "applied": self._applied(),
            **self._bases(),
            **self._declaration(),
        }

    def _bases(self) -> dict[str, list[float]]:
        """The groups' own values, from which the schedules fall, under their names in the state."""
        return {"base_lrs": list(self.base_lrs), **{f"base_{value.name}": list(value.bases) for value in self._values}}

    def load_state_dict(self, state_dict: dict[str, Any], strict: bool | None = None) -> None:
        """Continue from a saved state, and set the optimizer's rates to it if they were this scheduler's.

        A state of the same schedules and values is loaded as it is. What happens to any other is decided by the
        scheduler's ``on_mismatch``; the schedules and the bases are then those of this scheduler.

        Args:
            state_dict: What `state_dict` returned.
            strict: None leaves it to ``on_mismatch``. True means ``"error"``. False keeps the position, whatever else
                is in the state.

        Warns:
            UserWarning: If the run continues under another schedule that has ended by its step.

        Raises:
            ValueError: If a field is missing, unknown or does not fit, or a run that was not over would be over with
                its position kept; the field is named, and nothing is changed.
        """
        name, policy = f"{type(self).__name__}.load_state_dict", self._policy(strict)
        position, bases, declared = checked_position(name, state_dict), self._bases(), self._declaration()
        same = declares(state_dict, bases, declared)
        if policy == "error":
            check_declared(name, state_dict, bases, declared)
        if same and strict is not False:
            count = len(self.optimizer.param_groups)
            bases = {field: checked_bases(name, field, state_dict[field], count) for field in bases}
        else:
            position = self._kept(name, state_dict, position) if strict is None else position
            self._take_in_groups()
            bases = self._bases()
        self._load_bases(bases)
        self._go_on(position)
        if not same:
            warn_beyond_end(type(self).__name__, self.last_epoch, self._end())

    def _kept(self, name: str, state: dict[str, Any], position: Position) -> Position:
        """The position at which the state of another schedule continues, according to ``on_mismatch``."""
        schedule, end = state.get("schedule", state.get("height")), self._end()
        if self.on_mismatch == "keep_share":  # there is an end: it was checked
            step = share_kept(name, schedule, position.last_epoch, cast(int, end))
            return Position(step, 0.0, position.applied)
        check_before_end(name, schedule, position.last_epoch, end)
        return position

    def _go_on(self, position: Position) -> None:
        self.last_epoch, self.fraction = position.last_epoch, position.fraction
        self._step_count = self.last_epoch + 1
        if self.last_epoch >= 0 and position.applied:  # inside a SequentialLR, -1 means that its turn has not come
            self._write(self.optimizer.param_groups)

    def _policy(self, strict: bool | None) -> str:
        if strict is None:
            return self.on_mismatch
        return "error" if strict else "keep_position"

    def _load_bases(self, bases: dict[str, list[float]]) -> None:
        groups = self.optimizer.param_groups
        self._set_base_lrs(bases["base_lrs"])
        for group, rate in zip(groups, bases["base_lrs"], strict=True):
            group["initial_lr"] = like(group["lr"], rate)
        for value in self._values:
            value.load(groups, bases[f"base_{value.name}"])

    def __getstate__(self) -> dict[str, Any]:
        """Copies and pickles leave out the hooks, which belong to the training run that registered them."""
        return {**super().__getstate__(), "_cycle_end_hooks": OrderedDict()}

    def __del__(self) -> None:
        """Warn of a run of several processes that has ended after a part of its schedule."""
        if self._processes > 1:
            warn_of_a_part(type(self).__name__, self.last_epoch, self._end(), self._processes)


def check_optimizer(owner: str, optimizer: object) -> Optimizer:
    """Return the optimizer, or raise unless it is one whose groups have rates."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"The 'optimizer' parameter of {owner} must be a torch Optimizer. Got {optimizer!r} instead.")
    for group in optimizer.param_groups:
        if not isinstance(group["lr"], Tensor) and not _checks.is_number(group["lr"]):
            remedy = "Give the optimizer a learning rate; Adafactor also needs relative_step=False."
            _checks.fail(owner, "optimizer", "one whose groups have a number as 'lr'", group["lr"], remedy)
    return optimizer
