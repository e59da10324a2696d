"""Forms end with the budget, and their shares are those of the budget and the peak."""

import pytest

import loganneal as la
from loganneal.studies.declare.builders import BUILDERS, build_schedule, parameters_of


@pytest.mark.parametrize("form", BUILDERS)
@pytest.mark.parametrize("steps", [20, 237])
def test_every_form_is_of_its_class_and_survives_its_dictionary(form: str, steps: int) -> None:
    """A form gives its own class, warmed up or not, and comes back from its dictionary, as records need."""
    schedule = build_schedule(form, 0.4, steps, {})
    inner = schedule.schedule if isinstance(schedule, la.Warmup) else schedule
    assert type(inner).__name__ == form
    assert la.from_dict(schedule.to_dict()) == schedule


@pytest.mark.parametrize("form", [form for form in BUILDERS if "warmup_share" in parameters_of(form)])
def test_without_warmup_it_begins_on_its_peak(form: str) -> None:
    """A warmup share of 0 leaves no step of warmup."""
    assert build_schedule(form, 0.4, 100, {"warmup_share": 0.0})(0) == 0.4


@pytest.mark.parametrize("form", [form for form in BUILDERS if "min_share" in parameters_of(form)])
def test_the_floor_is_a_share_of_the_peak(form: str) -> None:
    """At the end of the budget the rate is that share of the peak."""
    assert build_schedule(form, 0.4, 100, {"min_share": 0.25})(100) == pytest.approx(0.1)


def test_a_constant_tail() -> None:
    """With `end_share` a fall is over early, and its floor stays: the tail of weight averaging."""
    schedule = build_schedule("Cosine", 0.4, 200, {"end_share": 0.75, "min_share": 0.1})
    assert schedule(149) > 0.04
    assert [schedule(step) for step in (150, 175, 199)] == pytest.approx([0.04] * 3)


def test_warmup_in_every_cycle() -> None:
    """The first cycle has the warmup of the training, every later one its own rise."""
    schedule = build_schedule(
        "CyclicalLogAnnealing", 0.4, 100, {"cycles": 2, "warmup_share": 0.0, "restart_warmup_share": 0.1}
    )
    assert schedule(50) == 0.0
    assert schedule(55) == pytest.approx(0.4)


@pytest.mark.parametrize(("name", "value"), [("warmup_share", 1.5), ("min_share", -0.1), ("base", 0.0), ("cycles", 0)])
def test_bad_values(name: str, value: float) -> None:
    """A value that is not allowed raises with its name."""
    with pytest.raises(ValueError, match=f"'{name}'"):
        build_schedule("CyclicalLogAnnealing", 0.4, 100, {name: value})
