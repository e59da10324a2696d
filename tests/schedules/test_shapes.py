"""The shapes of the field: as in their own implementations, joined without a jump, and refused if wrong."""

import json
from typing import Any

import numpy as np
import optax
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import loganneal as la

NINE: dict[str, Any] = {"max_lr": 0.1, "total_steps": 9, "warmup_steps": 1, "decay_steps": 2}

BAD: list[tuple[Any, dict[str, Any], str]] = [
    (la.Rex, {"max_lr": 0.1, "total_steps": 0}, "total_steps"),
    (la.InverseTimeDecay, {"max_lr": 0.1, "timescale_steps": 0}, "timescale_steps"),
    (la.InverseSquareRootCooldown, {**NINE, "warmup_steps": 0}, "timescale_steps"),
    (la.InverseSquareRootCooldown, {**NINE, "warmup_steps": 9}, "warmup_steps"),
    (la.InverseSquareRootCooldown, {**NINE, "decay_steps": 9}, "decay_steps"),
    (la.WarmupStableDecay, {**NINE, "shape": "power"}, "power"),
    (la.WarmupStableDecay, {**NINE, "power": 2}, "power"),
    (la.WarmupStableDecay, {**NINE, "shape": "geometric"}, "min_lr"),
    (la.CyclicalStableDecay, {"max_lr": 0.1, "cycle_steps": 9, "decay_share": 0}, "decay_share"),
    (la.CyclicalStableDecay, {"max_lr": 0.1, "cycle_steps": 9, "shape": "square"}, "shape"),
    (la.CyclicalTriangular, {"max_lr": 0.1, "cycle_steps": 9, "mode": "triangle"}, "mode"),
    (la.CyclicalTriangular, {"max_lr": 0.1, "cycle_steps": 9, "gamma": 0.9}, "gamma"),
    (la.CyclicalTriangular, {"max_lr": 0.1, "cycle_steps": 9, "mode": "exp_range", "gamma": 1.1}, "gamma"),
    (la.CyclicalTriangular, {"max_lr": 0.1, "cycle_steps": 9.5}, "cycle_steps"),
    (la.CyclicalTriangular, {"max_lr": 0.1, "cycle_steps": 9, "rise_share": 1}, "rise_share"),
    (la.Piecewise, {"points": 3}, "points"),
    (la.Piecewise, {"points": [(0, 0.1)]}, "points"),
    (la.Piecewise, {"points": [(0, 0.1), (5, 0.1, 3)]}, r"points\[1\]"),
    (la.Piecewise, {"points": [(0, 0.1), 5]}, r"points\[1\]"),
    (la.Piecewise, {"points": [(0, 0.1), (0, 0.2)]}, r"points\[1\]\[0\]"),
    (la.Piecewise, {"points": [(0, 0.1), (2.5, 0.2)]}, r"points\[1\]\[0\]"),
    (la.Piecewise, {"points": [(0, 0.1), (2, -0.2)]}, r"points\[1\]\[1\]"),
    (la.Piecewise, {"points": [(0, 0.0), (2, 0.2)], "interpolation": "logarithmic"}, r"points\[0\]\[1\]"),
    (la.Piecewise, {"points": [(0, 0.0), (2, 0.0)]}, "points"),
    (la.Piecewise, {"points": [(0, 0.1), (2, 0.2)], "interpolation": "cubic"}, "interpolation"),
]

POWER: dict[str, Any] = {
    "max_lr": 0.1, "total_steps": 100, "warmup_steps": 5, "decay_steps": 10, "timescale_steps": 20, "min_lr": 1e-3
}  # fmt: skip


@pytest.mark.parametrize(("cls", "parameters", "name"), BAD)
def test_a_bad_parameter_names_itself(cls: Any, parameters: dict[str, Any], name: str) -> None:
    """The error has the one form: parameter, owner, what is allowed, what was given."""
    with pytest.raises(ValueError, match=rf"The '{name}' parameter of {cls.__name__} must be .*\. Got .* instead\."):
        cls(**parameters)


@pytest.mark.parametrize(
    ("name", "value"), [("warmup_steps", 21), ("min_lr", 0), ("min_lr", 0.09), ("exponent", 0), ("decay_steps", 96)]
)
def test_the_power_scheduler_refuses_what_is_no_fall(name: str, value: float) -> None:
    """A warmup beyond the cap, a floor of 0 or above the power, a power that rises, a fall within the warmup."""
    with pytest.raises(ValueError, match=f"The '{name}' parameter of PowerScheduler must be"):
        la.PowerScheduler(**{**POWER, name: value})


