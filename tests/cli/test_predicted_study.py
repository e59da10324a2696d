"""`loganneal predict --then` declares the study that tests what was predicted."""

import json
import sys

import pytest
from lawful_logs import COSINE, PEAK, STEPS, WSD, lawful_log, write_csv

import loganneal as la
from loganneal.cli import main
from loganneal.studies.declare.study_file import read_study

pytestmark = pytest.mark.slow

SCRIPT = """import sys
import loganneal as la
trial = la.trial(la.Cosine(0.1, 20), seed=0)
for step in range(trial.steps):
    trial.report(step + 1, lr=trial.schedule(step), loss=2.0 + int(sys.argv[1]) / 100)
trial.report(trial.steps, validation=1.0 + int(sys.argv[1]) / 100)
"""


@pytest.fixture
def logs(tmp_path, monkeypatch):
    """A cosine run and a probe, as CSV files in the current folder."""
    monkeypatch.chdir(tmp_path)
    for name, schedule in (("cosine.csv", COSINE), ("wsd.csv", WSD)):
        write_csv(lawful_log(schedule, noise=0.005, every=4), tmp_path / name)
    return ["cosine.csv", "wsd.csv"]


def declared(logs, *words, file="study.toml"):
    """The comparison in the file that is written."""
    assert main(["predict", *logs, "--then", file, *words]) == 0
    return read_study(file).comparisons[0]


@pytest.mark.parametrize("name", ["cla-late", "mine.json", json.dumps(la.Polynomial(PEAK, STEPS, 0.0, 2.0).to_dict())])
def test_three_schedules(logs, tmp_path, name):
    """The log's own, the best predicted, and linear, with the log's own as the reference."""
    (tmp_path / "mine.json").write_text(json.dumps(la.WarmupStableDecay(PEAK, STEPS, 20, 200).to_dict()))
    comparison = declared(logs, "--for", name)
    assert list(comparison.arms) == ["own", "cla-late" if name == "cla-late" else "predicted", "linear"]
    assert comparison.reference == "own"


def test_built_in_schedules_have_the_warmup_of_the_log(logs):
    """That is how they were predicted; the log's is 20 of 400 updates, to the resolution of its rows."""
    comparison = declared(logs, "--for", "linear")
    assert list(comparison.arms) == ["own", "linear"]
    schedule = comparison.arm("linear").build(PEAK, STEPS)
    assert schedule.warmup_steps == pytest.approx(20, abs=4)
    assert schedule.warmup_steps != round(0.05 * STEPS) or comparison.arm("linear").parameters


def test_the_own_schedule_is_that_of_the_log(logs):
    """This also holds over another budget, to which it is stretched."""
    comparison = declared(logs, "--for", "linear", "--total-steps", "800", "--workload", "digits")
    own = comparison.arm("own").build(PEAK, 800)
    assert comparison.steps == 800
    assert abs(own.curve(800)[::2] - COSINE.curve(STEPS))[40:].max() < 0.02 * PEAK  # the warmup has few rows


def test_a_workload_that_the_logs_are_of(logs):
    """It has their budget and is tuned around their peak; without one, digits stand in with a budget of their own."""
    comparison = declared(logs, "--for", "linear", "--workload", "digits")
    assert (comparison.steps, comparison.peak_lr) == (STEPS, pytest.approx(PEAK, rel=1e-3))
    comparison = declared(logs, "--for", "linear")
    assert (comparison.workload, comparison.steps) == ("digits", 100)


def test_the_command_of_the_user(logs, tmp_path):
    """It has the budget and the peak of the logs; its words are kept, whatever they contain."""
    words = ("python", "train.py", "--seed", "${seed}", 'a "b" \\ é \x7f', "--then")
    comparison = declared(logs, "--for", "linear", "--metric", "val", "--", *words, file="deep/study.toml")
    script = comparison.script
    assert script.command == words
    assert script.cwd.resolve() == tmp_path.resolve()
    assert (script.metric, script.higher_is_better) == ("val", False)
    assert (comparison.steps, comparison.peak_lr) == (STEPS, pytest.approx(PEAK, rel=1e-3))


def test_the_study_is_checked_as_it_was_written(logs, tmp_path, capsys):
    """`study check` probes the command with the schedules of the file; `study run --dry-run` does the same."""
    (tmp_path / "train.py").write_text(SCRIPT)
    assert (
        main(["predict", *logs, "--for", "linear", "--then", "s.toml", "--", sys.executable, "train.py", "${seed}"])
        == 0
    )
    assert "loganneal study check s.toml" in capsys.readouterr().out
    for words in (["check", "s.toml"], ["run", "s.toml", "--dry-run"]):
        assert main(["study", *words, "--records", str(tmp_path / "records"), "--workers", "1"]) == 0
        text = capsys.readouterr().out
        assert "The learning rates of" in text
        assert "32 runs" in text
