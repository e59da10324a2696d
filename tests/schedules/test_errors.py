"""Every bad argument is refused at once, in a sentence that names it."""

import math
from typing import Any

import numpy as np
import pytest

import loganneal as la
from loganneal import _checks

NOT_NUMBERS = [math.nan, math.inf, -math.inf, True, "0.1", None, [1], 1j, np.bool_(True), 10**400]
GOOD: dict[str, Any] = {"max_lr": 0.1, "cycle_steps": 10}

BAD_CYCLICAL = [
    *[("max_lr", value) for value in [*NOT_NUMBERS, 0, -0.1]],
    *[("cycle_steps", value) for value in [*NOT_NUMBERS, 0, 0.5, -3, 2.5]],
    *[("min_lr", value) for value in [*NOT_NUMBERS, -1e-9, 0.2]],
    *[("cycle_mult", value) for value in [*NOT_NUMBERS, 0, 0.5, 1.0005]],
    *[("base", value) for value in [*NOT_NUMBERS, 0, -2, 1e-7, 1e7]],
    *[("peak_decay", value) for value in [*NOT_NUMBERS, 0, 1.1]],
    *[("warmup_steps", value) for value in [*NOT_NUMBERS, -1, 2.5]],
    *[("warmup_init_lr", value) for value in [*NOT_NUMBERS, -1e-9, 0.2]],
    *[("restart_warmup_share", value) for value in [*NOT_NUMBERS, -0.1, 1]],
    *[("cycles", value) for value in [*NOT_NUMBERS, 0, 2.5, -1] if value is not None],
]

BAD_OTHERS: list[tuple[type[la.Schedule], dict[str, Any], str]] = [
    (la.PublishedLogAnnealing, {"max_lr": 0.1, "min_lr": 0.0, "cycle_steps": 10}, "base"),
    (la.PublishedLogAnnealing, {"max_lr": 2.0, "min_lr": 1.0, "cycle_steps": 10}, "base"),
    (la.PublishedLogAnnealing, {"max_lr": 0.1, "min_lr": 0.01, "cycle_steps": 10, "base": 1}, "base"),
    (la.PublishedLogAnnealing, {"max_lr": 0.1, "min_lr": 0.01, "cycle_steps": 2.5}, "cycle_steps"),
    (la.Constant, {"max_lr": 0}, "max_lr"),
    (la.Cosine, {"max_lr": 0.1, "total_steps": 0}, "total_steps"),
    (la.Linear, {"max_lr": 0.1, "total_steps": 10, "min_lr": 0.2}, "min_lr"),
    (la.Polynomial, {"max_lr": 0.1, "total_steps": 10, "power": 0}, "power"),
    (la.OneCycle, {"max_lr": 0.1, "total_steps": 10, "rise_share": 1}, "rise_share"),
    (la.OneCycle, {"max_lr": 0.1, "total_steps": 10, "start_divisor": 0.5}, "start_divisor"),
    (la.OneCycle, {"max_lr": 0.1, "total_steps": 2.5}, "total_steps"),
    (la.Warmup, {"schedule": la.Constant(0.1), "warmup_steps": 2.5}, "warmup_steps"),
    (la.Warmup, {"schedule": la.Constant(0.1), "warmup_steps": 2, "warmup_init_lr": 0.2}, "warmup_init_lr"),
    (la.Warmup, {"schedule": 0.1, "warmup_steps": 2}, "schedule"),
    (la.Join, {"schedules": [la.Constant(0.1), la.Constant(0.2)], "boundaries": []}, "boundaries"),
    (la.Join, {"schedules": [la.Constant(0.1)] * 3, "boundaries": [5, 5]}, r"boundaries\[1\]"),
    (la.Join, {"schedules": [la.Constant(0.1), 0.1], "boundaries": [5]}, r"schedules\[1\]"),
    (la.Join, {"schedules": [], "boundaries": []}, "boundaries"),
    (la.Join, {"schedules": la.Constant(0.1), "boundaries": []}, "schedules"),
    (la.Join, {"schedules": [la.Constant(0.1), la.Constant(0.2)], "boundaries": 5}, "boundaries"),
]


@pytest.mark.parametrize(("name", "value"), BAD_CYCLICAL, ids=repr)
def test_a_bad_parameter_names_itself(name: str, value: Any) -> None:
    """The error has the one form: parameter, owner, what is allowed, what was given."""
    sentence = rf"The '{name}' parameter of CyclicalLogAnnealing must be .*\. Got .* instead\."
    with pytest.raises(ValueError, match=sentence):
        la.CyclicalLogAnnealing(**{**GOOD, name: value})


@pytest.mark.parametrize(("cls", "parameters", "name"), BAD_OTHERS)
def test_the_other_schedules_refuse_too(cls: Any, parameters: dict[str, Any], name: str) -> None:
    """Rivals and wrappers name the bad parameter and themselves."""
    with pytest.raises(ValueError, match=rf"The '{name}' parameter of {cls.__name__} must be"):
        cls(**parameters)


