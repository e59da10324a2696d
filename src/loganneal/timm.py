"""Schedules in the training style of timm, which tells a scheduler the number of each update: `ScheduleLR`."""

from typing import Any, cast

from loganneal import _checks
from loganneal.schedules import Schedule

try:
    from timm.scheduler.scheduler import Scheduler
    from torch.optim import Optimizer
except ModuleNotFoundError as error:
    raise ModuleNotFoundError("loganneal.timm needs PyTorch and timm: pip install 'loganneal[timm]'") from error

from loganneal.torch._added_groups import LaterBases
from loganneal.torch._closed_form import check_optimizer
from loganneal.torch._ends import end_of
from loganneal.torch._numbers import copied, is_equal, like, put
from loganneal.torch._state import check_before_end, check_same, checked_policy, share_kept, warn_beyond_end
from loganneal.torch._values import check_peak

__all__ = ["ScheduleLR"]

REMEDY = (
    "Make the scheduler with on_mismatch='keep_position' to keep the step, or 'keep_share' for the share of the run."
)

VERSION = 1
"""The version of the state that the scheduler saves."""


class ScheduleLR(Scheduler):
    """Any schedule as a scheduler of timm: ``step_update(num_updates)`` after each update sets the rate of the next.

    With the schedule ``s``, group ``g`` gets ``s(t) * (initial_lr_g / s.max_lr)``, times the ``lr_scale`` that timm's
    layer-wise decay puts into it. Durations are in updates; for epochs, ``schedule.in_steps(updates_per_epoch)``.
    ``step(epoch)`` changes nothing, as in timm, so that a loop that calls both needs no change. Rates that are tensors
    are filled in place.

    A group that is added in the middle of a run states its base as ``initial_lr``; without it, the base is derived from
    its rate at the current update, and a warning says so, once.

    Args:
        optimizer: Any PyTorch optimizer whose groups have a number, or a tensor, as ``lr``.
        schedule: A schedule.
        on_mismatch: What `load_state_dict` does with the state of another schedule: ``"error"`` refuses it,
            ``"keep_position"`` continues at its update, ``"keep_share"`` at its share of the run, if both schedules
            have an end. It is not part of the state.

    Raises:
        TypeError: If ``optimizer`` is not an optimizer.
        ValueError: If it is not a schedule of loganneal, no group has its ``max_lr`` as its initial rate, or
            ``on_mismatch`` is not one of the three, or is ``"keep_share"`` for a schedule without an end.

    >>> import torch, loganneal as la
    >>> optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    >>> scheduler = ScheduleLR(optimizer, la.CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10, warmup_steps=5))
    >>> rates = []
    >>> for num_updates in range(1, 6):
    ...     optimizer.step()
    ...     scheduler.step_update(num_updates)
    ...     rates.append(round(optimizer.param_groups[0]["lr"], 3))
    >>> rates
    [0.02, 0.04, 0.06, 0.08, 0.1]
    """

    num_updates = 0
    _warned_of_bases = False

    def __init__(self, optimizer: Optimizer, schedule: Schedule, *, on_mismatch: str = "error") -> None:
        owner = type(self).__name__
        groups = check_optimizer(owner, optimizer).param_groups
        if not isinstance(schedule, Schedule):
            _checks.fail(owner, "schedule", "a schedule of loganneal", schedule)
        self.on_mismatch = checked_policy(owner, on_mismatch, end_of(schedule))
        check_peak(owner, "schedule", schedule.max_lr, groups, "lr", bool(optimizer.state))
        for group in groups:
            group.setdefault("initial_lr", copied(group["lr"]))
        self.schedule = schedule
        super().__init__(optimizer, param_group_field="lr", t_in_epochs=False)
        self.step_update(0)

    def step_update(self, num_updates: int, metric: float | None = None) -> None:
        """Set the rates of the next update.

        Args:
            num_updates: The updates done in the whole run, 0 or more.
            metric: What timm passes to every scheduler; not used.

        Raises:
            ValueError: If a parameter group was added in the middle of the run whose base cannot be determined.
        """
        super().step_update(num_updates, metric)
        self.num_updates = num_updates

    def step(self, epoch: int, metric: float | None = None) -> None:
        """Change nothing, since the schedule counts updates.

        Raises:
            RuntimeError: If ``step_update`` has not been called, so that the rate would never change.
        """
        if epoch > 0 and self.num_updates == 0:
            raise RuntimeError(
                f"{type(self).__name__} counts updates, not epochs: call step_update(num_updates) after each update. "
                "With timm's train.py, pass --sched-on-updates, so that a resumed run does so too."
            )

    def _get_lr(self, t: int) -> list[float]:
        self._take_in_groups()
        rate = self.schedule(t)
        return [rate * self._ratio(group) for group in self.optimizer.param_groups]

    def _take_in_groups(self) -> None:
        """Give the groups that were added their bases; all of them, or none if one fails."""
        added = [group for group in self.optimizer.param_groups if "initial_lr" not in group]
        if not added:
            return
        later = LaterBases(type(self).__name__, self.num_updates)
        bases = [self._later_base(later, group) for group in added]
        for group, base in zip(added, bases, strict=True):
            group["initial_lr"] = like(group["lr"], base)
        if not self._warned_of_bases:
            self._warned_of_bases = later.warn()

    def _later_base(self, later: LaterBases, group: dict[str, Any]) -> float:
        if later.position == 0:
            return float(group["lr"])
        factor = self.schedule(self.num_updates) / self.schedule.max_lr * group.get("lr_scale", 1.0)
        largest = max(float(other["initial_lr"]) for other in self.optimizer.param_groups if "initial_lr" in other)
        return later.find("lr", float(group["lr"]), 0.0, factor, largest)

    def _ratio(self, group: dict[str, Any]) -> float:
        """A group's own rate over the peak."""
        initial = group["initial_lr"]
        return 1.0 if is_equal(initial, self.schedule.max_lr) else float(initial) / self.schedule.max_lr

    def update_groups(self, values: Any) -> None:
        """Write the rates of the groups, which may be tensors, times their ``lr_scale``."""
        for group, value in zip(self.optimizer.param_groups, values, strict=True):
            put(group, "lr", value * group.get("lr_scale", 1.0))

    def state_dict(self) -> dict[str, Any]:
        """The state as numbers, strings and dictionaries, which ``torch.load`` accepts by default."""
        return {"version": VERSION, "num_updates": self.num_updates, "schedule": self.schedule.to_dict()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue from a saved state, and set the optimizer's rates to it; see ``on_mismatch`` for other schedules.

        Warns:
            UserWarning: If the run continues under another schedule that has ended by its update.

        Raises:
            ValueError: If a field is missing, unknown or does not fit; it is named, and nothing is changed.
        """
        name, present = f"{type(self).__name__}.load_state_dict", self.state_dict()
        if not isinstance(state_dict, dict) or set(state_dict) != set(present):
            _checks.fail(name, "state_dict", f"a dictionary of the fields {sorted(present)}", state_dict)
        if state_dict["version"] != VERSION:
            _checks.fail(name, "version", f"{VERSION}", state_dict["version"])
        done, end = _checks.whole(name, "num_updates", state_dict["num_updates"], 0), end_of(self.schedule)
        same = state_dict["schedule"] == present["schedule"]
        if self.on_mismatch == "error":
            check_same(name, "schedule", state_dict["schedule"], present["schedule"], REMEDY)
        if not same and self.on_mismatch == "keep_share":
            done = share_kept(name, state_dict["schedule"], done, cast(int, end))  # it has one, as was checked
        elif not same:
            check_before_end(name, state_dict["schedule"], done, end)
        self.step_update(done)
        if not same:
            warn_beyond_end(type(self).__name__, done, end)
