"""Where schedules end, and the same share of a run under another one."""

from collections.abc import Sequence

from loganneal.schedules import MAX_STEP, InverseMomentum, Join, Scale, Schedule, Warmup


def end_of(schedule: Schedule | Sequence[Schedule]) -> int | None:
    """The step from which a schedule stays constant, of several the last; None if there is no end."""
    match schedule:
        case Join():
            return _later(end_of(schedule.schedules[-1]), sum(schedule.boundaries[-1:]))
        case Warmup():
            return _later(end_of(schedule.schedule), schedule.warmup_steps)
        case Scale() | InverseMomentum():
            return end_of(schedule.schedule)
        case Schedule():
            last = schedule.last_cycle(MAX_STEP - 1)
            return None if last is None or last.end >= MAX_STEP else last.end
    ends = [end_of(each) for each in schedule]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def _later(end: int | None, steps: int) -> int | None:
    return None if end is None else end + steps


def same_share(step: int, end: int, new_end: int) -> int:
    """The step of a run of ``new_end`` steps that is nearest to the share ``step / end``; only the end maps to the end.

    >>> same_share(500, 1_000, 500), same_share(999, 1_000, 50), same_share(1_000, 1_000, 50)
    (250, 49, 50)
    """
    nearest = (2 * step * new_end + end) // (2 * end)
    return min(nearest, new_end - 1) if step < end else nearest