def test_the_power_scheduler_in_the_letters_of_its_paper() -> None:
    """Between warmup and fall it is min(cap, beta a n**b) after n tokens, whatever the batch."""
    named: Any = {"max_lr": 0.02, "total_steps": 10**5, "warmup_steps": 100, "decay_steps": 10**4, "min_lr": 1e-6}
    schedule = la.PowerScheduler.from_tokens(
        tokens_per_step=2**20, batch_size=256, amplitude=4, exponent=-0.51, **named
    )
    for step in (10_000, 50_000, 90_000):
        assert schedule(step) == pytest.approx(min(0.02, 256 * 4 * (step * 2**20) ** -0.51), rel=1e-12)
    with pytest.raises(ValueError, match=r"'tokens_per_step' parameter of PowerScheduler\.from_tokens"):
        la.PowerScheduler.from_tokens(tokens_per_step=0, batch_size=256, **named)


def test_the_dictionary_of_warmup_stable_decay_is_what_it_was() -> None:
    """Records are addressed by it: the exponent is there only if it is given."""
    plain = la.WarmupStableDecay(0.1, 100, 5, 20)
    assert list(plain.to_dict())[2:] == [
        "max_lr", "total_steps", "warmup_steps", "decay_steps", "min_lr", "warmup_init_lr", "shape"
    ]  # fmt: skip
    assert plain.power is None
    curved = plain.replace(shape="power", power=2)
    assert curved.to_dict()["power"] == 2
    assert la.from_dict(json.loads(json.dumps(curved.to_dict()))) == curved


