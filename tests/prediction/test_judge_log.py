"""Logs from which nothing can be predicted are refused, each with its reason."""

import numpy as np
import pytest
from lawful_logs import COSINE, PEAK, STEPS, WSD, lawful_log

import loganneal as la
from loganneal.diagnosis import Log
from loganneal.prediction import predict
from loganneal.prediction.track_record import track_record
from loganneal.prediction.words import text

SCHEDULES = {"linear": la.Linear(PEAK, STEPS)}
GOOD = lawful_log(WSD)


def changed(**changes):
    """A good log with some of its columns replaced."""
    columns = {"step": GOOD.step, "lr": GOOD.lr, "loss": GOOD.loss}
    return Log(**{**columns, **changes})


STEP = GOOD.step / STEPS
VALIDATION = {"validation_step": GOOD.step, "validation_loss": 3.0 - 0.2 * STEP}


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (changed(lr=np.zeros(0)), "no learning rate"),
        (changed(lr=np.zeros(STEPS)), "no learning rate"),
        (changed(diverged=True), "diverged"),
        (changed(loss=np.where(GOOD.step > 300, np.nan, GOOD.loss)), "diverged"),
        (changed(loss=np.where(GOOD.step == 30, np.nan, GOOD.loss)), "in 1 of 400 rows, the first at step 30"),
        (changed(loss=np.where(GOOD.step > 200, 8.0, GOOD.loss)), "ends above the first one"),
        (changed(step=GOOD.step - 100), "its steps begin at -99"),
        (changed(step=GOOD.step * 1e12), "at most 10,000,000 are allowed"),
        (changed(step=GOOD.step + 200), "begins at step 201 of 600"),
        (changed(loss=GOOD.loss - 1.5), "not above 0"),
        (changed(relative=True), "against a reward"),
        (Log([1], [0.1], [2.0]), "1 row after its first tenth"),
        (lawful_log(WSD, every=40), "9 rows after its first tenth, but 15 are needed"),
        (changed(loss=GOOD.loss * np.random.default_rng(0).uniform(0.05, 1.95, STEPS)), "scatters by"),
        (changed(loss=np.full(STEPS, 2.0)), "hardly changes"),
        (changed(loss=np.exp(1 - 4 * STEP)), "memorizes its training set"),
        (changed(loss=3.0 - 1.5 * STEP, **VALIDATION), "far above its training loss"),
        (changed(loss=3.0 * (1 + 4 * STEP) ** -0.9), "heads for 0"),
    ],
)
def test_the_reason_is_said(log, reason):
    """One sentence, which says that the log cannot be used, and no schedules."""
    answer = predict([log], SCHEDULES)
    assert reason in answer.refusal
    assert "cannot" in answer.refusal
    assert answer.schedules == ()


def test_the_log_that_is_wrong_is_named():
    """Of several."""
    assert predict([GOOD, changed(diverged=True)], SCHEDULES).refusal.startswith("Log 2 cannot be used")


def test_peaks_have_to_be_alike():
    """Rates that differ by more than a fifth are other experiments."""
    answer = predict([GOOD, lawful_log(COSINE.replace(schedule=la.Cosine(0.15, STEPS - 20)))], SCHEDULES)
    assert "peak learning rates, 0.1 and 0.15, differ" in answer.refusal


def test_rows_that_are_far_apart_do_not_begin_late():
    """The first row stands for the updates before it."""
    assert "begins at" not in predict([lawful_log(WSD, every=100)], SCHEDULES).refusal


def in_epochs(log):
    """The same run, logged by epochs of ten updates."""
    return Log(log.step / 10, log.lr, log.loss, unit="epochs")


@pytest.mark.parametrize(
    ("logs", "reason"),
    [
        ((GOOD, in_epochs(lawful_log(COSINE))), "one counts updates, another epochs"),
        ((GOOD, GOOD), "Logs 1 and 2 hold the same run"),
    ],
)
def test_logs_that_do_not_go_together(logs, reason):
    """Steps of different kinds, and one run given twice, which would count as two logs."""
    assert reason in predict(logs, SCHEDULES).refusal


def test_a_loss_that_does_not_come_back():
    """It ends below the first loss, and no law describes how it got there."""
    log = changed(loss=np.where(GOOD.step > 200, GOOD.loss + 0.35 * GOOD.loss[0], GOOD.loss))
    assert "does not come back" in predict([log], SCHEDULES).refusal


def test_the_unit_of_the_log_is_kept():
    """A log by epochs is answered in epochs, the probe as well."""
    answer = predict([in_epochs(lawful_log(COSINE))], SCHEDULES)
    assert answer.unit == "epochs"
    assert answer.make.total_steps == STEPS // 20
    words = text(answer, track_record(), {})
    assert (
        "The log counts epochs, and so does this schedule; schedule.in_steps(steps_per_epoch) counts updates." in words
    )
