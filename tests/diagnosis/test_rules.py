"""Each rule at its thresholds, on logs made for it."""

import numpy as np
import pytest

import loganneal as la
from loganneal.diagnosis import Log, diagnose
from loganneal.diagnosis.budget import cycles_too_short, ends_at_a_high_rate
from loganneal.diagnosis.falling import decay_too_fast
from loganneal.diagnosis.finding import look_at
from loganneal.diagnosis.fitting import longer_than_useful, overfitting
from loganneal.diagnosis.instability import unstable

STEPS = 200


def noise(scale=0.02, seed=0, steps=STEPS):
    return scale * np.random.default_rng(seed).standard_normal(steps)


def falling(start=2.3, end=0.5, steps=STEPS):
    """A loss that falls as those of real runs do."""
    return end + (start - end) * np.exp(-np.arange(steps) / (steps / 6)) + noise(steps=steps)


def fitted(base=10.0, cycles=2, steps=STEPS, **others):
    return la.CyclicalLogAnnealing.fit(max_lr=0.1, total_steps=steps, cycles=cycles, base=base, **others).curve(steps)


def make(lr=None, loss=None, **others):
    rates = fitted() if lr is None else lr
    return look_at(Log(np.arange(1, len(rates) + 1), rates, falling() if loss is None else loss, **others))


@pytest.mark.parametrize(("above", "found"), [(6, False), (7, True)])
def test_unstable_with_a_quarter_of_the_opening_far_above_the_start(above, found):
    """Of the 25 rows that open cycle 2, a quarter is 6.25: six losses above 1.25 L0 are tolerated, seven are not."""
    loss = falling()
    loss[100 : 100 + above] = 3.0
    finding = unstable(make(loss=loss))
    assert (finding is not None) == found
    if finding:
        assert (finding.cycle, finding.span) == (2, (101, 125))
        assert finding.numbers["share_above"] == above / 25


@pytest.mark.parametrize(("above", "found"), [(17, False), (18, True)])
def test_unstable_held_up_at_the_start(above, found):
    """Above L0 by less, seventeen of 25 losses are tolerated, eighteen are more than 70%, if the loss then falls."""
    loss = falling()
    loss[100 : 100 + above] = 2.4
    assert (unstable(make(loss=loss)) is not None) == found


@pytest.mark.parametrize(("level", "found"), [(1.24, False), (1.26, True)])
def test_unstable_at_the_bar(level, found):
    """A level loss counts only above 1.25 times L0: one that never falls learns nothing, another failure."""
    loss = np.full(STEPS, level)
    loss[:5] = 1.0
    assert (unstable(make(lr=fitted(warmup_steps=5), loss=loss)) is not None) == found


def test_the_warmup_does_not_count_as_unstable():
    """Losses near the start during a warmup, when the rate is still low, are not a sign."""
    loss = falling()
    loss[5:30] = 3.5
    assert unstable(make(lr=fitted(warmup_steps=30), loss=loss)) is None
    assert unstable(make(lr=fitted(), loss=loss)) is not None


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_a_loss_that_is_not_finite_is_unstable(broken):
    """One such loss is enough, and so is a run that is known to have diverged."""
    loss = falling()
    loss[-1] = broken
    assert unstable(make(loss=loss)) is not None
    assert unstable(make(diverged=True)) is not None
    assert unstable(make()) is None


def test_the_gradient_norm_is_shown_and_does_not_decide():
    """A thousandfold norm changes the evidence, not the finding."""
    norms = np.where(np.arange(STEPS) < 100, 1.0, 1000.0)
    assert unstable(make(grad_norm=norms)) is None
    loss = falling()
    loss[100:125] = 3.0
    assert (
        "The median norm of the gradient is 1e+03 there and 1 before."
        in unstable(make(loss=loss, grad_norm=norms)).evidence
    )


