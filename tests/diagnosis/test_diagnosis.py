"""What a diagnosis promises on any log."""

import csv
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from planted_logs import LOGS, log_names, unpack_logs

import loganneal as la
from loganneal.diagnosis import RULES, Log, diagnose
from loganneal.diagnosis.logs import read_log

NAMES = {*(rule.name for rule in RULES), "healthy", "cannot be told"}
FIRST_SEEDS = [name for name in log_names() if name.endswith("-0.csv")]

finite = st.floats(allow_nan=False, allow_infinity=False)
anything = st.floats()
rates = st.floats(0, 1e300)


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """The folder of the recorded runs."""
    folder = tmp_path_factory.mktemp("planted")
    unpack_logs(folder)
    return folder


@st.composite
def logs(draw, losses=finite):
    """Any log: from one row to sixty, with or without validation and gradient norms."""
    rows, measured = draw(st.integers(1, 60)), draw(st.integers(0, 20))
    return Log(
        step=np.cumsum(draw(arrays(np.int64, rows, elements=st.integers(1, 1000)))),
        lr=draw(arrays(float, rows, elements=rates)),
        loss=draw(arrays(float, rows, elements=losses)),
        validation_step=np.arange(1, measured + 1) * 10,
        validation_loss=draw(arrays(float, measured, elements=losses)),
        grad_norm=draw(arrays(float, draw(st.sampled_from([0, rows])), elements=losses)),
        steps_per_epoch=draw(st.none() | st.floats(0.1, 1e6)),
        diverged=draw(st.booleans()),
    )


@given(logs())
def test_any_finite_log_has_a_diagnosis(log):
    """No finite log raises or warns, and what comes out can be written as strict JSON."""
    found = diagnose(log)
    assert found.name in NAMES
    assert found.sentence
    assert found.evidence
    json.dumps(found.to_dict(), allow_nan=False)
    if found.span is not None:
        assert log.step[0] <= found.span[0] <= found.span[1] <= log.step[-1]


@given(logs(anything))
def test_losses_that_are_not_finite_are_no_error(log):
    """A log with losses that are not finite is unstable, whatever else it holds."""
    found = diagnose(log)
    assert found.name in NAMES
    if not np.all(np.isfinite(log.loss)):
        assert found.name == "unstable"


@given(st.sampled_from(FIRST_SEEDS), st.integers(-200, 200), st.integers(-200, 200))
def test_units_do_not_matter(planted, name, loss_power, rate_power):
    """A loss or a rate in another unit has the same diagnosis, as rules use shares; powers of two cause no rounding."""
    log = read_log(planted / name, steps_per_epoch=50).log
    scaled = Log(
        log.step,
        log.lr * 2.0**rate_power,
        log.loss * 2.0**loss_power,
        log.validation_step,
        log.validation_loss * 2.0**loss_power,
        log.grad_norm,
        log.steps_per_epoch,
    )
    assert diagnose(scaled).name == diagnose(log).name
    assert diagnose(scaled).numbers == pytest.approx(diagnose(log).numbers, nan_ok=True)


@given(st.integers(1, 10**9))
def test_where_the_steps_begin_does_not_matter(first):
    """A log that begins later has the same diagnosis."""
    rates, loss = la.CyclicalLogAnnealing.fit(max_lr=1, total_steps=100, cycles=2, base=1e4).curve(100), None
    loss = np.linspace(2.3, 1.0, 100) + 0.02 * np.random.default_rng(0).standard_normal(100)
    found = diagnose(Log(np.arange(100) + first, rates, loss))
    assert (found.name, found.restarts) == ("decay too fast", (50 + first,))


def test_a_healthy_run_is_called_no_more_than_that():
    """The words do not say that the run is good, only that nothing was found, and what was not looked for."""
    rates = la.CyclicalLogAnnealing.fit(max_lr=0.1, total_steps=200, cycles=4).curve(200)
    found = diagnose(Log(np.arange(200), rates, 0.5 + 2 * np.exp(-np.arange(200) / 30)))
    assert found.sentence.startswith("The log shows none of the failures that could be checked")
    assert found.advice == ()
    assert len(found.notes) == 2  # no epoch, no validation losses
    assert found.restarts == (50, 100, 150)


def test_a_healthy_run_in_which_everything_was_checked():
    """With an epoch and validation losses, nothing is left open."""
    steps, loss = np.arange(200), 0.5 + 2 * np.exp(-np.arange(200) / 30)
    rates = la.CyclicalLogAnnealing.fit(max_lr=0.1, total_steps=200, cycles=4).curve(200)
    found = diagnose(Log(steps, rates, loss, steps[9::10], loss[9::10], steps_per_epoch=20))
    assert (found.sentence, found.notes[:1]) == ("The log shows none of the five failures.", ())


@pytest.mark.parametrize(
    ("log", "name"),
    [
        ("mnist/unstable-0", "unstable"),
        ("mnist/decay-too-fast-0", "decay too fast"),
        ("shakespeare/cycles-too-short-0", "cycles too short"),
        ("cifar10/ends-at-a-high-rate-0", "ends at a high rate"),
        ("optical/overfitting-0", "overfitting"),
        ("imagenette/healthy-cla-0", "healthy"),
    ],
)
def test_real_runs_with_planted_failures(planted, log, name):
    """Recorded runs are told apart; docs/diagnosis.md says how often, and where not."""
    assert diagnose(read_log(planted / f"{log}.csv", steps_per_epoch=50).log).name == name


def test_records_are_compact_and_whole(planted):
    """There are 300 recorded runs, each with one row a step up to its end, in a file below 600 KB."""
    files = sorted(planted.glob("*/*.csv"))
    assert len(files) == len(log_names()) == 300
    assert LOGS.stat().st_size < 6e5
    for file in files:
        with file.open() as lines:
            steps = [int(row["step"]) for row in csv.DictReader(lines)]
        assert steps == list(range(1, len(steps) + 1))
