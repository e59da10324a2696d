"""What counts as a probe, and the proposed probe."""

import pytest

import loganneal as la
from loganneal.prediction.probe import find_probe, probe_schedule, warmup_of
from loganneal.prediction.rates import rates_of

STEPS = 1000
WARM = {"max_lr": 0.1, "total_steps": STEPS, "warmup_steps": 50}


def rates(schedule):
    return rates_of(schedule, STEPS, 0.1, STEPS)


@pytest.mark.parametrize(
    ("schedule", "probe"),
    [
        (la.Warmup(la.Cosine(0.1, STEPS - 50), 50), None),
        (la.Linear(0.1, STEPS), None),
        (la.Constant(0.1), None),
        (la.CyclicalLogAnnealing.fit(**WARM, base=0.1, cycles=1), None),
        (la.WarmupStableDecay(0.1, STEPS, 50, 600), None),
        (la.WarmupStableDecay(0.1, STEPS, 50, 200), "fall"),
        (la.WarmupStableDecay(0.1, STEPS, 50, 50), "fall"),
        (la.OneCycle(0.1, STEPS), "rise"),
        (la.CyclicalCosineAnnealing.fit(**WARM, cycles=2), "rise"),
    ],
)
def test_falls_from_a_plateau_and_rises_are_probes(schedule, probe):
    """A run that only decays contains none, however late it falls."""
    assert find_probe(rates(schedule)) == probe


def test_the_proposed_probe_is_one():
    """Half the length, the same peak and warmup, and a cooldown of a fifth."""
    schedule = probe_schedule(0.1, STEPS, 50)
    assert (schedule.max_lr, schedule.total_steps, schedule.warmup_steps) == (0.1, 500, 50)
    assert find_probe(rates_of(schedule, 500, 0.1, 500)) == "fall"


@pytest.mark.parametrize(("warmup", "found"), [(0, 0), (50, 50), (300, 0)])
def test_the_warmup_of_a_run(warmup, found):
    """A rise that is over within 15% of the run; later it is not a warmup."""
    schedule = la.WarmupStableDecay(0.1, STEPS, warmup, 200)
    assert warmup_of(rates(schedule), STEPS) == pytest.approx(found, abs=10)
