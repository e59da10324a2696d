"""`ScheduleLR`: any schedule, for the rate and for other values of the parameter groups."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch.optim import Optimizer

from loganneal import _checks
from loganneal.schedules import Schedule
from loganneal.torch._closed_form import ClosedFormLR, check_optimizer
from loganneal.torch._numbers import is_equal
from loganneal.torch._values import check_peak, checked_values


class ScheduleLR(ClosedFormLR):
    """Any schedule, or one for each parameter group, as a scheduler of PyTorch.

    With one schedule ``s``, group ``g`` gets ``s(t) * (initial_lr_g / s.max_lr)`` at update ``t``: a group at
    ``max_lr`` gets ``s(t)`` to the bit, and the others keep their ratio to it. With a list, each group gets its own
    schedule as it stands.

    Other values of the groups follow schedules of their own in the same way: a group with a weight decay of 0 keeps it.
    ``momentum`` is the first of ``betas`` where the optimizer has these. Values that are tensors are filled in place.

    Args:
        optimizer: Any optimizer of PyTorch.
        schedule: A schedule, or a list with one for each parameter group.
        last_epoch: -1 to begin; to continue from the step number alone, the updates done minus 1 (torch's convention).
            A group without ``initial_lr`` then has its present rate for a base, and so have the other values.
        values: Schedules for other numbers of the groups, by their keys, as ``{"weight_decay": schedule}``.

    Raises:
        TypeError: If the optimizer is not one.
        ValueError: If no group has the schedule's ``max_lr`` as its initial rate, or the list does not fit the groups;
            or the same of one of the values, or the groups have no such value.

    >>> import torch, loganneal as la
    >>> optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1, momentum=0.95)
    >>> rate = la.CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10)
    >>> scheduler = ScheduleLR(optimizer, rate, values={"momentum": la.InverseMomentum(rate)})
    >>> for _ in range(10):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["momentum"]  # a restart
    (0.1, 0.85)
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedule: Schedule | Sequence[Schedule],
        last_epoch: int = -1,
        *,
        values: Mapping[str, Schedule] | None = None,
    ) -> None:
        owner = type(self).__name__
        groups = check_optimizer(owner, optimizer).param_groups
        self.schedule = schedule if isinstance(schedule, Schedule) else _check_list(owner, schedule, len(groups))
        if isinstance(self.schedule, Schedule):
            initial = [group.get("initial_lr", group["lr"]) for group in groups]
            check_peak(owner, "schedule", self.schedule.max_lr, initial, "initial rate", "lr")
        self._values = checked_values(owner, {} if values is None else values, groups)
        super().__init__(optimizer, last_epoch)

    def _base_lr(self, index: int, group: dict[str, Any]) -> float:
        base = super()._base_lr(index, group)
        peak = self._schedule_of(index).max_lr
        return peak if is_equal(group["initial_lr"], peak) else base

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

    def _cycles(self) -> Schedule:
        return self._schedule_of(0)

    def _declaration(self) -> dict[str, Any]:
        values = {value.name: value.schedule.to_dict() for value in self._values}
        return {"schedule": self._schedule_dict(), **({"values": values} if values else {})}

    def _schedule_dict(self) -> Any:
        if isinstance(self.schedule, Schedule):
            return self.schedule.to_dict()
        return [schedule.to_dict() for schedule in self.schedule]


def _check_list(owner: str, schedules: Any, count: int) -> list[Schedule]:
    fits = isinstance(schedules, Sequence) and len(schedules) == count
    if not fits or not all(isinstance(schedule, Schedule) for schedule in schedules):
        allowed = f"a schedule of loganneal, or a list of {count}, one for each parameter group"
        _checks.fail(owner, "schedule", allowed, schedules)
    return list(schedules)
