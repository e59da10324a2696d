"""Advice: mistakes in the durations of a schedule are reported, sound ones are left alone."""

import pytest

import loganneal as la

CLA = la.CyclicalLogAnnealing(0.1, 10)
EPOCH = 391


@pytest.mark.parametrize(
    ("schedule", "total", "sentence"),
    [
        (CLA, 20 * EPOCH, "It restarts 782 times in 7820 steps, 39.1 times an epoch"),
        (la.Cosine(0.1, 20), 20 * EPOCH, "It is over at step 20, and 100% of the 7820 steps are left"),
        (la.CyclicalLogAnnealing(0.1, 10, cycles=3), 4000, "over at step 30, and 99% of the 4000 steps are left"),
        (
            la.CyclicalLogAnnealing(0.1, 5000),
            7_820,
            "in the middle of cycle 2, at 22% of the peak. fit(total_steps=7820, cycles=2)",
        ),
    ],
)
def test_epochs_taken_for_steps(schedule: la.Schedule, total: int, sentence: str) -> None:
    """Cycles of a few steps, a fall that is over at once, a budget that ends in a cycle: each has its remedy."""
    (advice,) = la.advise(schedule, total, EPOCH)
    assert sentence in advice
    assert ".in_steps(391)" in advice or "fit(" in advice


@pytest.mark.parametrize("schedule", [la.Linear(0.1, 7_820), la.CyclicalCosineAnnealing(0.1, 7_820)])
def test_steps_taken_for_epochs(schedule: la.Schedule) -> None:
    """A schedule of 7,820 steps that is stepped once in each of 20 epochs hardly moves, and that is reported."""
    (advice,) = la.advise(schedule, 20)
    assert "20 steps end in the middle of cycle 1, at 100% of the peak." in advice
    assert "is the scheduler stepped once an epoch, instead of once a step?" in advice


@pytest.mark.parametrize(
    "schedule",
    [
        la.CyclicalLogAnnealing.fit(total_steps=1000, cycles=3, max_lr=0.1),
        la.Linear(0.1, 1000),
        la.Linear(0.1, 950),
        la.Constant(0.1),
        la.StepDecay(0.1, 10),
        la.CyclicalLogAnnealing(0.1, 100),
        la.Warmup(la.Cosine(0.1, 900), 100),
    ],
)
@pytest.mark.parametrize("epoch", [None, 1, 100])
def test_sound_durations_are_left_in_peace(schedule: la.Schedule, epoch: int | None) -> None:
    """Whole cycles of an epoch or more, a budget that fits, or no budget at all: nothing is said."""
    assert la.advise(schedule, 1000, epoch) == []


@pytest.mark.parametrize(
    ("schedule", "warmup"),
    [
        (la.CyclicalCosineAnnealing(0.1, 9000, warmup_steps=1000), 1000),
        (la.InverseSquareRoot(0.1, 1000), 1000),
        (la.WarmupStableDecay(0.1, 10_000, 1000, 100), 1000),
        (la.Warmup(la.Scale(la.Warmup(la.Constant(0.1), 600), 2), 400), 1000),
        (la.Join([la.Warmup(la.Constant(0.1), 1000), la.Linear(0.1, 10)], [2000]), 1000),
    ],
)
def test_a_run_that_ends_within_its_warmup_is_told(schedule: la.Schedule, warmup: int) -> None:
    """As far as its last step; one step longer, and there is something to say."""
    for total in (1, warmup // 2, warmup):
        (advice,) = la.advise(schedule, total)
        assert f"{total} steps end within the warmup of {warmup}: the peak is not reached" in advice
    assert not any("warmup" in advice for advice in la.advise(schedule, warmup + 1))


def test_optimizers_that_share_a_budget_make_their_part_of_it() -> None:
    """40 updates of two optimizers are 20 for each: a schedule of 40 ends in its middle, and one of 20 at its end."""
    half = la.CyclicalCosineAnnealing.fit(total_steps=20, cycles=2, max_lr=0.1)
    whole = la.CyclicalCosineAnnealing.fit(total_steps=40, cycles=1, max_lr=0.1)
    assert la.advise(half, 40, optimizers=2) == []
    shared, cut = la.advise(whole, 40, optimizers=2)
    assert shared == "40 steps, shared by 2 optimizers, are 20 for each of them."
    assert "20 steps end in the middle of cycle 1" in cut
    with pytest.raises(ValueError, match="'optimizers' parameter of advise"):
        la.advise(whole, 40, optimizers=0)


def test_many_cycles_are_told_without_an_epoch() -> None:
    """More than a hundred are; a hundred are not."""
    assert la.advise(CLA, 1000) == []
    (advice,) = la.advise(CLA, 1010)
    assert advice.startswith("It restarts 101 times in 1010 steps. If its durations are meant in epochs: .in_steps(")


def test_advice_is_quick_at_any_size() -> None:
    """A budget of 1e15 steps in cycles of ten is checked without a list of its cycles."""
    assert "100000000000000 times" in la.advise(CLA, 10**15)[0]


def test_bad_numbers_are_refused() -> None:
    """The message names them."""
    with pytest.raises(ValueError, match="'total_steps' parameter of advise"):
        la.advise(CLA, 0)
    with pytest.raises(ValueError, match="'steps_per_epoch' parameter of advise"):
        la.advise(CLA, 10, 2.5)  # type: ignore[arg-type] # that is what it refuses
