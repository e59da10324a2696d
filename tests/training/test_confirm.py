"""The advice of a diagnosis becomes a changed run."""

import dataclasses

import numpy as np
import pytest

import loganneal as la
from loganneal.diagnosis import Diagnosis, diagnose
from loganneal.diagnosis.logs import read_log
from loganneal.runs.record import CorruptRecordError
from loganneal.training.confirm import NoChangeError, advised, confirm
from loganneal.training.train import train


def found(name, cycle=0, **numbers):
    return Diagnosis(name, "", (), (), (), None, (), numbers, cycle)


def change(spec, *diagnosis, **numbers):
    return advised(spec, found(*diagnosis, **numbers)).spec


CLA = la.CyclicalLogAnnealing.fit(max_lr=0.5, total_steps=100, cycles=10, base=1e4, warmup_steps=5)


def test_unstable_in_the_first_cycle_lowers_every_rate(small_run):
    """Also that of a schedule inside another."""
    wrapped = la.Warmup(la.Cosine(1.0, 90, min_lr=0.1), 10)
    lower = change(small_run(schedule=wrapped, steps=100), "unstable", 1).schedule
    assert lower.curve(100) == pytest.approx(0.3 * wrapped.curve(100))


def test_unstable_in_a_later_cycle_lowers_the_later_peaks(small_run):
    """The first cycle stays as it was."""
    lower = change(small_run(schedule=CLA, steps=100), "unstable", 3).schedule
    assert lower == CLA.replace(peak_decay=0.3)


def test_a_decay_too_fast_becomes_a_straight_line(small_run):
    """The base becomes 1; a schedule without one above 1 cannot follow this advice."""
    assert change(small_run(schedule=CLA, steps=100), "decay too fast").schedule == CLA.replace(base=1.0)
    with pytest.raises(NoChangeError, match="no base above 1"):
        change(small_run(), "decay too fast")


def test_short_cycles_become_two_epochs_long(small_run):
    """At most as many as fit the budget, everything else kept."""
    longer = change(small_run(schedule=CLA, steps=100), "cycles too short", steps_per_epoch=16).schedule
    assert longer == la.CyclicalLogAnnealing.fit(max_lr=0.5, total_steps=100, cycles=3, base=1e4, warmup_steps=5)


def test_a_cut_run_gets_cycles_that_end_with_it(small_run):
    """As many as had begun; a schedule without cycles is replaced by one cycle."""
    cut = la.CyclicalCosineAnnealing(0.5, 40)
    fitted = change(small_run(schedule=cut, steps=100), "ends at a high rate").schedule
    assert fitted == la.CyclicalCosineAnnealing.fit(max_lr=0.5, total_steps=100, cycles=3)
    fitted = change(small_run(schedule=la.Constant(0.5), steps=100), "ends at a high rate").schedule
    assert fitted == la.CyclicalLogAnnealing.fit(max_lr=0.5, total_steps=100, cycles=1)


@pytest.mark.parametrize("schedule", [CLA, la.Warmup(la.Cosine(0.5, 90), 10), la.OneCycle(0.5, 100)])
def test_an_overfitting_run_is_halved(small_run, schedule):
    """Half of the steps, with every duration of the schedule halved too."""
    spec = small_run(schedule=schedule, steps=100)
    halved = change(spec, "overfitting")
    assert halved.steps == 50
    assert halved.schedule(50) == pytest.approx(0.0, abs=1e-5)
    assert dataclasses.replace(halved, schedule=schedule, steps=100) == spec


def test_nothing_follows_from_a_healthy_run(small_run):
    """There is nothing to confirm."""
    with pytest.raises(NoChangeError, match="Nothing was found"):
        change(small_run(), "healthy")


def test_both_runs_are_shown(small_run, tmp_path):
    """A real run that ends at a high rate is trained again with its last cycle ending with it."""
    train(small_run(schedule=la.CyclicalLogAnnealing(0.3, 40, base=0.1), steps=60), folder=tmp_path)
    diagnosis = diagnose(read_log(tmp_path).log)
    assert diagnosis.name == "ends at a high rate"
    text = confirm(tmp_path, diagnosis)
    assert "fit(total_steps=60, cycles=2)" in text
    scores = [float(line.split("score ")[1].split(",")[0]) for line in text.splitlines()[1:3]]
    assert np.all((np.array(scores) > 0) & (np.array(scores) < 1))
    assert "a hint and no proof" in text


def test_a_folder_without_a_finished_run_is_refused(tmp_path):
    """Only a run of ours can be trained again."""
    with pytest.raises(CorruptRecordError, match="cannot be read"):
        confirm(tmp_path, found("unstable", 1))
