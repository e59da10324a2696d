"""Any number in the parameter groups by a schedule: weight decay, momentum, and whatever else an optimizer keeps."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from loganneal import _checks
from loganneal.schedules import Schedule
from loganneal.torch._added_groups import LaterBases
from loganneal.torch._numbers import copied, is_equal, like, put

Groups = Sequence[dict[str, Any]]


class GroupValue:
    """A number of every parameter group, other than its rate, that follows a schedule as the rate does.

    Group ``g`` gets ``s(t) * (initial_g / s.max_lr)``. The initial value is kept in the group as ``initial_<name>``,
    as torch keeps ``initial_lr``. The momentum of an optimizer without one is the first of its ``betas``.

    Args:
        name: The key of the number in the groups.
        schedule: The schedule.
    """

    def __init__(self, name: str, schedule: Schedule) -> None:
        self.name = name
        self.schedule = schedule
        self.bases: list[float] = []

    def write(self, groups: Groups, position: float) -> None:
        """Give every group its value."""
        if not self.bases:
            self.bases = [self._base(group) for group in groups]
        value, peak = self.schedule(position), self.schedule.max_lr
        for group, base in zip(groups, self.bases, strict=True):
            _put(group, self.name, value * (base / peak))

    def _base(self, group: dict[str, Any]) -> float:
        return self._exact(group.setdefault(f"initial_{self.name}", copied(_get(group, self.name))))

    def _exact(self, initial: Any) -> float:
        return self.schedule.max_lr if is_equal(initial, self.schedule.max_lr) else float(initial)

    def later_bases(self, later: LaterBases, groups: Groups) -> list[float]:
        """The bases of all groups, of which the last ones were added after the schedule had begun."""
        return [*self.bases, *(self._later_base(later, group) for group in groups[len(self.bases) :])]

    def _later_base(self, later: LaterBases, group: dict[str, Any]) -> float:
        present, key = _get(group, self.name), f"initial_{self.name}"
        if key in group or later.position == 0:
            return self._exact(group.get(key, present))
        factor = self.schedule(later.position) / self.schedule.max_lr
        return later.find(self.name, float(present), 0.0, factor, max(self.bases))

    def load(self, groups: Groups, bases: list[float]) -> None:
        """Take the initial values of a state, one for each group."""
        self.bases = bases
        for group, base in zip(groups, bases, strict=True):
            group[f"initial_{self.name}"] = like(_get(group, self.name), base)


def checked_values(owner: str, values: Any, groups: Groups, used: bool) -> list[GroupValue]:
    """The numbers that ``values`` puts under schedules; raises unless the groups have them at the schedules' peaks."""
    if not isinstance(values, Mapping):
        _checks.fail(owner, "values", "a dictionary of schedules", values)
    return [_checked_value(owner, name, schedule, groups, used) for name, schedule in values.items()]


def _checked_value(owner: str, name: Any, schedule: Any, groups: Groups, used: bool) -> GroupValue:
    names = sorted(set.intersection(*map(_names, groups)))
    if name not in names:
        remedy = "The learning rate is the 'schedule' parameter." if name == "lr" else ""
        allowed = "a dictionary whose keys are among " + ", ".join(map(repr, names))
        _checks.fail(owner, "values", allowed, name, remedy)
    if not isinstance(schedule, Schedule):
        _checks.fail(owner, f"values[{name!r}]", "a schedule of loganneal", schedule)
    check_peak(owner, f"values[{name!r}]", schedule.max_lr, groups, name, used)
    return GroupValue(name, schedule)


def check_peak(owner: str, parameter: str, peak: float, groups: Groups, name: str, used: bool = False) -> None:
    """Raise unless a group has the schedule's peak for its initial number.

    Args:
        owner: The class of the scheduler.
        parameter: The parameter that holds the schedule.
        peak: The schedule's peak.
        groups: The parameter groups.
        name: The key of the number in them.
        used: Whether the optimizer has made updates, so that the current numbers may already have come down.
    """
    initial = [group.get(f"initial_{name}", _get(group, name)) for group in groups]
    if any(is_equal(number, peak) for number in initial):
        return
    key = "betas[0]" if "betas" in groups[0] and name not in groups[0] else name
    given, high = ", ".join(f"{float(number):g}" for number in initial), float(max(initial))
    raise ValueError(
        f"The {parameter!r} parameter of {owner} must peak at the initial {'rate' if name == 'lr' else key} of a "
        f"parameter group. Got a schedule with max_lr={peak:g} and initial values of {given} instead. "
        + _peak_remedy(peak, high, key, f"initial_{name}", groups, used)
    )


def _peak_remedy(peak: float, high: float, key: str, stated: str, groups: Groups, used: bool) -> str:
    if used and not all(stated in group for group in groups):
        return (
            "The optimizer is in the middle of a run, and its current numbers may already have come down: set its "
            f"groups to the initial ones, group[{stated!r}]={peak:g}, after its state has been loaded."
        )
    where = f"group[{stated!r}]={peak:g} in the groups of" if stated in groups[0] else f"{key}={peak:g} in"
    return f"Set {where} the optimizer" + (f", or max_lr={high:g} in the schedule." if high > 0 else ".")


def _names(group: dict[str, Any]) -> set[str]:
    """The keys of a group under which there are numbers that a schedule may set."""
    numbers = {name for name, value in group.items() if _checks.is_number(value) or isinstance(value, Tensor)}
    numbers -= {"lr", *(name for name in group if name.startswith("initial_"))}
    return numbers | {"momentum"} if "betas" in group else numbers


def _get(group: dict[str, Any], name: str) -> Any:
    return group[name] if name in group else group["betas"][0]


def _put(group: dict[str, Any], name: str, value: float) -> None:
    if name in group:
        put(group, name, value)
    elif isinstance(group["betas"][0], Tensor):
        group["betas"][0].fill_(value)
    else:
        group["betas"] = (value, *group["betas"][1:])
