"""Schedules over a budget of steps: lengths in steps, or as shares of the budget."""

import inspect
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from loganneal import _checks
from loganneal.schedules._base import Schedule
from loganneal.schedules._compose import Warmup
from loganneal.schedules._cycles import MAX_CYCLES, round_half_up


def check_budget(owner: str, total_steps: Any, epochs: Any, steps_per_epoch: Any) -> int:
    """The budget in steps, given in steps or in epochs but not in both."""
    if total_steps is not None:
        if epochs is not None or steps_per_epoch is not None:
            _checks.fail(owner, "total_steps", "left out when epochs are given", total_steps)
        return _checks.whole(owner, "total_steps", total_steps, 1)
    if epochs is None or steps_per_epoch is None:
        remedy = "Give total_steps, or epochs together with steps_per_epoch."
        _checks.fail(owner, "total_steps", "a whole number in [1, inf)", total_steps, remedy)
    per_epoch = _checks.whole(owner, "steps_per_epoch", steps_per_epoch, 1)
    number = _checks.number(owner, "epochs", epochs, 0, math.inf, bounds="()")
    return _checks.whole(owner, "epochs * steps_per_epoch", number * per_epoch, 1)


def check_first_cycle(owner: str, steps: int, cycles: Any, growth: Any) -> float:
    """Return the length of the first of ``cycles`` that fill ``steps``, or raise if it is less than a step."""
    count = _checks.whole(owner, "cycles", cycles, 1, MAX_CYCLES)
    first = first_cycle(steps, count, _checks.number(owner, "cycle_mult", growth, 1, math.inf))
    if first < 1:
        remedy = f"The first of them would have {first:.3g} steps; the minimum is one step."
        _checks.fail(owner, "cycles", f"few enough for a budget of {steps} steps", cycles, remedy)
    return first


def first_cycle(steps: int, cycles: int, growth: float) -> float:
    """The length of the first of ``cycles`` that fill ``steps`` exactly, whole where it can be."""
    if growth == 1:
        return steps // cycles if steps % cycles == 0 else steps / cycles
    try:
        return steps * (growth - 1) / (growth**cycles - 1)
    except OverflowError:
        return 0.0


def check_warmup_within(owner: str, steps: Any, share: Any, total: int) -> int:
    """The steps of a warmup within a budget, given as steps or as a share of it but not as both.

    A share is rounded up, as Transformers does, and leaves at least one step of the budget.
    """
    if share is None:
        remedy = "A warmup_share fits a budget of any length."
        return _checks.whole(owner, "warmup_steps", 0 if steps is None else steps, 0, total - 1, remedy=remedy)
    if steps is not None:
        _checks.fail(owner, "warmup_share", "left out when warmup_steps are given", share)
    return min(math.ceil(_checks.number(owner, "warmup_share", share, 0, 1, bounds="[)") * total), total - 1)


def check_others(cls: type[Schedule], owner: str, given: Iterable[str], allowed: Iterable[str]) -> None:
    """Raise if `fit` is given an unknown parameter; a misspelled one may be meant for `fit` itself."""
    own = [name for name in inspect.signature(cls.fit).parameters if name != "others"]  # type: ignore[attr-defined]
    names = list(dict.fromkeys((*own, *allowed)))
    for name in given:
        _checks.one_of(owner, name, name, names)


def parameters_of(cls: type[Schedule]) -> list[str]:
    """The names of the parameters of a class."""
    return list(inspect.signature(cls).parameters)


def share_of(name: str) -> str | None:
    """The name of a length as a share of the budget: ``decay_share`` for ``decay_steps``; None if it is not a length.

    >>> share_of("decay_steps"), share_of("milestones"), share_of("base")
    ('decay_share', 'milestone_shares', None)
    """
    if name == "milestones":
        return "milestone_shares"
    return f"{name.removesuffix('_steps')}_share" if name.endswith("_steps") else None


def steps_of_share(owner: str, name: str, share: Any, total: int) -> int:
    """A share of the budget in whole steps, rounded to the nearest and at least 1."""
    return max(1, round_half_up(_checks.number(owner, name, share, 0, 1, bounds="(]") * total))


