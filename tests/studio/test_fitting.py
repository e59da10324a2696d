"""A schedule is made to end with the budget."""

import pytest

import loganneal as la
from loganneal.schedules import SCHEDULES
from loganneal.studio.fitting import ends_elsewhere, fitted
from loganneal.studio.starts import starting_schedule

ENDLESS = ("Constant", "ExponentialDecay", "MultiStepDecay", "StepDecay", "InverseSquareRoot", "InverseTimeDecay")


@pytest.mark.parametrize("name", [name for name in SCHEDULES if name != "PublishedLogAnnealing"])
@pytest.mark.parametrize("total", [400, 1_234, 50_000])
def test_every_schedule_ends_with_the_budget(name: str, total: int) -> None:
    """After fitting, the last cycle ends with the budget, with as many cycles; what has no end is unchanged."""
    schedule = starting_schedule(name, 0.1, 1_000)
    new = fitted(schedule, total)
    assert not ends_elsewhere(new, total)
    assert new.max_lr == schedule.max_lr
    if name in ENDLESS:
        assert new == schedule


def test_cycles_are_kept() -> None:
    """A budget that ends in the third cycle is filled with three, which grow as before."""
    new = fitted(la.CyclicalCosineAnnealing(0.1, 10, cycle_mult=2, warmup_steps=5), 50)
    assert (new.restarts(50).tolist(), new.ends_within_cycle(50)) == ([5, 11, 24], False)