@pytest.mark.parametrize(
    ("mode", "gamma"), [("triangular", 1.0), ("triangular2", 1.0), ("exp_range", 0.999), ("exp_range", 1.0)]
)
@pytest.mark.parametrize(("up", "down"), [(5, 5), (3, 9), (1, 6), (2000, 1)])
def test_triangles_are_those_of_torch(mode: str, gamma: float, up: int, down: int) -> None:
    """Step by step the rates of `CyclicLR`, for every mode and any rise and fall."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.01)
    theirs = torch.optim.lr_scheduler.CyclicLR(
        optimizer, 0.01, 0.1, step_size_up=up, step_size_down=down, mode=mode, gamma=gamma, cycle_momentum=False
    )
    ours = la.CyclicalTriangular(0.1, up + down, 0.01, rise_share=up / (up + down), mode=mode, gamma=gamma)
    for step in range(100):
        assert theirs.get_last_lr()[0] == pytest.approx(ours(step), rel=1e-9)
        optimizer.step()
        theirs.step()


@pytest.mark.parametrize("kind", ["linear", "cosine"])
def test_tables_are_those_of_optax(kind: str) -> None:
    """Linear tables are its piecewise interpolation; its cosine is another curve, so that the comparison can fail."""
    theirs = optax.schedules.piecewise_interpolate_schedule(kind, 0.1, {10: 0.5, 30: 2.0, 60: 0.1})
    ours = la.Piecewise([(0, 0.1), (10, 0.05), (30, 0.1), (60, 0.01)])
    same = np.allclose([float(theirs(step)) for step in range(80)], ours.curve(80), rtol=1e-5)
    assert same == (kind == "linear")


@given(
    st.lists(st.tuples(st.integers(1, 1000), st.floats(1e-6, 1e3)), min_size=2, max_size=9),
    st.sampled_from(["linear", "logarithmic"]),
)
def test_a_table_meets_its_points_and_stays_between_them(pieces: list[tuple[int, float]], kind: str) -> None:
    """Exactly at every point, never outside its two neighbours, and constant before and after the table."""
    steps = np.cumsum([length for length, _ in pieces]).tolist()
    rates = [rate for _, rate in pieces]
    schedule = la.Piecewise(list(zip(steps, rates, strict=True)), kind)
    assert [schedule(step) for step in steps] == schedule(np.array(steps)).tolist() == rates
    assert (schedule(0), schedule(steps[-1] + 10**9)) == (rates[0], rates[-1])
    for piece in range(len(steps) - 1):
        low, high = sorted(rates[piece : piece + 2])
        inside = schedule(np.linspace(steps[piece], steps[piece + 1], 7))
        assert np.all((inside >= low * (1 - 1e-14)) & (inside <= high * (1 + 1e-14)))


def test_a_table_counts_its_cycle_from_its_peak() -> None:
    """One cycle from the first step at the peak to the last point; a table that ends at its peak has none."""
    schedule = la.Piecewise([(0, 0.0), (10, 0.1), (60, 0.1), (100, 0.02)])
    assert schedule.cycle_spans(100).tolist() == [[10, 100]]
    assert la.Piecewise([(0, 0.01), (10, 0.1)]).cycle_spans(100).tolist() == []


def test_plateaus_end_each_cycle_on_the_floor() -> None:
    """The last step of each cycle is one step above the floor, and the next one is on the plateau again."""
    schedule = la.CyclicalStableDecay.fit(max_lr=0.1, total_steps=630, cycles=3, cycle_mult=2, decay_share=0.2)
    assert schedule.restarts(630).tolist() == [0, 90, 270]
    for start, end in schedule.cycle_spans(630).tolist():
        fall = round(0.2 * (end - start))
        assert schedule.curve(end)[start : end - fall + 1].tolist() == [0.1] * (end - fall + 1 - start)
        assert schedule(end - 1) == pytest.approx(0.1 / fall)
    assert schedule(630) == 0


@given(st.integers(2, 10**6), st.floats(1e-6, 10.0), st.floats(0.0, 1.0))
def test_log_decay_rises_for_a_quarter_and_falls_late(steps: int, peak: float, floor: float) -> None:
    """It reaches its peak after a quarter of the steps, lies above the straight line on the way down, and ends low."""
    schedule = la.log_decay(peak, steps, floor * peak)
    top = -(-steps // 4)
    assert (schedule(0), schedule(top), schedule(steps)) == (0, peak, floor * peak)
    middle = schedule((top + steps) / 2)
    assert middle >= (1 + floor) / 2 * peak * (1 - 1e-12)
    assert schedule == la.CyclicalLogAnnealing(peak, steps - top, floor * peak, base=0.3, warmup_steps=top, cycles=1)


@pytest.mark.parametrize("given", [{"max_lr": 0}, {"total_steps": 0}, {"total_steps": 2.5}, {"min_lr": 0.2}])
def test_log_decay_refuses_what_cannot_be(given: dict[str, Any]) -> None:
    """The message names the parameter."""
    (name,) = given
    with pytest.raises(ValueError, match=f"The '{name}' parameter of"):
        la.log_decay(**{"max_lr": 0.1, "total_steps": 10, **given})


@given(st.integers(1, 200), st.integers(1, 50), st.sampled_from(["linear", "cosine", "one_minus_sqrt"]))
def test_a_cooldown_leaves_a_run_where_it_stands(at: int, steps: int, shape: str) -> None:
    """The running schedule up to its step, to the bit; then a fall from the rate that was due, and the floor."""
    running = la.CyclicalLogAnnealing(0.1, 60, 0.001, warmup_steps=7)
    ending = la.cooldown(running, at, steps, min_lr=1e-4, shape=shape)
    assert ending.max_lr == running.max_lr
    assert ending.curve(at).tolist() == running.curve(at).tolist()
    assert ending(at) == running(at)
    assert np.all(np.diff(ending.curve(at + steps + 1)[at:]) < 0)
    assert ending(at + steps) == ending(at + steps + 1000) == 1e-4
    assert la.from_dict(json.loads(json.dumps(ending.to_dict()))) == ending


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"at": 0}, "at"),
        ({"steps": 0}, "steps"),
        ({"at": 40}, "at"),
        ({"schedule": 3}, "schedule"),
        ({"shape": "steep"}, "shape"),
        ({"min_lr": 0.2}, "min_lr"),
    ],
)
def test_a_cooldown_needs_something_to_fall_from(given: dict[str, Any], name: str) -> None:
    """A step of 0, a fall of zero steps, a rate that is already 0, or a floor above it."""
    usual = {"schedule": la.Linear(0.1, 30), "at": 10, "steps": 5}
    with pytest.raises(ValueError, match=f"The '{name}' parameter of"):
        la.cooldown(**{**usual, **given})
