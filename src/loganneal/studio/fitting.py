"""Making a schedule end where the budget does."""

from loganneal.schedules import Join, Schedule, from_dict
from loganneal.schedules._fit import parameters_of
from loganneal.schedules._restarting import Restarting
from loganneal.studio.tree import stretched


def ends_elsewhere(schedule: Schedule, total_steps: int) -> bool:
    """Whether the budget ends within a cycle, or after the schedule is over, so that `fitted` would change it."""
    last = schedule.last_cycle(total_steps - 1)
    return last is not None and last.end != total_steps


def fitted(schedule: Schedule, total_steps: int) -> Schedule:
    """The schedule whose last cycle ends with the budget, with as many cycles as begin in it now.

    Args:
        schedule: Any schedule; one without an end is left as it is.
        total_steps: The budget.

    >>> from loganneal import CyclicalLogAnnealing
    >>> fitted(CyclicalLogAnnealing(max_lr=0.1, cycle_steps=40), 100).restarts(100).tolist()
    [0, 33, 67]
    """
    last = schedule.last_cycle(total_steps - 1)
    if last is None:
        return schedule
    if isinstance(schedule, Restarting):
        return _restarting(schedule, total_steps, last.index + 1)
    begin = schedule.boundaries[-1] if isinstance(schedule, Join) and schedule.boundaries else 0
    if isinstance(schedule, Join) and begin < total_steps:
        *first, tail = schedule.schedules
        return schedule.replace(schedules=(*first, fitted(tail, total_steps - begin)))
    inner = getattr(schedule, "schedule", None)
    if inner is not None:
        return schedule.replace(schedule=fitted(inner, total_steps - getattr(schedule, "warmup_steps", 0)))
    return from_dict(stretched(schedule.to_dict(), total_steps / last.end))


def _restarting(schedule: Restarting, total_steps: int, cycles: int) -> Schedule:
    names = parameters_of(type(schedule))
    own = {name: getattr(schedule, name) for name in names if name not in ("cycle_steps", "cycles")}
    return type(schedule).fit(total_steps=total_steps, cycles=cycles, **own)
