"""The paper's equation beside the schedules that fit a budget."""

import math

import loganneal as la


def published_like(fitted: la.Schedule, base: float | None = None) -> la.PublishedLogAnnealing:
    """The paper's equation with the cycles of a schedule; equal ones are made whole, since it goes on for ever.

    Args:
        fitted: A schedule with restarts.
        base: None for the paper's own.
    """
    given = fitted.to_dict()
    length = math.ceil(given["cycle_steps"]) if given["cycle_mult"] == 1 else given["cycle_steps"]
    same = {name: given[name] for name in ("max_lr", "min_lr", "cycle_mult", "warmup_steps")}
    return la.PublishedLogAnnealing(cycle_steps=length, base=base, **same)
