"""Leaving a schedule: a fall to the floor from wherever a run is."""

from loganneal import _checks
from loganneal.schedules._base import Schedule
from loganneal.schedules._compose import Join, check_schedule
from loganneal.schedules._stable import WarmupStableDecay


def cooldown(
    schedule: Schedule,
    at: int,
    steps: int,
    min_lr: float = 0.0,
    shape: str = "linear",
    power: float | None = None,
) -> Join:
    """The schedule that leaves a running one at a step and falls to the floor: to end a run now, or a branch of it.

    Up to step ``at`` it equals the running schedule, whose ``max_lr`` it keeps, so that it can replace that schedule in
    a resumed run (not that of `PublishedLogAnnealing`, whose rates exceed its own ``max_lr``). From there it falls from
    the rate at that step to ``min_lr``, which it reaches ``steps`` steps later and then keeps.

    Args:
        schedule: The running schedule.
        at: The step of the first update of the fall, whole, at least 1; for "now", the updates done so far.
        steps: The steps of the fall, whole, at least 1.
        min_lr: The floor, in [0, the rate at that step].
        shape: The shape of the fall, one of those of `WarmupStableDecay`.
        power: The exponent for the shape "power".

    Returns:
        A `Join` of the schedule and its fall.

    Raises:
        ValueError: If a number is outside its range, or the rate at that step is already 0.

    >>> from loganneal import CyclicalLogAnnealing
    >>> running = CyclicalLogAnnealing(max_lr=0.1, cycle_steps=1_000)
    >>> ending = cooldown(running, at=1_200, steps=100)
    >>> ending(1_199) == running(1_199), ending(1_200) == running(1_200), ending(1_300)
    (True, True, 0.0)
    """
    inner = check_schedule("cooldown", "schedule", schedule)
    begin = _checks.whole("cooldown", "at", at, 1)
    rate = inner(begin)
    if rate == 0:
        _checks.fail("cooldown", "at", "a step at which the rate is above 0", at, "There is nothing to fall from.")
    length = _checks.whole("cooldown", "steps", steps, 1)
    fall = WarmupStableDecay(rate, length, 0, length, min_lr, shape=shape, power=power)
    return Join([inner, fall], [begin])