def test_decay_too_fast_needs_a_low_rate_and_a_falling_loss():
    """A base of 1e4 with a loss that falls to the end is found; with one that is level, or a base of 10, it is not."""
    line = np.linspace(2.3, 1.0, STEPS) + noise()
    level = np.full(STEPS, 1.0) + noise()
    found = decay_too_fast(make(lr=fitted(base=1e4), loss=line))
    assert found.numbers["low_share"] == pytest.approx(0.84)
    assert found.numbers["trend_z"] < -3
    assert decay_too_fast(make(lr=fitted(base=1e4), loss=level)) is None
    assert decay_too_fast(make(lr=fitted(base=10), loss=line)) is None


@pytest.mark.parametrize(("low", "found"), [(59, False), (60, True)])
def test_decay_too_fast_at_sixty_percent(low, found):
    """Sixty rows of a hundred with a low rate are enough, fifty-nine are not."""
    rates = np.where(np.arange(100) < 100 - low, 1.0, 0.1)
    assert (decay_too_fast(make(lr=rates, loss=np.linspace(2, 1, 100) + noise(steps=100))) is not None) == found


def sloped(z, fall, rows, seed=0):
    """Losses around 1 whose slope is `z` standard errors, and which change by `fall` along it."""
    x = np.arange(rows) - (rows - 1) / 2
    errors = np.random.default_rng(seed).standard_normal(rows)
    errors -= errors.mean() + x * (errors @ x) / (x @ x)
    spread = np.sqrt(errors @ errors / (rows - 2) / (x @ x))
    return 1 + (errors + z * spread * x) * fall / (z * spread * (rows - 1))


@pytest.mark.parametrize(
    ("z", "fall", "found"), [(-2.9, -0.1, False), (-3.1, -0.1, True), (-9, -0.009, False), (-9, -0.011, True)]
)
def test_decay_too_fast_at_its_thresholds(z, fall, found):
    """Three standard errors of the slope divide, and a fall by 1% of L0."""
    rates = np.r_[np.full(5, 1.0), np.full(95, 0.1)]
    loss = np.r_[np.full(5, 1.0), sloped(z, fall, 95)]
    finding = decay_too_fast(make(lr=rates, loss=loss))
    assert (finding is not None) == found
    if finding:
        assert finding.numbers["trend_z"] == pytest.approx(z)
        assert finding.numbers["fall"] == pytest.approx(-fall)


def test_cycles_that_agree_are_taken_together():
    """Three cycles with a slope of 2.5 standard errors each make 4.3, which one of them alone would not."""
    rates = np.tile(np.r_[1.0, np.full(49, 0.1)], 3)
    loss = np.concatenate([np.r_[1.0, sloped(-2.5, -0.05, 49, seed)] for seed in range(3)])
    assert decay_too_fast(make(lr=rates[:50], loss=loss[:50])) is None
    finding = decay_too_fast(make(lr=rates, loss=loss))
    assert finding.numbers["trend_z"] == pytest.approx(-2.5 * 3**0.5)
    assert finding.evidence[1].startswith("There and in 2 other cycles like it the loss still falls, by ")


@pytest.mark.parametrize(
    ("count", "epoch", "found"), [(4, 50, False), (4, 51, True), (2, 300, False), (3, 300, True), (4, None, False)]
)
def test_cycles_too_short_below_an_epoch(count, epoch, found):
    """Three or more that are all shorter than an epoch; without the length of an epoch nothing is said."""
    finding = cycles_too_short(make(lr=fitted(cycles=count), steps_per_epoch=epoch))
    assert (finding is not None) == found


def test_growing_cycles_are_too_short_only_together():
    """Cycles that outgrow an epoch are not a failure, though the first are shorter."""
    rates = la.CyclicalLogAnnealing.fit(max_lr=0.1, total_steps=STEPS, cycles=4, cycle_mult=2).curve(STEPS)
    assert cycles_too_short(make(lr=rates, steps_per_epoch=40)) is None


