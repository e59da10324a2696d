"""The advice of a diagnosis becomes a command that trains the same run with one change."""

import dataclasses
import shlex

import pytest

import loganneal as la
from loganneal.cli import build_parser
from loganneal.cli._arm import build_arm
from loganneal.cli._train_again import NoChangeError, changed_command, read_spec
from loganneal.cli.train import specify
from loganneal.data import find_workload
from loganneal.diagnosis import Diagnosis
from loganneal.runs.spec import PAPER

DIGITS = find_workload("digits")


def found(name, cycle=0):
    return Diagnosis(name, "", (), (), (), None, (), {}, cycle)


def run(schedule, **changes):
    """A run as `loganneal train` makes it."""
    settings = {"seed": 0, "split_seed": 0, "steps": 100, "curve_points": 10_000, "evaluations": 20}
    return DIGITS.spec(schedule=schedule, **{**settings, **changes})


def parsed(command):
    """The run that the parser makes of a command."""
    args = build_parser().parse_args(shlex.split(command)[1:])
    return specify(args, find_workload(args.workload))


def again(schedule, name, cycle=0, **changes):
    """The changed run, with everything but its schedule and steps as it was."""
    spec = run(schedule, **changes)
    changed = parsed(changed_command(spec, found(name, cycle)))
    assert dataclasses.replace(changed, schedule=spec.schedule, steps=spec.steps) == spec
    return changed


CLA = build_arm("cla", 0.5, 100, {"cycles": 10, "base": 1e4})


@pytest.mark.parametrize("arm", ["cosine", "cla", "linear", "one-cycle", "constant", "saw"])
def test_unstable_in_the_first_cycle_lowers_every_rate(arm):
    """The peak is multiplied by 0.3, whatever the schedule."""
    schedule = build_arm(arm, 0.5, 100, {})
    assert again(schedule, "unstable", 1).schedule.curve(100) == pytest.approx(0.3 * schedule.curve(100))


def test_unstable_in_a_later_cycle_lowers_the_later_peaks():
    """The first cycle stays as it was."""
    assert again(CLA, "unstable", 3).schedule == CLA.replace(peak_decay=0.3)


def test_a_decay_too_fast_becomes_a_straight_line():
    """The base becomes 1; a schedule without one above 1 cannot follow this advice."""
    assert again(CLA, "decay too fast").schedule == CLA.replace(base=1.0)
    with pytest.raises(NoChangeError, match="no base above 1"):
        again(la.Cosine(0.3, 100), "decay too fast")


def test_short_cycles_become_two_epochs_long():
    """There are at most as many as fit the budget, and everything else is kept."""
    longer = again(CLA, "cycles too short", train_examples=1024)  # 16 updates an epoch
    assert longer.schedule == build_arm("cla", 0.5, 100, {"cycles": 3, "base": 1e4})


def test_a_cut_run_gets_cycles_that_end_with_it():
    """There are as many as had begun; a schedule without cycles is replaced by one cycle."""
    fitted = again(la.CyclicalCosineAnnealing(0.5, 40), "ends at a high rate").schedule
    assert fitted == la.CyclicalCosineAnnealing.fit(max_lr=0.5, total_steps=100, cycles=3)
    fitted = again(la.Constant(0.5), "ends at a high rate").schedule
    assert fitted == build_arm("cla", 0.5, 100, {"cycles": 1})


@pytest.mark.parametrize("schedule", [CLA, build_arm("cosine", 0.5, 100, {}), build_arm("one-cycle", 0.5, 100, {})])
def test_an_overfitting_run_is_halved(schedule):
    """It has half the steps, and its rate is low at the end of them."""
    halved = again(schedule, "overfitting")
    assert halved.steps == 50
    assert halved.schedule(50) == pytest.approx(0.0, abs=1e-5)
    assert halved.schedule.max_lr == 0.5


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 3, "split_seed": 5, "model": "resnet-8", "batch_size": 32, "grad_clip": 0.1 + 0.2, "test_examples": 9},
        {"optimizer": "adamw", "optimizer_options": {"betas": [0.9, 0.99]}, "weight_decay": 0.0},
        {"averaging": ("ema", "swa"), "ema_decay": 0.5, "channels_last": True, "evaluations": 7},
        PAPER,
    ],
    ids=["seeds", "adamw", "averages", "paper"],
)
def test_every_setting_comes_back(changes):
    """The parser reads the command back as the run with its own settings, each exactly the same."""
    assert again(build_arm("cosine", 0.3, 100, {}), "overfitting", **changes).steps == 50


def test_a_schedule_that_no_option_says_is_left_to_its_author():
    """No command is printed that would train another schedule."""
    with pytest.raises(NoChangeError, match="change it where it was made"):
        again(la.CyclicalLogAnnealing(0.3, 40), "overfitting")
    with pytest.raises(NoChangeError, match="'crop' and 'flip'"):
        again(la.Constant(0.3), "ends at a high rate", crop=3)


def test_nothing_follows_from_a_healthy_run():
    """There is nothing to change."""
    with pytest.raises(NoChangeError, match="Nothing was found"):
        changed_command(run(CLA), found("healthy"))


def test_a_folder_without_a_run_is_refused(tmp_path):
    """Only a run of loganneal train says how it was made."""
    with pytest.raises(NoChangeError, match=r"spec\.json cannot be read"):
        read_spec(tmp_path)
