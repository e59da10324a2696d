"""Every parameter of every schedule has a control."""

from inspect import signature

import pytest
from every_schedule import SAMPLES

import loganneal as la
from loganneal.schedules import SCHEDULES, from_dict
from loganneal.studio.controls import sections
from loganneal.studio.edits import position
from loganneal.studio.ranges import POSITIONS, Range
from loganneal.studio.starts import starting_schedule
from loganneal.studio.tree import DEPENDENT, value_at

HIDDEN = {"schedule", "schedules", *DEPENDENT}
"""Parameters that have sections of their own, or that exist only with one choice."""


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_parameter_has_a_control(name: str) -> None:
    """A schedule that has just been chosen shows all its parameters, including those of nested schedules."""
    tree = starting_schedule(name, 0.1, 1_000).to_dict()
    shown = {control.path.split(".")[0] for section in sections(tree, 1_000) for control in section.controls}
    assert set(signature(SCHEDULES[name]).parameters) - HIDDEN <= shown


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_control_holds_the_value_of_its_parameter(sample: str) -> None:
    """The path of a control leads to the value that it shows, which is within its slider's range."""
    tree = SAMPLES[sample].to_dict()
    for section in sections(tree, 1_000):
        for control in section.controls:
            if control.value is not None:
                assert value_at(tree, control.path) == control.value
            assert control.choices or 0 <= position(control, control.value) <= POSITIONS


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("total", [1, 2, 40, 10**6])
def test_a_chosen_schedule_has_the_peak_that_was_there(name: str, total: int) -> None:
    """Every class starts with a schedule at the peak, whatever the budget."""
    assert from_dict(starting_schedule(name, 0.3, total).to_dict()) == starting_schedule(name, 0.3, total)
    if name not in ("InverseMomentum", "Scale"):
        assert starting_schedule(name, 0.3, total).max_lr == pytest.approx(0.3)


def test_parameters_of_one_choice_appear_with_it() -> None:
    """The exponent of a fall is shown only for the shape "power"."""
    labels = [
        {control.label for section in sections(schedule.to_dict(), 100) for control in section.controls}
        for schedule in (
            la.WarmupStableDecay(0.1, 100, 0, 20),
            la.WarmupStableDecay(0.1, 100, 0, 20, shape="power", power=2.0),
        )
    ]
    assert labels[1] - labels[0] == {"power"}


@pytest.mark.parametrize("slider", [Range(1e-6, 10, True), Range(0.0, 0.99), Range(1, 5_000, True, True, True)])
def test_a_slider_rises_from_end_to_end(slider: Range) -> None:
    """Positions rise with their values, and a value is at the position that gives it."""
    values = [slider.value_at(place) for place in range(0, POSITIONS + 1, 10)]
    assert values == sorted(values)
    assert values[0] == (0 if slider.zero else slider.low)
    assert values[-1] == slider.high
    assert all(slider.value_at(slider.position_of(value)) == pytest.approx(value, rel=0.02) for value in values[1:])