@pytest.mark.parametrize(("last", "found"), [(0.2, False), (0.21, True)])
def test_ends_at_a_high_rate_above_a_fifth(last, found):
    """A last rate of 20% of the peak is tolerated."""
    assert (ends_at_a_high_rate(make(lr=np.linspace(1.0, last, STEPS))) is not None) == found


def validated(first, second, end):
    """A run whose validation loss is `first` at best in its first half, `second` in its second, and `end` at last."""
    steps = np.arange(10, STEPS + 1, 10)
    losses = np.where(steps <= 100, first, second).astype(float)
    losses[-3:] = end
    flat = np.full(STEPS, 1.0)
    flat[:5] = 2.0  # L0
    return make(loss=flat, validation_step=steps, validation_loss=losses)


@pytest.mark.parametrize(
    ("first", "second", "end", "fails", "noted"),
    [
        (1.5, 1.5, 1.5, True, False),  # gains nothing, gap of a quarter of L0
        (1.3, 1.3, 1.3, False, True),  # gains nothing, gap of 0.15
        (1.5, 1.47, 1.5, False, False),  # gains 1.5%
        (1.9, 1.0, 2.1, True, False),  # gains a lot, gap of 0.55
        (1.9, 1.0, 1.9, False, False),  # gains a lot, gap of 0.45
    ],
)
def test_overfitting_by_gain_and_gap(first, second, end, fails, noted):
    """No gain and a gap above 20% of L0, or a gap above 50%; no gain and a smaller gap is a note."""
    run = validated(first, second, end)
    assert (overfitting(run) is not None) == fails
    assert (longer_than_useful(run) is not None) == noted


def test_the_first_rule_that_matches_wins():
    """A run that is unstable, decays too fast and ends high is called unstable; without that, the next."""
    rates = np.r_[np.tile(np.r_[1.0, np.full(99, 0.1)], 2)[:-2], 0.5, 0.5]
    line = np.linspace(2.3, 1.0, STEPS) + noise()
    wild = line.copy()
    wild[100:125] = 9.0
    steps = np.arange(1, STEPS + 1)
    assert diagnose(Log(steps, rates, wild)).name == "unstable"
    assert diagnose(Log(steps, rates, line)).name == "decay too fast"
    level = np.r_[np.full(5, 2.3), np.full(STEPS - 5, 1.0)] + noise()
    assert diagnose(Log(steps, rates, level)).name == "ends at a high rate"


def test_noise_around_a_loss_that_does_not_fall_is_not_unstable():
    """Noise of a twentieth of the loss stays below the bar, for many seeds."""
    for seed in range(50):
        found = diagnose(Log(np.arange(STEPS), fitted(), 2.3 + noise(0.05 * 2.3, seed)))
        assert found.name == "healthy"


def test_a_loss_that_does_not_fall_is_noted():
    """A run that learns nothing has none of the failures, and a note that says so."""
    found = diagnose(Log(np.arange(STEPS), fitted(), 2.3 + noise()))
    assert (found.name, "hardly fallen" in found.notes[0]) == ("healthy", True)


@pytest.mark.parametrize("scale", [0.15, 0.35, 0.6])
def test_noise_alone_is_not_unstable(scale):
    """Losses of small batches may scatter by a third of their size; of 40 healthy runs, at most one is misjudged."""
    rates, level = fitted(base=0.3, cycles=1, steps=400, warmup_steps=12), 1.2 + 0.2 * np.exp(-np.arange(400) / 80)
    found = [
        unstable(make(lr=rates, loss=level * np.exp(noise(scale, seed, 400) - scale**2 / 2))) for seed in range(40)
    ]
    assert sum(finding is not None for finding in found) <= 1