class Fitted(Schedule):
    """A schedule whose lengths can be given as shares of a budget."""

    @classmethod
    def fit(
        cls,
        *,
        max_lr: float,
        total_steps: int | None = None,
        epochs: float | None = None,
        steps_per_epoch: int | None = None,
        warmup_steps: int | None = None,
        warmup_share: float | None = None,
        **others: Any,
    ) -> Schedule:
        """The schedule over a budget of steps, warmup included, with its lengths in steps or as shares of the budget.

        With its lengths as shares, one line of code suits a run of 20 steps and one of 100,000.

        Args:
            max_lr: The peak, in (0, inf).
            total_steps: The budget in steps, at least 1; left out if it is given in epochs.
            epochs: The budget in epochs, above 0, together with ``steps_per_epoch``.
            steps_per_epoch: The steps of one epoch, at least 1; times the epochs it must give a whole number.
            warmup_steps: Steps of warmup, counted in the budget; 0 unless given.
            warmup_share: The share of the budget, in [0, 1), that is warmup, in place of ``warmup_steps``. It is
                rounded up, as Transformers does, and leaves at least one step.
            **others: The other parameters of the class. A length may be given as a share of the budget, in (0, 1]:
                ``decay_share`` for ``decay_steps``, ``milestone_shares`` for ``milestones``. It is rounded to the
                nearest step, and is at least one.

        Returns:
            The schedule; within a `Warmup` if one is asked for and the class has none of its own.

        Raises:
            ValueError: If no budget, or two, are given, a length is given twice, or a parameter is unknown or out of
                its range.

        >>> from loganneal import Cosine, WarmupStableDecay
        >>> Cosine.fit(max_lr=0.1, total_steps=1_000, warmup_share=0.05)
        Warmup(schedule=Cosine(max_lr=0.1, total_steps=950, min_lr=0.0), warmup_steps=50, warmup_init_lr=0.0)
        >>> schedule = WarmupStableDecay.fit(max_lr=0.1, total_steps=20, warmup_share=0.01, decay_share=0.2)
        >>> schedule.warmup_steps, schedule.decay_steps
        (1, 4)
        """
        owner = f"{cls.__name__}.fit"
        names = parameters_of(cls)
        check_others(cls, owner, others, ("warmup_init_lr", *names, *_shares(names)))
        total = check_budget(owner, total_steps, epochs, steps_per_epoch)
        warmup = check_warmup_within(owner, warmup_steps, warmup_share, total)
        rises = "warmup_steps" in names
        init_lr = None if rises else others.pop("warmup_init_lr", None)
        budget = {"warmup_steps": warmup, "total_steps": total if rises else total - warmup}
        own = {name: value for name, value in budget.items() if name in names}
        schedule = cls(**{"max_lr": max_lr, **own, **_lengths(owner, names, others, total, warmup)})
        return schedule if rises else _after_warmup(owner, schedule, warmup, init_lr)


def _after_warmup(owner: str, schedule: Schedule, steps: int, init_lr: float | None) -> Schedule:
    if steps:
        return Warmup(schedule, steps, 0.0 if init_lr is None else init_lr)
    if init_lr is not None:
        _checks.fail(owner, "warmup_init_lr", "left out without a warmup", init_lr)
    return schedule


def _shares(names: list[str]) -> dict[str, str]:
    """The names of the lengths besides the budget and its warmup, by their names as shares."""
    budget = ("total_steps", "warmup_steps")
    return {share: name for name in names if name not in budget and (share := share_of(name))}


def _lengths(owner: str, names: list[str], others: Mapping[str, Any], total: int, warmup: int) -> dict[str, Any]:
    """The other parameters, with steps in place of shares."""
    lengths = _shares(names)
    given: dict[str, Any] = {}
    for name, value in others.items():
        if lengths.get(name) in others:
            _checks.fail(owner, name, f"left out when {lengths[name]} are given", value)
        if name == "milestone_shares":
            shares = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
            given["milestones"] = [steps_of_share(owner, name, share, total) - warmup for share in shares]
        elif name in lengths:
            given[lengths[name]] = steps_of_share(owner, name, value, total)
        else:
            given[name] = value
    if "decay_share" in others and given["decay_steps"] == total - warmup + 1:
        given["decay_steps"] -= 1  # a warmup and a fall that fill the budget have both been rounded up
    return given
