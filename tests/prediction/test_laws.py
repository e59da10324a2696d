"""The laws of the loss: what they say, and that they are recovered from curves that follow them."""

import numpy as np
import pytest
from lawful_logs import AMPLITUDES, COSINE, PARAMETERS, PEAK, STEPS, WSD, true_loss

import loganneal as la
from loganneal.prediction.fit import Curve, fit_law
from loganneal.prediction.laws import LAWS
from loganneal.prediction.rates import rates_of


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_a_constant_rate_only_falls_as_a_power(law):
    """If the rate does not fall, the two laws of falls have no third part; noise settles at a level."""
    rates = rates_of(la.Constant(PEAK), STEPS, PEAK, STEPS)
    parameters = [prior.middle for prior in law.priors]
    columns = law.columns(rates, np.array([0.5, 1.0]), parameters)
    assert columns[:, 1] == pytest.approx([0.5 ** -parameters[0], 1.0])
    gained = columns[:, 2]
    assert (
        gained == pytest.approx([0.0, 0.0]) if law.name in ("annealing", "multi-power") else gained[1] >= gained[0] > 0
    )


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_a_fall_lowers_the_third_part(law):
    """Every law says that the loss is lower at the end of a cooldown than without one, before the sum of rates."""
    parameters = [prior.middle for prior in law.priors]
    third = {
        name: law.columns(rates_of(schedule, STEPS, PEAK, STEPS), np.array([1.0]), parameters)[0, 2]
        for name, schedule in {"constant": la.Constant(PEAK), "cooldown": WSD}.items()
    }
    assert third["cooldown"] < third["constant"]


def test_the_sum_over_updates_is_what_the_paper_writes():
    """Cells of single updates give the functional scaling law's sum, up to where in an update a rate counts."""
    steps = 100
    schedule = la.Linear(PEAK, steps)
    rate = schedule.curve(steps) / PEAK
    sums = np.cumsum(rate) / steps
    expected = np.sum(rate**2 / steps * (1 + (sums[-1] - sums) / 0.1) ** -1.5)
    found = LAWS[0].columns(rates_of(schedule, steps, PEAK, steps), np.array([1.0]), (0.5, 0.1))[0, 2]
    assert found == pytest.approx(expected, rel=0.05)


def test_a_law_is_found_again():
    """Fitted to two curves that follow it, it gives a third one to a thousandth."""
    times = np.linspace(0.1, 1.0, 60)
    curves = []
    for schedule in (COSINE, WSD):
        rates = rates_of(schedule, STEPS, PEAK, STEPS)
        curves.append(Curve(rates, times, LAWS[0].columns(rates, times, PARAMETERS) @ AMPLITUDES))
    fit = fit_law(LAWS[0], curves)
    other = la.Linear(PEAK, STEPS)
    assert fit.misfit < 2e-3
    assert fit.final(rates_of(other, STEPS, PEAK, STEPS)) == pytest.approx(true_loss(other)[-1], rel=1e-2)