@pytest.mark.parametrize("scale", [0.02, 0.15, 0.35])
def test_instability_is_found_in_noise(scale):
    """A restart that triples the loss for a while is found in nearly every run, however much the losses scatter."""
    rates = fitted(cycles=2, steps=400)
    level = np.where((np.arange(400) >= 200) & (np.arange(400) < 260), 7.0, falling(steps=400))
    found = [unstable(make(lr=rates, loss=level * np.exp(noise(scale, seed, 400)))) for seed in range(40)]
    assert sum(finding is not None for finding in found) >= 38


@pytest.mark.parametrize(("end", "found"), [(1.0, False), (1.6, True)])
def test_unstable_if_the_loss_does_not_come_back(end, found):
    """A loss that has fallen to 0.5 and then stays above it by more than a quarter of L0, at no higher rate."""
    loss = falling()
    loss[120:] = end + noise(steps=STEPS - 120)
    finding = unstable(make(lr=fitted(base=0.3, cycles=1), loss=loss))
    assert (finding is not None) == found
    if finding:
        assert "does not come back" in finding.evidence[0]
        assert 100 <= finding.span[0] <= 121


@pytest.mark.parametrize("stop", [108, 112, 120])
def test_a_higher_rate_explains_a_higher_loss(stop):
    """A run that is stopped soon after a restart ends above its lowest loss, and is not unstable."""
    rates = la.CyclicalCosineAnnealing.fit(max_lr=0.1, total_steps=STEPS, cycles=2).curve(STEPS)[:stop]
    assert unstable(make(lr=rates, loss=0.1 + 0.6 * rates / 0.1 + noise(steps=stop))) is None


@pytest.mark.parametrize(
    ("lost", "words"),
    [
        ([3], "One loss is not finite, at step 4; later ones are."),
        ([3, 9], "2 of 200 losses are not finite, the first at step 4; later ones are."),
        ([3, 199], "2 of 200 losses are not finite, the first at step 4; the last is not finite either."),
        (range(150, 200), "The loss is no longer finite at step 151."),
    ],
)
def test_how_many_losses_are_not_finite(lost, words):
    """One overflow in a run that goes on is told from a run that has failed."""
    loss = falling()
    loss[list(lost)] = np.inf
    assert unstable(make(loss=loss)).evidence == (words,)


def test_short_steps_of_level_losses_do_not_decay_too_fast():
    """Steps of a few rows share one slope, so that noise in them is no trend."""
    rates = np.repeat(0.5 ** np.arange(20), 3)
    found = [decay_too_fast(make(lr=rates, loss=1.5 + noise(seed=seed, steps=60))) for seed in range(100)]
    assert sum(finding is not None for finding in found) <= 2


def test_a_step_schedule_does_not_decay_too_fast():
    """The loss falls where the rate falls, and is level in between; a loss that still falls within a step is found."""
    rates = np.repeat([1.0, 0.1, 0.01], [60, 60, 80])
    level = np.repeat([1.6, 1.4, 1.3], [60, 60, 80])
    assert decay_too_fast(make(lr=rates, loss=level + noise())) is None
    assert decay_too_fast(make(lr=rates, loss=level - np.arange(STEPS) / 400 + noise())) is not None


@pytest.mark.parametrize(
    ("validation", "found"),
    [
        ((1.3, 1.45, 2.1), "overfitting"),
        ((1.3, 1.0, 0.9), "healthy"),
        ((2.1,), "healthy"),
        ((9.0, 0.6, 2.1), "healthy"),
    ],
)
def test_overfitting_in_three_epochs(validation, found):
    """With few values, validation has to rise again and again to far above the training loss."""
    steps = np.arange(1, STEPS + 1)
    measured = np.linspace(STEPS / len(validation), STEPS, len(validation))
    log = Log(steps, fitted(), falling(1.5, 0.2), measured, np.array(validation), steps_per_epoch=50)
    assert diagnose(log).name == found
    assert (found == "overfitting") == ("cannot be told" not in str(diagnose(log).outcomes["overfitting"]))
