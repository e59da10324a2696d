"""A budget, and lengths that are shares of it: one line of code for a smoke test and for the training."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import loganneal as la
from loganneal.schedules import SCHEDULES

FITTED: dict[str, dict[str, Any]] = {
    "CyclicalLogAnnealing": {"base": 3},
    "CyclicalCosineAnnealing": {},
    "CyclicalLinearAnnealing": {"min_lr": 0.01},
    "PublishedLogAnnealing": {"min_lr": 0.01},
    "Constant": {},
    "Cosine": {"min_lr": 0.01},
    "Linear": {},
    "Polynomial": {"power": 3},
    "OneCycle": {"rise_share": 0.2},
    "StepDecay": {"every_share": 0.3, "factor": 0.5},
    "MultiStepDecay": {"milestone_shares": [0.5, 0.75]},
    "ExponentialDecay": {"every_share": 1.0, "factor": 0.01},
    "InverseSquareRoot": {"timescale_share": 0.1},
    "WarmupStableDecay": {"decay_share": 0.2},
    "CyclicalStableDecay": {"decay_share": 0.3, "cycles": 2},
    "CyclicalTriangular": {"cycles": 3},
    "InverseSquareRootCooldown": {"decay_share": 0.2},
    "InverseTimeDecay": {"timescale_share": 0.1},
    "PowerScheduler": {"decay_share": 0.1, "timescale_share": 0.3, "min_lr": 1e-4},
    "Rex": {"min_lr": 0.001},
    "Piecewise": {"point_shares": [(0, 0), (0.05, 1), (1, 0.01)]},
}
RISE_BY_THEMSELVES = {"CyclicalTriangular", "Piecewise"}
WITHOUT_END = {
    "PublishedLogAnnealing",
    "Constant",
    "StepDecay",
    "MultiStepDecay",
    "ExponentialDecay",
    "InverseSquareRoot",
    "InverseTimeDecay",
}


def fit(name: str, **budget: Any) -> la.Schedule:
    if name in RISE_BY_THEMSELVES:
        budget = {key: value for key, value in budget.items() if not key.startswith("warmup")}
    schedule: la.Schedule = SCHEDULES[name].fit(max_lr=0.1, **budget, **FITTED[name])  # type: ignore[attr-defined]
    return schedule


def test_every_schedule_but_the_wrappers_is_fitted() -> None:
    """Every schedule with an end, or a length, has `fit`."""
    assert {name for name, cls in SCHEDULES.items() if hasattr(cls, "fit")} == set(FITTED)
    assert set(SCHEDULES) - set(FITTED) == {"Warmup", "Join", "Scale", "InverseMomentum"}


@pytest.mark.parametrize("name", FITTED)
@pytest.mark.parametrize("total", [20, 100_000])
def test_the_same_line_fits_a_smoke_test_and_a_training(name: str, total: int) -> None:
    """Twenty steps or 100,000: warmup over 5%, then the peak, and an end, if there is one, with the budget."""
    schedule = fit(name, total_steps=total, warmup_share=0.05)
    assert la.advise(schedule, total) == []
    warmup = math.ceil(0.05 * total)
    if name not in ("OneCycle", "PublishedLogAnnealing", "CyclicalTriangular"):
        assert schedule(warmup) == schedule.max_lr == 0.1
        assert schedule(warmup - 1) == pytest.approx(0.1 * (warmup - 1) / warmup)
    if name not in WITHOUT_END:
        assert schedule(total) == schedule(2 * total) < schedule(total - 1)


@pytest.mark.parametrize("name", FITTED)
def test_epochs_are_a_budget_too(name: str) -> None:
    """Given in epochs, the schedule is the same; steps of warmup are the same as their share."""
    by_steps = fit(name, total_steps=200, warmup_share=0.1)
    assert fit(name, epochs=2.5, steps_per_epoch=80, warmup_steps=20) == by_steps


@given(st.integers(1, 10**6), st.floats(0, 1, exclude_max=True))
def test_a_warmup_share_is_rounded_up(total: int, share: float) -> None:
    """As in Transformers, ceil(share * total), but one step is always left."""
    schedule: Any = la.CyclicalLogAnnealing.fit(max_lr=0.1, total_steps=total, warmup_share=share)
    assert schedule.warmup_steps == min(math.ceil(share * total), total - 1)


@given(st.integers(1, 10**5), st.integers(1, 99))
def test_a_warmup_and_a_fall_that_fill_the_budget_fit(total: int, percent: int) -> None:
    """Both are rounded, and still they do not overlap."""
    share = percent / 100
    schedule: Any = la.WarmupStableDecay.fit(max_lr=0.1, total_steps=total, warmup_share=share, decay_share=1 - share)
    assert schedule.warmup_steps + schedule.decay_steps <= total
    assert schedule.warmup_steps + schedule.decay_steps >= total - 1


@pytest.mark.parametrize("form", [la.Cosine, la.CyclicalLogAnnealing, la.WarmupStableDecay])
def test_a_misspelled_budget_is_named(form: Any) -> None:
    """Rather than reported as missing."""
    message = rf"'total_step' parameter of {form.__name__}.fit .* Did you mean 'total_steps'\?"
    with pytest.raises(ValueError, match=message):
        form.fit(max_lr=0.1, total_step=100)


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        (
            "Cosine",
            {"unknown": 1},
            r"'unknown' parameter of Cosine.fit must be one of 'max_lr', .*'min_lr'\. Got 'unknown' instead",
        ),
        ("CyclicalLogAnnealing", {"unknown": 1}, "'unknown' parameter of CyclicalLogAnnealing.fit must be one of"),
        ("CyclicalLogAnnealing", {"cycle_steps": 1}, "'cycle_steps' parameter of CyclicalLogAnnealing.fit"),
        ("PublishedLogAnnealing", {"bass": 1}, "Did you mean 'base'"),
        ("Linear", {"warmup_steps": 5, "warmup_share": 0.1}, "'warmup_share' .* left out when warmup_steps are given"),
        ("Linear", {"warmup_share": 1.0}, r"'warmup_share' parameter of Linear.fit must be a number in \[0, 1\)"),
        (
            "Linear",
            {"warmup_init_lr": 0.01},
            "'warmup_init_lr' .* left out without a warmup",
        ),
        ("Linear", {"warmup_steps": 100}, "A warmup_share fits a budget of any length"),
        ("WarmupStableDecay", {"decay_share": 0.1, "decay_steps": 3}, "'decay_share' .* left out when decay_steps"),
        (
            "WarmupStableDecay",
            {"decay_share": 0.9, "warmup_share": 0.5},
            "'decay_steps' parameter of WarmupStableDecay",
        ),
        ("MultiStepDecay", {"milestone_shares": "half"}, "'milestone_shares' parameter of MultiStepDecay.fit"),
        ("StepDecay", {"every_share": 0}, r"'every_share' parameter of StepDecay.fit must be a number in \(0, 1\]"),
    ],
)
def test_what_does_not_fit_is_refused(name: str, parameters: dict[str, Any], message: str) -> None:
    """With the usual sentence, for unknown parameters too."""
    with pytest.raises(ValueError, match=message):
        SCHEDULES[name].fit(**{"max_lr": 0.1, "total_steps": 100, **parameters})  # type: ignore[attr-defined]


def test_cycles_in_epochs_start_at_whole_numbers() -> None:
    """Two cycles in three epochs restart at 2, as the page says; counted in steps, in the middle."""
    assert la.CyclicalLogAnnealing.fit(total_steps=3, cycles=2, max_lr=0.1).restarts(3).tolist() == [0, 2]
    assert la.CyclicalLogAnnealing.fit(epochs=3, steps_per_epoch=100, cycles=2, max_lr=0.1)(150) == 0.1
