"""By how much a tuned peak changes with the shape."""

import numpy as np
import pytest

import loganneal as la
from loganneal.schedules._peak_factor import peak_factor

STEPS, WARMUP = 480, 24
COSINE = la.Warmup(la.Cosine(0.3, STEPS - WARMUP), WARMUP)


def one_cycle_of(base):
    return la.CyclicalLogAnnealing.fit(max_lr=0.3, total_steps=STEPS, warmup_steps=WARMUP, cycles=1, base=base)


@pytest.mark.parametrize(("base", "factor"), [(10.0, 1.53), (3.0, 1.24), (0.3, 0.86), (0.1, 0.74)])
def test_the_factors_of_the_bound(base, factor):
    """Those of an independent computation, for bases on CIFAR-10's budget."""
    assert peak_factor(COSINE, one_cycle_of(base), STEPS) == pytest.approx(factor, abs=0.01)


def test_by_the_sums_as_they_are_written():
    """The bound with explicit sums over updates."""
    steps = 40
    shapes = [la.Linear(1.0, steps).curve(steps), la.WarmupStableDecay(1.0, steps, 0, 20).curve(steps)]
    best = []
    for e in shapes:
        a, b = 1 / (2 * e.sum()), (e**2).sum() / (2 * e.sum())
        for k in range(steps - 1):
            b += e[k] / e[k + 1 :].sum() * (e[k:] ** 2).sum() / e[k:].sum() / 2
        best.append(np.sqrt(a / b))
    found = peak_factor(la.Linear(0.1, steps), la.WarmupStableDecay(0.1, steps, 0, 20), steps)
    assert found == pytest.approx(best[1] / best[0], rel=1e-9)


@pytest.mark.parametrize(
    "schedule",
    [
        la.OneCycle(0.3, STEPS),
        la.CyclicalCosineAnnealing.fit(max_lr=0.3, total_steps=STEPS, cycles=2),
        la.WarmupStableDecay(0.3, STEPS, WARMUP, 10),
    ],
)
def test_nothing_is_said_where_it_was_wrong(schedule):
    """Rates that rise after the warmup, and factors outside [0.5, 1.6]."""
    assert peak_factor(COSINE, schedule, STEPS) is None


def test_the_same_shape_changes_nothing():
    """Whatever the peak."""
    assert peak_factor(COSINE, la.Warmup(la.Cosine(0.9, STEPS - WARMUP), WARMUP), STEPS) == pytest.approx(1.0)


def test_advice_names_the_new_peak():
    """If the shape changes; nothing if the peak already fits, and a reason if it cannot be determined."""
    wsd = la.WarmupStableDecay(0.3, STEPS, WARMUP, 240)
    [sentence] = la.advise(wsd, STEPS, tuned_with=COSINE)
    assert sentence.startswith("A peak of 0.3 that was tuned for Warmup is about 0.2")
    assert la.advise(wsd.replace(max_lr=0.3 * peak_factor(COSINE, wsd, STEPS)), STEPS, tuned_with=COSINE) == []
    [sentence] = la.advise(la.OneCycle(0.3, STEPS), STEPS, tuned_with=COSINE)
    assert "is not known" in sentence
