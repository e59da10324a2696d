"""Studies on a training command: conclusions are drawn from correct runs, and each sabotage is named."""

import dataclasses
import os
import shutil
from pathlib import Path

import pytest
from command_studies import run, study

from loganneal.reports.caveats import warnings
from loganneal.reports.report import write_report
from loganneal.studies import StudyFailedError, judge_study
from loganneal.studies.check import CheckFailedError, check_study
from loganneal.studies.declare.study import study_of
from loganneal.studies.engines import InProcess, LocalProcesses
from loganneal.studies.run import open_records
from loganneal.studies.tables import score_title

pytestmark = pytest.mark.slow

TORCH = "plain_torch.py"

each_script = pytest.mark.parametrize(
    "file", ["plain_python.py", pytest.param(TORCH, marks=pytest.mark.slow)], ids=["python", "torch"]
)
"""The script that reports its rates itself, and the PyTorch loop whose optimizer is watched."""


def test_a_script_is_studied_from_its_first_run_to_the_page(tmp_path):
    """All runs are there, the rates are seen, and the page shows command, digest, rates and starts."""
    result = run(study(replicates=2), tmp_path, LocalProcesses(2))
    launched = result.comparisons[0].launched
    assert result.is_complete
    assert (launched.runs, launched.attempts, launched.sources, launched.factor) == (8, 8, ("report",), 1.0)
    page = write_report(result, tmp_path / "study", open_records(tmp_path / "records")).read_text()
    assert f"{score_title(result.comparisons[0])}: mean ± standard deviation" in page
    for shown in ("plain_python.py", launched.code, "Recorded over scheduled rate", "Runs and starts", "cpu"):
        assert shown in page
    assert not any(value in page for name, value in os.environ.items() if "KEY" in name or "TOKEN" in name)


@pytest.mark.parametrize(("metric", "title"), [("loss", "Test loss"), (None, "Validation score")])
def test_the_page_says_what_scores_a_command(metric, title, tmp_path):
    """A score that validation has chosen by is not called a test score."""
    (comparison,) = run(study(test_metric=metric), tmp_path).comparisons
    assert score_title(comparison) == title


def test_runs_that_are_done_are_not_started_again(tmp_path):
    """A second call trains nothing: the script may even be gone by then."""
    declared = study()
    first = run(declared, tmp_path)
    shutil.rmtree(tmp_path / "study" / "runs")
    assert run(declared, tmp_path) == first
    assert not (tmp_path / "study" / "runs").exists()


def test_a_shell_script_needs_no_line_of_ours(tmp_path):
    """Awk reads the rates from a file and writes report.csv."""
    result = run(study("${rates}", "${seed}", "${out}", file="fit_line.sh"), tmp_path)
    assert result.is_complete
    assert result.comparisons[0].launched.sources == ("report",)


SENTENCES = {
    "schedule-ignored": "the schedule was not used: the optimizer kept",
    "stepped-twice": "stepped 2 times per update",
    "stepped-by-epoch": "stepped once in 6 updates",
    "resumed-without-state": "the schedule began again at step 0 at update 2",
    "counted-in-batches": "counted in batches",
    "peak-ignored": "the peak rate is ignored",
    "unseen": "no learning rate was recorded",
    "no-result": "ended without a result: 'validation' was never reported; found loss",
    "crashes": "it ended with exit status 1: RuntimeError: no more memory",
}


@each_script
@pytest.mark.parametrize("sabotage", SENTENCES)
def test_each_sabotage_is_named_and_nothing_is_concluded(sabotage, file, tmp_path):
    """The message says what is wrong in plain words, and no replicate counts."""
    with pytest.raises(StudyFailedError) as error:
        run(study(sabotage, file=file), tmp_path)
    assert SENTENCES[sabotage] in str(error.value)
    assert error.value.result.comparisons[0].replicates_done == 0


@each_script
def test_an_ignored_seed_is_found_before_the_first_run(file, tmp_path):
    """Every study starts with the probes, so no run is recorded."""
    with pytest.raises(CheckFailedError, match="the seed is ignored"):
        run(study("seed-ignored", file=file), tmp_path, check=True)
    assert len(open_records(tmp_path / "records")) == 0


