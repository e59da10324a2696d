"""`ScheduleLR`: any schedule, for the rate and for other values of the parameter groups."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch.optim import Optimizer

from loganneal import _checks
from loganneal.schedules import Schedule
from loganneal.torch._added_groups import LaterBases
from loganneal.torch._closed_form import ClosedFormLR, Group, check_optimizer
from loganneal.torch._numbers import is_equal
from loganneal.torch._values import check_peak, checked_values


class ScheduleLR(ClosedFormLR):
    r"""Any schedule, or one for each parameter group, as a learning-rate scheduler of PyTorch.

    With one schedule :math:`s`, group :math:`g` has at update :math:`t` the learning rate

    .. math:: \eta_g(t) = s(t) \, \frac{base_g}{s_{max}} \, scale_g

    where :math:`base_g` is its ``initial_lr``, :math:`s_{max}` the schedule's ``max_lr``, and :math:`scale_g` its
    ``lr_scale``, 1 if it has none. A group at ``max_lr`` gets exactly ``s(t)``, and the others keep their ratio to it.
    With a list, each group gets its own schedule as it is.

    ``lr_scale`` is what timm's layer-wise decay puts into the groups. If the rate already includes it, as in mmengine,
    so that a group's initial rate is ``max_lr * lr_scale``, it is not applied again.

    Other values of the groups follow schedules of their own in the same way: a group with a weight decay of 0 keeps it.
    ``momentum`` is the first of ``betas`` if the optimizer has those. Values that are tensors are filled in place.

    The base of a group that ``add_param_group`` adds before the first update is its rate. A group that is added later
    states its base as ``initial_lr``; without it, the base is derived from its rate at the current position,
    ``lr * s_max / s(t)``, and a warning says so, once. The same holds for ``values``, with ``initial_weight_decay`` and
    the like. For a list, append the schedule of the new group to ``scheduler.schedule``.

    Args:
        optimizer: Any PyTorch optimizer whose groups have a number, or a tensor, as ``lr``.
        schedule: A schedule, or a list with one for each parameter group.
        last_epoch: -1 to begin; to continue from the step number alone, the updates done minus 1 (torch's convention).
            The base of a group without ``initial_lr`` is then its current rate, and likewise for the other values.
        values: Schedules for other numbers of the groups, by their keys, as ``{"weight_decay": schedule}``.
        on_mismatch: What `load_state_dict` does with the state of another schedule, or of other ``values``: ``"error"``
            refuses it; ``"keep_position"`` continues at its step, for a run that is made longer; ``"keep_share"``
            continues at its share of the run, for another batch size or number of GPUs, if both schedules have an end.
            It is not part of the state.
        follow: Whether the optimizer steps the scheduler, once after each update that it makes. For loops of your own:
            a framework steps its schedulers itself. ``step()`` is then refused, until `unfollow`. An optimizer that
            wraps another one, such as SAM with ``first_step`` and ``second_step``, is followed through the inner one.

    Raises:
        TypeError: If ``optimizer`` is not an optimizer.
        ValueError: If no group has the schedule's ``max_lr`` as its initial rate, or the list does not fit the groups;
            likewise for an entry of ``values``, or if the groups have no such number; if ``on_mismatch`` is
            ``"keep_share"`` and the schedule has no end; if the updates of the optimizer cannot be followed, or another
            scheduler follows them.

    >>> import torch, loganneal as la
    >>> optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1, momentum=0.95)
    >>> rate = la.CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10)
    >>> scheduler = ScheduleLR(optimizer, rate, values={"momentum": la.InverseMomentum(rate)})
    >>> for _ in range(10):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["momentum"]  # a restart
    (0.1, 0.85)

    Stepped by the optimizer itself, however often a loop skips an update:

    >>> optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    >>> scheduler = ScheduleLR(optimizer, la.Linear(max_lr=0.1, total_steps=10), follow=True)
    >>> optimizer.step()
    >>> round(optimizer.param_groups[0]["lr"], 12)
    0.09
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedule: Schedule | Sequence[Schedule],
        last_epoch: int = -1,
        *,
        values: Mapping[str, Schedule] | None = None,
        on_mismatch: str = "error",
        follow: bool = False,
    ) -> None:
        owner = type(self).__name__
        groups = check_optimizer(owner, optimizer).param_groups
        self.schedule = schedule if isinstance(schedule, Schedule) else _check_list(owner, schedule, len(groups))
        used = last_epoch != -1 or bool(optimizer.state)
        if isinstance(self.schedule, Schedule):
            check_peak(owner, "schedule", self.schedule.max_lr, groups, "lr", used)
        self._values = checked_values(owner, {} if values is None else values, groups, used)
        super().__init__(optimizer, last_epoch, on_mismatch, follow)

    def _base_lr(self, index: int, group: Group) -> float:
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
        groups = self.optimizer.param_groups
        self._ratios = [self._ratio(i, base, groups[i].get("lr_scale", 1.0)) for i, base in enumerate(base_lrs)]

    def _ratio(self, index: int, base: float, scale: float) -> float:
        peak = self._schedule_of(index).max_lr
        return scale if is_equal(base, peak * scale) else base / peak * scale

    def _base_line(self, index: int, group: Group, position: float) -> tuple[float, float]:
        schedule = self._schedule_of(index)
        return 0.0, schedule(position) / schedule.max_lr * group.get("lr_scale", 1.0)

    def _later_base(self, later: LaterBases, index: int, group: Group) -> float:
        if isinstance(self.schedule, Schedule):
            return super()._later_base(later, index, group)
        return float(group.get("initial_lr", self._schedule_of(index).max_lr))

    def _line(self, position: float) -> tuple[float, float, list[float]]:
        if isinstance(self.schedule, Schedule):
            return 0.0, self.schedule(position), self._ratios
        return 0.0, 1.0, [schedule(position) for schedule in self.schedule]

    @property
    def cycle_schedule(self) -> Schedule:
        return self._schedule_of(0)

    def _schedules(self) -> Schedule | list[Schedule]:
        return self.schedule

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