@pytest.mark.parametrize(
    "step", [-1, -0.5, math.nan, math.inf, True, 2**63, "7", None, [1, 2], np.array([0, -1])], ids=repr
)
@pytest.mark.parametrize(
    "schedule", [la.Constant(0.1), la.CyclicalLogAnnealing(0.1, 10), la.OneCycle(0.1, 10)], ids=repr
)
def test_a_bad_step_is_refused(schedule: la.Schedule, step: Any) -> None:
    """A negative or non-finite step, or what is not a number, raises and is not repaired."""
    with pytest.raises(ValueError, match="The 'step' parameter of"):
        schedule(step)


@pytest.mark.parametrize("steps", [[0.5, math.nan], [math.inf], [2.0**63], [True, False]])
def test_a_bad_array_is_refused(steps: list[Any]) -> None:
    """One bad element is enough, and there is no warning of a cast on the way."""
    with pytest.raises(ValueError, match="The 'step' parameter of Cosine"):
        la.Cosine(0.1, 10)(np.array(steps))


def test_whole_floats_are_whole_numbers() -> None:
    """5.0 steps of warmup are 5, and the schedules are equal."""
    one, other = (la.CyclicalLogAnnealing(0.1, cycle_steps=k, warmup_steps=w) for k, w in ((10, 5), (10.0, 5.0)))
    assert one == other
    assert hash(one) == hash(other)
    assert repr(one) == repr(other)


def test_fractional_cycles_need_an_end_unless_they_grow() -> None:
    """Equal endless cycles of 2.5 steps are refused with the remedy; with an end, or growing, they are fine."""
    with pytest.raises(ValueError, match="Give a whole length, or the number of cycles"):
        la.CyclicalLogAnnealing(0.1, 2.5)
    assert la.CyclicalLogAnnealing(0.1, 2.5, cycles=4).restarts(99).tolist() == [0, 3, 5, 8]
    assert la.CyclicalLogAnnealing(0.1, 2.5, cycle_mult=2).restarts(30).tolist() == [0, 3, 8, 18]


@pytest.mark.parametrize(
    ("budget", "match"),
    [
        ({}, "total_steps.*epochs together with steps_per_epoch"),
        ({"epochs": 3}, "total_steps"),
        ({"total_steps": 10, "epochs": 1, "steps_per_epoch": 10}, "left out when epochs are given"),
        ({"epochs": 0.33, "steps_per_epoch": 10}, r"epochs \* steps_per_epoch"),
        ({"total_steps": 10, "cycles": 11}, "'cycles' parameter.*Got 11"),
        ({"total_steps": 1000, "cycles": 2000, "cycle_mult": 2}, "'cycles' parameter.*Got 2000"),
        ({"total_steps": 10, "warmup_steps": 10}, "warmup_steps"),
    ],
)
def test_fit_refuses_what_does_not_fit(budget: dict[str, Any], match: str) -> None:
    """No budget, two budgets, or more cycles than steps: the error names what to change."""
    with pytest.raises(ValueError, match=match):
        la.CyclicalLogAnnealing.fit(max_lr=0.1, **budget)


def test_fit_takes_epochs() -> None:
    """A budget in epochs is the same as its steps."""
    one = la.CyclicalLogAnnealing.fit(max_lr=0.1, epochs=2.5, steps_per_epoch=40, cycles=2)
    assert one == la.CyclicalLogAnnealing.fit(max_lr=0.1, total_steps=100, cycles=2)


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (None, "'data' parameter of from_dict"),
        ({}, "'version' parameter of from_dict"),
        ({"version": 2, "type": "Constant", "max_lr": 1}, "'version' parameter of from_dict must be 1. Got 2"),
        ({"version": 1, "type": "Constnat", "max_lr": 1}, "Did you mean 'Constant'?"),
        ({"version": 1, "type": "Constant"}, "does not fit Constant.*max_lr"),
        ({"version": 1, "type": "Constant", "max_lr": 1, "lr": 2}, "does not fit Constant.*lr"),
        ({"version": 1, "type": "Constant", "max_lr": -1}, "'max_lr' parameter of Constant"),
    ],
)
def test_a_dictionary_that_does_not_fit_is_refused(data: Any, match: str) -> None:
    """An unknown version or class, and missing or unknown parameters, are named."""
    with pytest.raises(ValueError, match=match):
        la.from_dict(data)


def test_allowed_names_are_listed() -> None:
    """Without a near name there is no guess."""
    with pytest.raises(ValueError, match=r"must be one of 'a', 'b'\. Got 'zzzz' instead\.$"):
        _checks.one_of("f", "x", "zzzz", ["a", "b"])
