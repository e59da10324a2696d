"""The recorded rates against the scheduled ones: what is accepted, and the cause of what is not."""

import dataclasses

import numpy as np
import pytest

import loganneal as la
from loganneal.runs.launch import SeenRates
from loganneal.studies.judge.rates import factor_problem, judge_rates

STEPS = 600
COSINE = la.Warmup(la.Cosine(0.1, 570), 30)
LINEAR = la.Warmup(la.Linear(0.1, 570), 30)
UPDATES = np.arange(STEPS)


def seen(rates, **changes):
    """Rates of a watched optimizer."""
    rates = tuple(np.asarray(rates, dtype=float).tolist())
    watched = SeenRates(source="optimizer", step=tuple(range(len(rates))), rate=rates, updates=len(rates))
    return dataclasses.replace(watched, **changes)


def problem(rates, schedule=COSINE, others=None, **changes):
    return judge_rates(schedule, STEPS, seen(rates, **changes), others).problem


ACCEPTED = {
    "as asked": COSINE(UPDATES),
    "rounded to float32": COSINE(UPDATES).astype(np.float32),
    "one update late": COSINE(np.maximum(UPDATES - 1, 0)),
    "one update early": COSINE(UPDATES + 1),
    "one update more than steps": COSINE(np.arange(STEPS + 1)),
    "a constant factor": 0.25 * COSINE(UPDATES),
    "two updates skipped by a gradient scaler": np.delete(COSINE(UPDATES), [100, 300]),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_small_departures_are_accepted(name):
    """Each has a harmless cause."""
    assert problem(ACCEPTED[name]) == ""


CAUSES = {
    "kept 0.1 throughout": np.full(STEPS, 0.1),
    "stepped 2 times per update": COSINE(2 * UPDATES),
    "stepped 8 times per update": COSINE(8 * UPDATES),
    "stepped once in 20 updates": COSINE(UPDATES // 20),
    "curve is 4 times too long": COSINE(UPDATES / 4),
    "began again at step 0 at update 250": np.concatenate([COSINE(UPDATES[:250]), COSINE(UPDATES[:350])]),
    "those of the arm 'linear'": LINEAR(UPDATES),
    "one in 4": COSINE(UPDATES[:150]),
    "400 updates were made": COSINE(UPDATES[:400]),
}


@pytest.mark.parametrize("sentence", CAUSES)
def test_each_cause_is_named(sentence):
    """The sentence names the cause, and the numbers."""
    assert sentence in problem(CAUSES[sentence], others={"linear": LINEAR})


def test_the_trainers_default_is_a_straight_line_to_zero():
    """This holds if no arm is that line."""
    assert "default scheduler" in problem(0.1 * (1 - UPDATES / STEPS))


def test_no_rate_is_no_conclusion():
    """The remedy is named."""
    assert "trial.watch(optimizer)" in judge_rates(COSINE, STEPS, None).problem


def test_a_run_that_was_resumed_where_it_was_is_accepted():
    """Its second process repeats what its first had not saved."""
    rates = np.concatenate([COSINE(UPDATES[:300]), COSINE(UPDATES[250:])])
    assert problem(rates, begins=(0, 300)) == ""


def test_a_run_that_was_resumed_at_step_0_is_named():
    """Its second process begins the schedule again, and makes the rest of the updates."""
    rates = np.concatenate([COSINE(UPDATES[:300]), COSINE(UPDATES[:300])])
    assert "began again at step 0 at update 300" in problem(rates, begins=(0, 300))


def test_groups_with_curves_of_their_own_are_named():
    """Only constant ratios between groups are the schedule's."""
    assert "different curves" in problem(COSINE(UPDATES), uneven=True)


def test_logged_rates_may_be_rounded_and_few():
    """Half a unit of the last digit is accepted."""
    steps = tuple(range(0, STEPS, 50))
    rates = tuple(float(f"{COSINE(step):.3g}") for step in steps)
    logged = SeenRates(source="metrics.csv", step=steps, rate=rates)
    assert judge_rates(COSINE, STEPS, logged).problem == ""


@pytest.mark.parametrize(("end", "accepted"), [(600, True), (560, True), (450, False)])
def test_logged_rates_reach_the_end(end, accepted):
    """The next row would lie beyond it; a run that stopped early used only a part of the schedule."""
    steps = tuple(range(0, end, 50))
    logged = SeenRates(source="report", step=steps, rate=tuple(COSINE(np.array(steps)).tolist()))
    found = judge_rates(COSINE, STEPS, logged).problem
    assert (found == "") == accepted
    assert accepted or "was logged at update 401 of 600" in found
    assert judge_rates(COSINE, STEPS, logged, whole=False).problem == ""


@pytest.mark.parametrize("steps", [(0, 9, 99), (0, 60, 190, 250, 330, 480)])
def test_rates_that_are_logged_less_and_less_often(steps):
    """Rows at powers of ten, and rows by time: the next may lie beyond the end."""
    logged = SeenRates(source="report", step=steps, rate=tuple(COSINE(np.array(steps)).tolist()))
    assert judge_rates(COSINE, STEPS, logged).problem == ""


@pytest.mark.parametrize(("lost", "words"), [(3, ""), (20, "20 updates were skipped, as by a gradient scaler")])
def test_updates_that_a_scaler_skips(lost, words):
    """Up to 0.5% are accepted; more are named with the remedy."""
    rates = np.delete(COSINE(UPDATES), np.arange(100, 100 + lost))
    assert problem(rates).startswith(words)
    assert ("lower its init_scale" in problem(rates)) == bool(words)


def test_a_probe_is_not_asked_for_all_updates():
    """A probe ends after some of them."""
    assert judge_rates(COSINE, STEPS, seen(COSINE(UPDATES[:50])), whole=False).problem == ""


def test_a_constant_factor_must_be_the_same_at_every_peak():
    """Otherwise the script has a peak of its own."""
    assert factor_problem(0.5, 0.2, {0.1: 0.5}) == ""
    assert "the peak rate is ignored" in factor_problem(0.5, 0.2, {0.1: 1.0})


def test_a_record_keeps_few_rates():
    """It keeps few, however many were recorded."""
    assert len(judge_rates(COSINE, STEPS, seen(COSINE(UPDATES))).seen.rate) == 40
