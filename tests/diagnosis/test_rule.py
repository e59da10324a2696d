"""A rule is applied if a log has what it needs, and otherwise says what is missing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import loganneal as la
from loganneal.diagnosis import RULES, Log, Verdict, diagnose

STEPS = np.arange(1, 101)
RATES = la.CyclicalLogAnnealing.fit(max_lr=0.1, total_steps=100, cycles=2).curve(100)
FALLING = 0.5 + 2 * np.exp(-STEPS / 20)


def outcomes(**changes) -> dict[str, str]:
    values = {"step": STEPS, "lr": RATES, "loss": FALLING} | changes
    return {name: str(outcome) for name, outcome in diagnose(Log(**values)).outcomes.items()}


def test_every_rule_has_an_outcome():
    """In the order of the rules, each with a verdict; only what could not be applied has a reason."""
    found = diagnose(Log(STEPS, RATES, FALLING)).outcomes
    assert list(found) == [rule.name for rule in RULES]
    assert found["unstable"].verdict is Verdict.NOT_FOUND
    for outcome in found.values():
        assert (outcome.verdict is Verdict.UNKNOWN) == bool(outcome.reason)


@pytest.mark.parametrize(
    ("rule", "changes", "words"),
    [
        ("unstable", {"lr": ()}, "from this log, since no learning rate is logged"),
        ("unstable", {"loss": FALLING - 1}, "from this loss, since it is not above 0 throughout"),
        ("unstable", {"relative": True}, "from this loss, since a loss relative to a reward"),
        ("decay too fast", {"loss": -FALLING}, "from this loss, since it is not above 0 throughout"),
        ("cycles too short", {}, "from this log, since it does not say how many steps an epoch has"),
        ("ends at a high rate", {"lr": np.full(100, 0.1)}, "from this log, since its learning rate never falls"),
        ("ends at a high rate", {"lr": np.r_[RATES[1:], 0.1]}, "its last row alone begins another cycle"),
        ("overfitting", {}, "from this log, since it has no validation losses"),
        ("overfitting", {"validation_step": [5], "validation_loss": [1]}, "fewer than 4 validation losses in a half"),
    ],
)
def test_what_cannot_be_told(rule, changes, words):
    """The reason names the log or the loss, and what it lacks."""
    assert outcomes(**changes)[rule].startswith("cannot be told from this")
    assert words in outcomes(**changes)[rule]


def test_a_failure_that_is_certain_needs_nothing():
    """A loss that is not finite is unstable, even with no rate, few rows, and values of any sign."""
    found = diagnose(Log([1, 2], (), [-1, np.nan]))
    assert found.name == "unstable"
    assert found.outcomes["unstable"].finding is not None


def test_too_little_for_a_diagnosis():
    """With nothing found and the first rule not applied, a run is not called healthy."""
    found = diagnose(Log(STEPS[:5], np.full(5, 0.1), FALLING[:5]))
    assert (found.name, found.advice, found.span) == ("cannot be told", (), None)
    assert found.to_dict()["rules"]["unstable"].startswith("cannot be told from this log")


@given(arrays(float, st.integers(2, 60), elements=st.floats(0, 1)), st.floats(1e-6, 1e6), st.integers(1, 3))
def test_a_loss_that_only_falls_is_not_unstable(falls, end, cycles):
    """Whatever its pace, however few its rows, and however often the rate restarts."""
    loss = end * (1 + np.cumsum(falls)[::-1])
    rows = len(loss)
    rates = la.CyclicalCosineAnnealing.fit(max_lr=1, total_steps=rows, cycles=min(cycles, rows)).curve(rows)
    assert diagnose(Log(np.arange(rows), rates, loss)).name != "unstable"


@pytest.mark.parametrize("decay", [0.25, 0.5, 0.8, 1.0])
def test_restarts_to_low_peaks_are_seen(decay):
    """Each is measured against the cycle before it, and not against the highest rate of the run."""
    schedule = la.CyclicalCosineAnnealing(0.1, 100, cycle_mult=2, peak_decay=decay, warmup_steps=5)
    rates = schedule.curve(3105)
    found = diagnose(Log(np.arange(3105), rates, 0.5 + 2 * np.exp(-np.arange(3105) / 500)))
    assert found.restarts == (105, 305, 705, 1505)


@pytest.mark.parametrize("warmup", [0, 10])
def test_a_constant_rate_says_nothing_about_cycles(warmup):
    """With and without a warmup: no restart, no cycle that is not over."""
    found = diagnose(Log(STEPS, np.minimum(STEPS / (warmup or 1), 1.0), FALLING, steps_per_epoch=10))
    assert (found.name, found.restarts) == ("healthy", ())
    assert found.outcomes["ends at a high rate"].verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(("last", "verdict"), [(0.5, "found"), (0.3, "cannot be told"), (0.1, "not found")])
def test_the_end_between_two_rows(last, verdict):
    """From 0.7 to 0.5, the rate would be high one row later; from 0.7 to 0.3 it would be low, so the end is unknown."""
    rates = np.r_[np.linspace(1, 0.7, 99), last]
    assert outcomes(lr=rates)["ends at a high rate"].startswith(verdict)


@pytest.mark.parametrize(("spacing", "verdict"), [(1, "found"), (10, "found"), (12, "not found")])
def test_cycles_between_sparse_rows(spacing, verdict):
    """A cycle of 40 steps is at most 49 long if there is a row every 10 steps; an epoch has 50."""
    rates = la.CyclicalLogAnnealing(0.1, 40).curve(400)[::spacing]
    steps = np.arange(400)[::spacing]
    loss = 0.5 + 2 * np.exp(-steps / 100)
    assert outcomes(step=steps, lr=rates, loss=loss, steps_per_epoch=50)["cycles too short"] == verdict
