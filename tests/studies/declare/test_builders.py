"""Forms end with the budget, and their shares are those of the budget and the peak."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import loganneal as la
from loganneal.schedules import SCHEDULES
from loganneal.studies.declare.arms import Arm
from loganneal.studies.declare.builders import FORMS, build_schedule, parameters_of
from loganneal.studies.declare.study_file import read_study

ENDLESS = (
    "Constant",
    "StepDecay",
    "MultiStepDecay",
    "ExponentialDecay",
    "InverseSquareRoot",
    "InverseTimeDecay",
    "PublishedLogAnnealing",
)

COSINE: dict[str, Any] = {"schedule": "Cosine", "min_share": 0.1}
NESTED: dict[str, dict[str, Any]] = {
    "Warmup": {"inner": COSINE},
    "Scale": {"inner": COSINE, "factor": 0.5},
    "Join": {"parts": [{"schedule": "Constant"}, COSINE], "boundary_shares": [0.6]},
}
PLAIN = [form for form in FORMS if form not in NESTED]


def test_every_schedule_but_the_momentum_is_a_form() -> None:
    """A schedule that is added to the core can be compared at once."""
    assert set(SCHEDULES) - set(FORMS) == {"InverseMomentum"}
    assert {form for form in SCHEDULES if hasattr(SCHEDULES[form], "fit")} == set(PLAIN)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("steps", [20, 237])
def test_every_form_is_of_its_class_and_survives_its_dictionary(form: str, steps: int) -> None:
    """A form gives its own class, warmed up or not, and comes back from its dictionary, as records need."""
    schedule = build_schedule(form, 0.4, steps, NESTED.get(form, {}))
    inner = schedule.schedule if isinstance(schedule, la.Warmup) and form != "Warmup" else schedule
    assert type(inner).__name__ == form
    assert la.from_dict(schedule.to_dict()) == schedule
    assert schedule.max_lr == (0.2 if form == "Scale" else 0.4)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("steps", [20, 237])
def test_every_form_ends_with_the_budget_where_it_has_an_end(form: str, steps: int) -> None:
    """Its last cycle ends with the budget, and from there on the rate is constant."""
    schedule = build_schedule(form, 0.4, steps, NESTED.get(form, {}))
    last = schedule.last_cycle(steps - 1)
    if form in ENDLESS:
        assert last is None or form == "PublishedLogAnnealing"
    else:
        assert last is not None
        assert last.end == steps
        assert schedule(steps) == schedule(10 * steps) <= schedule(steps - 1)
        assert la.advise(schedule, steps) == []


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_an_arm_in_toml(form: str, tmp_path: Path) -> None:
    """An arm of a file builds the same schedule as the same parameters in Python, including nested tables."""
    path = tmp_path / "study.toml"
    table = as_toml("arm.own", {"schedule": form, **NESTED.get(form, {})})
    path.write_text(f'arms = ["cosine", "own"]\nworkload = "digits"\n{table}')
    (comparison,) = read_study(path).comparisons
    expected = build_schedule(form, 0.4, 237, NESTED.get(form, {}))
    assert comparison.arm("own").build(0.4, 237) == expected


def as_toml(name: str, table: dict[str, Any], brackets: str = "[{}]") -> str:
    """A table, and below it those within it."""
    plain = {key: value for key, value in table.items() if key not in ("inner", "parts")}
    lines = [brackets.format(name), *(f"{key} = {json.dumps(value)}" for key, value in plain.items())]
    lines += [as_toml(f"{name}.inner", table["inner"])] if "inner" in table else []
    lines += [as_toml(f"{name}.parts", part, "[[{}]]") for part in table.get("parts", [])]
    return "\n".join(lines)


def test_wrappers_within_wrappers() -> None:
    """Each inner schedule has its own part of the budget and its share of the peak; only the outer one warms up."""
    parts = [
        {"schedule": "Constant", "peak_share": 0.5},
        {"schedule": "Join", "parts": [{"schedule": "Linear"}, {"schedule": "Cosine"}], "boundary_shares": [0.5]},
    ]
    schedule = build_schedule("Join", 0.4, 100, {"parts": parts, "boundary_shares": [0.4], "warmup_share": 0.1})
    assert [schedule(step) for step in (0, 5, 10, 39)] == pytest.approx([0, 0.1, 0.2, 0.2])
    assert [schedule(step) for step in (40, 55, 70, 85, 100)] == pytest.approx([0.4, 0.2, 0.4, 0.2, 0.0])


def test_milestones_are_shares_of_the_whole_budget() -> None:
    """With a warmup, they are at the same steps as without one."""
    for warmup in (0.0, 0.1):
        schedule = build_schedule("MultiStepDecay", 0.4, 200, {"milestone_shares": [0.5, 0.75], "warmup_share": warmup})
        assert [schedule(step) for step in (99, 100, 150)] == pytest.approx([0.4, 0.04, 0.004])


@pytest.mark.parametrize(
    ("form", "parameters", "message"),
    [
        ("Warmup", {}, "'schedule' parameter of an inner schedule"),
        ("Warmup", {"inner": {"schedule": "Cosin"}}, "Did you mean 'Cosine'"),
        ("Warmup", {"inner": {"schedule": "Cosine", "bass": 3}}, "'bass' parameter of an arm with the schedule Cosine"),
        ("Warmup", {"inner": {"schedule": "InverseMomentum"}}, "'schedule' parameter of an inner schedule"),
        ("Warmup", {"inner": "Cosine"}, "'inner' parameter of an arm with the schedule Warmup must be a table"),
        ("Scale", {"inner": COSINE, "factor": -1}, "'factor' parameter of Scale"),
        ("Scale", {"inner": {**COSINE, "peak_share": 0}}, "'peak_share' parameter of an inner schedule"),
        ("Join", {"parts": [COSINE], "boundary_shares": [0.5]}, "'parts' parameter of a schedule must be 2 tables"),
        ("Join", {"parts": [COSINE, COSINE], "boundary_shares": 0.5}, "'boundary_shares' parameter of a schedule"),
        ("Join", {"parts": [COSINE, COSINE], "boundary_shares": [0.01]}, r"'boundaries\[0\]' parameter of Join"),
        ("MultiStepDecay", {"milestone_shares": 0.5}, "'milestone_shares' parameter of a schedule must be a list"),
    ],
)
def test_what_no_wrapper_can_hold(form: str, parameters: dict[str, Any], message: str) -> None:
    """Unknown names and forms, and tables that do not fit, are named in the error, in inner tables too."""
    arm = Arm("own", "Own", "#000000", form)
    with pytest.raises(ValueError, match=message):
        replace(arm, parameters=parameters).build(0.4, 20)


def test_tables_within_tables_have_a_bound() -> None:
    """Sixteen are enough; an untrusted file may have a thousand."""
    table: dict[str, Any] = COSINE
    for _ in range(1000):
        table = {"schedule": "Scale", "inner": table}
    with pytest.raises(ValueError, match="must be nested at most 16 deep"):
        Arm("deep", "Deep", "#000000", "Scale", {"inner": table})


@pytest.mark.parametrize("form", [form for form in PLAIN if "warmup_share" in parameters_of(form)])
def test_without_warmup_it_begins_on_its_peak(form: str) -> None:
    """A warmup share of 0 leaves no step of warmup."""
    timescale = {"timescale_share": 0.1} if form.startswith("InverseSquareRoot") else {}
    rate = build_schedule(form, 0.4, 100, {"warmup_share": 0.0, **timescale})(0)
    assert rate == 0.4 or form == "PublishedLogAnnealing"


@pytest.mark.parametrize("form", [form for form in PLAIN if "min_share" in parameters_of(form)])
def test_the_floor_is_a_share_of_the_peak(form: str) -> None:
    """At the end of the budget the rate is that share of the peak."""
    schedule = build_schedule(form, 0.4, 100, {"min_share": 0.25})
    assert form in ENDLESS or schedule(100) == pytest.approx(0.1)
    assert '"min_lr": 0.1' in json.dumps(schedule.to_dict())


def test_a_constant_tail() -> None:
    """With `end_share`, a fall ends early and stays at its floor, as a tail for weight averaging."""
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
