"""Predictions from logs: what is said if the truth is known, and if it cannot be told."""

import json

import numpy as np
import pytest
from lawful_logs import COSINE, PEAK, STEPS, WARMUP, WSD, lawful_log, true_loss

import loganneal as la
from loganneal.diagnosis import Log
from loganneal.prediction import Prediction, Run, predict

CANDIDATES = {
    "long cooldown": la.WarmupStableDecay(PEAK, STEPS, WARMUP, STEPS // 2),
    "no cooldown": la.Constant(PEAK),
    "steep": la.Polynomial(PEAK, STEPS, 0.0, 4.0),
}
LOGS = [lawful_log(COSINE, noise=0.005), lawful_log(WSD, noise=0.005)]


def by_name(answer):
    return {one.name: one for one in answer.schedules}


def test_a_run_that_only_decays_gets_no_ranking_but_the_probe_to_make():
    """The sentence, the schedule as JSON and as code that gives it."""
    answer = predict(LOGS[:1], CANDIDATES)
    assert answer.probe is None
    assert answer.schedules == ()
    assert "cannot tell schedules apart" in answer.refusal
    made = la.from_dict(dict(answer.make.schedule))
    assert made == eval(answer.make.code, vars(la))  # our own code
    assert (made.max_lr, made.total_steps) == (PEAK, STEPS // 2)
    assert not {"better", "worse"} & set(json.dumps(answer.to_dict()).replace('"', " ").split())


def test_a_constant_rate_is_said_to_be_constant():
    """It does not decay, and is not a probe either."""
    answer = predict([lawful_log(la.Warmup(la.Constant(PEAK), WARMUP))], CANDIDATES)
    assert answer.refusal.startswith("A constant learning rate cannot tell schedules apart")
    assert answer.make is not None


def test_with_a_probe_the_truth_is_found():
    """Differences have the sign of the truth whenever there is a verdict, and there is one for what is far off."""
    said = by_name(predict(LOGS, CANDIDATES))
    reference = true_loss(COSINE)[-1]
    for name, schedule in CANDIDATES.items():
        truth = true_loss(schedule)[-1] / reference - 1
        assert said[name].verdict in ("cannot tell", "better" if truth < 0 else "worse")
    assert said["no cooldown"].verdict == "worse"
    assert said["no cooldown"].low <= said["no cooldown"].difference <= said["no cooldown"].high


def test_what_is_about_the_same_is_not_told():
    """The log's own schedule differs by nothing."""
    one = by_name(predict(LOGS, {"same": COSINE}))["same"]
    assert one.difference == pytest.approx(0.0, abs=1e-3)
    assert one.verdict == "cannot tell"


def test_higher_peaks_are_refused_and_lower_ones_are_not():
    """No law extrapolates upwards; the other schedules are predicted all the same."""
    said = by_name(predict(LOGS, {"higher": la.Linear(2 * PEAK, STEPS), "lower": la.Linear(PEAK / 2, STEPS)}))
    assert (said["higher"].difference, said["higher"].verdict) == (None, "cannot tell")
    assert "2 times that of the logs" in said["higher"].reason
    assert said["lower"].difference is not None


def test_budgets_up_to_twice_the_length_are_predicted():
    """Against the log's own shape over that budget; beyond, a sentence names the limit."""
    longer = {"long cooldown": la.WarmupStableDecay(PEAK, 2 * STEPS, WARMUP, STEPS)}
    answer = predict(LOGS, longer, total_steps=2 * STEPS)
    assert answer.total_steps == 2 * STEPS
    assert by_name(answer)["long cooldown"].difference < 0
    with pytest.raises(ValueError, match=r"'total_steps' parameter of predict .* twice the length"):
        predict(LOGS, longer, total_steps=2 * STEPS + 1)


def test_a_probe_of_half_the_length_suffices():
    """Logs may differ in their budgets."""
    probe = la.WarmupStableDecay(PEAK, STEPS // 2, WARMUP, STEPS // 10)
    times = {"steps": STEPS // 2, "unit": STEPS}
    log = Log(np.arange(1.0, STEPS // 2 + 1), probe.curve(STEPS // 2), np.minimum(true_loss(probe, **times), 3.0))
    answer = predict([LOGS[0], log], CANDIDATES)
    assert answer.probe == "fall"
    assert by_name(answer)["no cooldown"].verdict == "worse"


def test_the_best_cooldown_is_near_the_true_one():
    """The interval of what is within half a per cent contains it."""
    choice = {one.parameter: one for one in predict(LOGS, {}).choices}["cooldown"]
    shares = np.arange(0.05, 1.0, 0.05)
    losses = [true_loss(la.WarmupStableDecay(PEAK, STEPS, WARMUP, round(share * STEPS)))[-1] for share in shares[:-1]]
    assert choice.low <= shares[int(np.argmin(losses))] <= choice.high
    assert choice.low <= choice.best <= choice.high


def test_a_known_schedule_replaces_the_logged_rates():
    """A run of our own gives its rates exactly, and the answer hardly differs from that of the log."""
    exact = by_name(predict([Run(LOGS[0], COSINE), Run(LOGS[1], WSD)], CANDIDATES))
    logged = by_name(predict(LOGS, CANDIDATES))
    for name in CANDIDATES:
        assert exact[name].difference == pytest.approx(logged[name].difference, abs=2e-3)


def test_a_smooth_validation_loss_is_preferred():
    """It is what is fitted if there is enough of it; if it is rough, the training loss is used."""
    log, rough = LOGS[1], np.random.default_rng(1).normal(2.0, 0.3, STEPS)
    for loss, quantity in ((true_loss(WSD), "validation loss"), (rough, "training loss")):
        with_validation = Log(log.step, log.lr, log.loss, log.step, np.minimum(loss, 3.0))
        assert predict([with_validation], {}).quantity == quantity


def test_rows_may_be_sparse():
    """A log of every tenth update says what the whole one does."""
    sparse = [lawful_log(COSINE, every=10), lawful_log(WSD, every=10)]
    assert by_name(predict(sparse, CANDIDATES))["no cooldown"].verdict == "worse"


def test_a_prediction_goes_to_json_and_back():
    """All of it."""
    answer = predict(LOGS, CANDIDATES)
    assert Prediction.from_dict(json.loads(json.dumps(answer.to_dict()))) == answer


@pytest.mark.parametrize(
    ("logs", "options", "message"),
    [
        ([], {}, "'logs' parameter of predict must be one to 4 logs"),
        (LOGS, {"families": ("wds",)}, "Did you mean 'wsd'"),
        (LOGS, {"total_steps": 0}, "'total_steps' parameter of predict"),
    ],
)
def test_bad_arguments(logs, options, message):
    """Are named at once."""
    with pytest.raises(ValueError, match=message):
        predict(logs, CANDIDATES, **options)
