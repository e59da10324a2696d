"""Likely mistakes in the durations of a run: steps mistaken for epochs, budgets that do not fit the schedule."""

from loganneal import _checks
from loganneal.schedules._base import Cycle, Schedule
from loganneal.schedules._compose import Join, Warmup
from loganneal.schedules._peak_factor import KNOWN_FAILURES, NARROWEST, WIDEST, peak_factor

MANY_CYCLES = 100
"""More cycles than this in one run are considered a mistake if the steps per epoch are not known."""

IDLE_SHARE = 0.1
"""A run may continue for this share of its steps after its schedule has ended."""

SAME_PEAK = 0.05
"""A peak within this share of the one that the bound gives is not commented on."""

HARDLY_BEGUN = 0.1
"""A run that covers less than this share of its first cycle may have mistaken steps for epochs."""


def advise(
    schedule: Schedule,
    total_steps: int,
    steps_per_epoch: int | None = None,
    optimizers: int = 1,
    tuned_with: Schedule | None = None,
) -> list[str]:
    """Describe what looks like a mistake in the durations of a schedule, each in a sentence with the remedy.

    A sentence is returned if a run would end within its warmup, restart more often than once an epoch, end in the
    middle of a cycle, or continue long after its schedule has ended. A duration given in steps but meant in epochs, or
    the other way round, shows up as one of these.

    Args:
        schedule: Any schedule.
        total_steps: The budget: how often the scheduler is stepped in the whole run, at least 1.
        steps_per_epoch: How often it is stepped in an epoch, at least 1; None if that is not known.
        optimizers: How many optimizers share the budget, if it counts the updates of all of them together, as the
            ``max_steps`` of Lightning does with manual optimization. Each makes its share of the updates.
        tuned_with: The schedule with which the peak learning rate was tuned, if it was a different one. A sentence then
            estimates the peak for this one, and says that this is a weak guide.

    Returns:
        The sentences; an empty list if nothing looks like a mistake.

    Raises:
        ValueError: If a number is outside its range.

    >>> from loganneal import CyclicalLogAnnealing
    >>> advise(CyclicalLogAnnealing(max_lr=0.1, cycle_steps=40), total_steps=100)
    ['100 steps end in the middle of cycle 3, at 26% of the peak. fit(total_steps=100, cycles=3) ends at the floor.']
    >>> advise(CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10), total_steps=7_820, steps_per_epoch=391)
    ['It restarts 782 times in 7820 steps, 39.1 times an epoch. If its durations are meant in epochs: .in_steps(391).']
    >>> advise(CyclicalLogAnnealing(max_lr=0.1, cycle_steps=900, warmup_steps=90), total_steps=90)
    ['90 steps end within the warmup of 90: the peak is not reached. fit(total_steps=90, warmup_share=...) reaches it.']
    >>> from loganneal import Linear, WarmupStableDecay
    >>> advise(WarmupStableDecay(0.1, 1000, 0, 200), total_steps=1000, tuned_with=Linear(0.1, 1000))
    ['A peak of 0.1 that was tuned for Linear is about 0.0513 for this shape, by a convex bound (x 0.51), a weak \
guide: on language models it was off by a fifth, as was leaving the peak unchanged, and on one of five small image \
tasks it was worse.']
    """
    total = _checks.whole("advise", "total_steps", total_steps, 1)
    epoch = None if steps_per_epoch is None else _checks.whole("advise", "steps_per_epoch", steps_per_epoch, 1)
    sharing = _checks.whole("advise", "optimizers", optimizers, 1, total)
    sentences = _on_durations(schedule, total // sharing, epoch)
    peak = [] if tuned_with is None else _on_peak(schedule, tuned_with, total // sharing)
    if sharing == 1 or not sentences:
        return sentences + peak
    shared = f"{total} steps, shared by {sharing} optimizers, are {total // sharing} for each of them."
    return [shared, *sentences, *peak]


def _on_peak(schedule: Schedule, tuned_with: Schedule, total: int) -> list[str]:
    """What the peak should be, if that can be estimated and differs."""
    factor = peak_factor(tuned_with, schedule, total)
    if factor is None:
        why = f"a learning rate rises after the warmup, or the change is outside x {NARROWEST:g} to x {WIDEST:g}"
        return [f"How the peak changes from {type(tuned_with).__name__} to this shape is not known: {why}."]
    best = factor * tuned_with.max_lr
    if abs(schedule.max_lr / best - 1.0) <= SAME_PEAK:
        return []
    tuned = f"A peak of {tuned_with.max_lr:.3g} that was tuned for {type(tuned_with).__name__}"
    said = f"{tuned} is about {best:.3g} for this shape, by a convex bound (x {factor:.2f})"
    return [f"{said}, {KNOWN_FAILURES}."]


def _on_durations(schedule: Schedule, total: int, epoch: int | None) -> list[str]:
    warmup = _warmup(schedule)
    if total <= warmup:
        remedy = f"fit(total_steps={total}, warmup_share=...) reaches it."
        return [f"{total} steps end within the warmup of {warmup}: the peak is not reached. {remedy}"]
    last = schedule.last_cycle(total - 1)
    if last is None:
        return []
    sentences = (_restarts(last, total, epoch), _idles(last, total, epoch), _ends(schedule, last, total))
    return [sentence for sentence in sentences if sentence]


def _warmup(schedule: Schedule) -> int:
    """The steps of warmup that a schedule begins with, including those of the schedules within it."""
    own: int = getattr(schedule, "warmup_steps", 0)
    inner = schedule.schedules[0] if isinstance(schedule, Join) else getattr(schedule, "schedule", None)
    if inner is None or (own and not isinstance(schedule, Warmup)):
        return own
    return own + _warmup(inner)


def _restarts(last: Cycle, total: int, epoch: int | None) -> str:
    often = last.index >= MANY_CYCLES if epoch is None else last.index >= 2 and (last.index + 1) * epoch > total
    if not often:
        return ""
    rate = "" if epoch is None else f", {(last.index + 1) * epoch / total:.3g} times an epoch"
    return f"It restarts {last.index + 1} times in {total} steps{rate}. {_if_epochs(epoch)}"


def _idles(last: Cycle, total: int, epoch: int | None) -> str:
    idle = (total - last.end) / total
    if idle <= IDLE_SHARE:
        return ""
    return f"It is over at step {last.end}, and {100 * idle:.0f}% of the {total} steps are left. {_if_epochs(epoch)}"


def _if_epochs(epoch: int | None) -> str:
    return f"If its durations are meant in epochs: .in_steps({'steps_per_epoch' if epoch is None else epoch})."


def _ends(schedule: Schedule, last: Cycle, total: int) -> str:
    if last.end <= total:
        return ""
    height = f"at {100 * (schedule(total) / schedule.max_lr):.0f}% of the peak"
    number, length = last.index + 1, last.end - last.start
    where = f"{total} steps end in the middle of cycle {number}, {height}."
    if last.index == 0 and total < HARDLY_BEGUN * last.end:
        return f"{where} The cycle has {length}: is the scheduler stepped once an epoch, instead of once a step?"
    return f"{where}{_refit(schedule, total, number)}"


def _refit(schedule: Schedule, total: int, cycles: int) -> str:
    if not hasattr(schedule, "fit"):
        return ""
    own = f", cycles={cycles}" if hasattr(schedule, "cycle_mult") else ""
    return f" fit(total_steps={total}{own}) ends at the floor."