@pytest.mark.parametrize(
    ("file", "silence"), [("hang.sh", 1.0), pytest.param(TORCH, 10.0, marks=pytest.mark.slow)], ids=["shell", "torch"]
)
def test_a_script_that_hangs_is_ended_after_its_silence(file, silence, tmp_path):
    """It is named, three in a row stop the study, and nothing is concluded."""
    with pytest.raises(StudyFailedError, match=r"3 runs failed in a row.*it hangs") as error:
        run(study("hangs", file=file, silence=silence), tmp_path)
    assert error.value.result.comparisons[0].replicates_done == 0


def test_a_script_that_writes_below_its_output_is_alive(tmp_path):
    """A logger of Lightning writes nothing else for minutes."""
    (tmp_path / "nested.sh").write_text(
        'mkdir -p "$1/logs/version_0"\n'
        'for step in 1 2 3 4 5 6; do echo $step >> "$1/logs/version_0/steps.txt"; sleep 0.4; done\n'
    )
    with pytest.raises(StudyFailedError) as error:
        run(study("${out}", file="nested.sh", cwd=tmp_path, silence=1.0), tmp_path)
    assert "call trial.report(step, validation=...)" in str(error.value)


def test_code_that_changes_during_a_study_is_named(tmp_path):
    """A script that copies its code below its folder changes what is compared."""
    (tmp_path / "copies.sh").write_text("cp copies.sh copy-$1.sh\n")
    with pytest.raises(StudyFailedError, match=r"the code has changed .* the file that was changed last is copy-"):
        run(study("${seed}-${peak_lr}", file="copies.sh", cwd=tmp_path), tmp_path)


def test_a_log_that_cannot_be_read_is_named(tmp_path):
    """The error is that the log cannot be read, not that nothing was found."""
    (tmp_path / "sentences.sh").write_text('echo "Epoch 1: loss: 2.3" > "$1/metrics.csv"\n')
    with pytest.raises(StudyFailedError, match=r"its log cannot be read: .*metrics\.csv is not a table"):
        run(study("${out}", file="sentences.sh", cwd=tmp_path, log="metrics.csv"), tmp_path)


def test_a_script_that_takes_too_long_is_ended(tmp_path):
    """The message names the timeout."""
    with pytest.raises(StudyFailedError, match="longer than the timeout of 1 s"):
        run(study(file="hang.sh", timeout=1.0), tmp_path)


@each_script
def test_children_that_a_script_leaves_are_ended(file, tmp_path, monkeypatch):
    """This includes a child that has left the process group."""
    monkeypatch.setenv("LEAKED", str(tmp_path / "leaked"))
    assert run(study("leaks", file=file), tmp_path).is_complete
    assert not Path(f"/proc/{(tmp_path / 'leaked').read_text()}").exists()


def test_a_run_that_failed_is_tried_again(tmp_path, monkeypatch):
    """Both starts are counted."""
    monkeypatch.setenv("MARK", str(tmp_path / "mark"))
    launched = run(study("fails-once", retries=1), tmp_path).comparisons[0].launched
    assert (launched.runs, launched.attempts) == (4, 5)


def test_failures_are_said_at_the_top_of_a_report(tmp_path):
    """Failed runs are in the records, and a report without a run says so."""
    with pytest.raises(StudyFailedError):
        run(study("crashes"), tmp_path)
    found = judge_study(study("crashes"), tmp_path / "study", records=tmp_path / "records")
    assert found.comparisons[0].launched.failed == {"cosine": 2, "linear": 1}


def test_the_check_finds_an_ignored_schedule_before_the_first_run(tmp_path):
    """Its message is the one with which the run would have been stopped."""
    with pytest.raises(CheckFailedError, match="the schedule was not used"):
        check_study(study("schedule-ignored"), InProcess(), tmp_path, print)


def test_the_check_says_what_was_seen_and_the_cost(tmp_path):
    """A sound script passes, and the number of runs and their duration are reported."""
    said = []
    check_study(study(replicates=5), InProcess(), tmp_path, said.append)
    assert "are those of the schedule (source: report)" in said[0]
    assert said[-1].startswith("20 runs of about ")


def test_the_check_says_the_range_of_the_cost_with_looks(tmp_path):
    """The range is from the runs up to the first look to all runs."""
    said = []
    declared = study(replicates=4)
    looked = study_of(dataclasses.replace(declared.comparisons[0], looks=(3, 4)))
    check_study(looked, InProcess(), tmp_path, said.append)
    assert said[-1].startswith("12 to 16 runs of about ")


def test_a_short_run_that_diverges_is_told_with_its_peak(tmp_path):
    """Of several peaks, the one nearest to the peak that works is tried, and the remedy is a lower one."""
    (tmp_path / "diverges.sh").write_text('echo "step,validation" > "$1/report.csv"; echo "1,nan" >> "$1/report.csv"\n')
    declared = study("${out}", file="diverges.sh", cwd=tmp_path)
    with pytest.raises(CheckFailedError) as error:
        check_study(declared, InProcess(), tmp_path / "check", print)
    peaks = [run.peak for run in declared.comparisons[0].replicate(0)]
    assert f"a peak learning rate of {min(peaks, key=lambda peak: abs(peak - 0.1)):.3g}" in str(error.value)
    assert "Give a lower --peak-lr or --peak-factor" in str(error.value)
    assert Path(str(error.value).rpartition("Its output is in ")[2].rstrip(".")).is_dir()


def test_a_short_run_that_fails_is_tried_again(tmp_path, monkeypatch):
    """As a run would be, since a node may have been at fault."""
    monkeypatch.setenv("MARK", str(tmp_path / "mark"))
    said = []
    check_study(study("fails-once", retries=1), InProcess(), tmp_path, said.append)
    assert said[-1].startswith("4 runs of ")


def test_the_cost_without_times_is_a_bound(tmp_path):
    """A probe of 50 of 60 updates that reports no times is scaled as a whole."""
    (tmp_path / "fit.py").write_text(
        "import sys, time\n"
        "rates, seed, out = open(sys.argv[1]).read().split(), int(sys.argv[2]), sys.argv[3]\n"
        "with open(out + '/report.csv', 'w', buffering=1) as file:\n"
        "    print('step,lr,validation', file=file)\n"
        "    for step, rate in enumerate(rates, 1):\n"
        "        print(f'{step},{rate},{seed + 1 / step}', file=file)\n"
        "        time.sleep(0.02 if step < 50 else 0.5)\n"
    )
    said = []
    declared = study("${rates}", "${seed}", "${out}", file="fit.py", cwd=tmp_path)
    check_study(declared, InProcess(), tmp_path / "check", said.append)
    assert "runs of at most " in said[-1]
    assert "minutes, without validation" in said[-1]


def test_a_command_that_does_not_train_as_asked_is_no_fault_of_an_arm(tmp_path):
    """The report neither asks for the rest of the runs nor says which arm is favored."""
    with pytest.raises(StudyFailedError) as error:
        run(study("schedule-ignored"), tmp_path)
    told = " ".join(warnings(error.value.result.comparisons[0]))
    assert "does not train as asked: the schedule was not used" in told
    assert "favors" not in told
    assert "adds the rest" not in told


def test_an_expression_that_matches_nothing_is_told(tmp_path):
    """With the file in which it was looked for."""
    (tmp_path / "says.sh").write_text("echo accuracy 0.9\n")
    declared = study("${out}", file="says.sh", cwd=tmp_path, log=r"stdout:loss (?P<validation>\S+)")
    with pytest.raises(StudyFailedError, match=r"no part of its output, .*stdout\.txt, matches the expression"):
        run(declared, tmp_path)
    with pytest.raises(StudyFailedError, match=r"there is no file 'metrics\.csv' with rows below its output folder"):
        run(study("${out}", file="says.sh", cwd=tmp_path, log="metrics.csv"), tmp_path / "other")


def test_an_ignored_split_seed_is_a_caveat_of_the_check(tmp_path):
    """A single split of the data is allowed and reported; a script that uses the split seed gets no such line."""
    said = {word: list[str]() for word in ("none", "split-used")}
    for word, heard in said.items():
        check_study(study(word), InProcess(), tmp_path / word, heard.append)
    about = {word: [line for line in heard if "split" in line] for word, heard in said.items()}
    assert "there is only one split of the data, and the conclusion holds for that split only" in about["none"][0]
    assert about["split-used"] == []


def test_an_unknown_macro_is_refused_when_the_study_is_declared():
    """The nearest macro is named."""
    with pytest.raises(ValueError, match=r"Did you mean '\$\{seed\}'"):
        study("--seed=${sede}")
