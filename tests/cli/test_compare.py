"""The command `loganneal compare`, with runs of a few steps on real images."""

import shlex
from pathlib import Path

import pytest
from interruptible import interrupt_when, start

from loganneal.cli import build_parser, compare, main
from loganneal.runs import Journal
from loganneal.studies import read_result
from loganneal.studies.declare.arms import ARMS
from loganneal.studies.declare.command import compare_command

TINY = ["--arms", "cosine,linear", "--trials", "2", "--steps", "4", "--train-examples", "128"]
SMALL = [*TINY, "--replicates", "1", "--workers", "0"]


def call(*words: str | Path, out: Path) -> int:
    """Run the command in this process, with a journal inside its folder."""
    return main(["compare", *map(str, words), "--out", str(out), "--records", str(out / "records")])


def test_trains_then_only_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first call trains and writes the folder; the second shows the same and touches no file."""
    assert call(*SMALL, out=tmp_path) == 0
    first = capsys.readouterr().out
    assert "This run only explores" in first
    assert "replicate 1/1 linear trial 2/2" in first
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    assert call(*SMALL, out=tmp_path) == 0
    second = capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before
    assert "runs done" not in second
    assert first[first.index("Arm ") :] == second[second.index("Arm ") :]


def test_writes_the_arms(tmp_path: Path) -> None:
    """`result.json` is that of a study of one: the arms with numbers and verdicts, the reference without one."""
    call(*SMALL, out=tmp_path)
    (found,) = read_result(tmp_path / "result.json").comparisons
    assert [(arm.name, arm.verdict) for arm in found.arms] == [("cosine", None), ("linear", "no verdict")]
    assert all(arm.scores and 0 < arm.scores.mean < 100 for arm in found.arms)
    assert len(Journal(tmp_path / "records")) == 4


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--arms", "cosine,liner"], "Did you mean 'linear'?"),
        (["--workload", "digit"], "Did you mean 'digits'?"),
        (["--arms", "cla,linear"], "the reference 'cosine'"),
        (["--trials", "0"], "Got 0 instead"),
        (["--peak-range", "1"], "two numbers with a comma"),
        (["--train-examples", "5000"], "'train_examples"),
        (["--peak-range", "0.01,1", "--peak-lr", "0.1"], "'peak_range' parameter of Comparison must be left out"),
        (["--metric", "loss"], "'--metric' parameter of loganneal compare must be left out without a command"),
        (["--retries", "0"], "'--retries' parameter"),
        (["--lower-is-better"], "Got '--lower-is-better' instead"),
        (["--gpus", "1"], "'--gpus' parameter of loganneal must be left out with --engine local"),
        (["--address", "127.0.0.1:9"], "'--address' parameter"),
        (["--engine", "ray", "--slurm", "partition=gpu"], "must be left out with --engine ray"),
        (["--workload", "digits", "--", "python", "train.py"], "'--workload' parameter"),
        (["--peak-range", "0.1,1", "--", "python", "train.py"], "'--peak-range' parameter"),
    ],
)
def test_bad_arguments(words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line says what is wrong before anything is trained or written, with exit code 2."""
    assert call(*words, out=tmp_path / "new") == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "new").exists()


def test_a_direction_is_given_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Both directions are refused, rather than the last one used."""
    with pytest.raises(SystemExit):
        main(["compare", "--lower-is-better", "--higher-is-better", "--", "python", "train.py"])
    assert "not allowed with argument --lower-is-better" in capsys.readouterr().err


def test_missing_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing data set is reported with the remedy, before the first run."""
    assert call("--workload", "cifar10", "--data-root", tmp_path, out=tmp_path / "new") == 2
    assert "--data-root" in capsys.readouterr().err


def test_help_teaches_by_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """The help names every arm and shows commands that are themselves valid."""
    with pytest.raises(SystemExit):
        build_parser().parse_args(["compare", "--help"])
    text = capsys.readouterr().out
    assert all(name in text for name in ARMS)
    examples = [line.split()[1:] for line in text.splitlines() if line.strip().startswith("loganneal compare")]
    assert len(examples) == 6
    for words in examples:
        build_parser().parse_args(words)


@pytest.mark.slow
def test_interrupted_then_continued(tmp_path: Path) -> None:
    """Ctrl-C ends the command with 130 and a note on how to continue; the same command then does the rest."""
    words = [*TINY, "--replicates", "40", "--workers", "1", "--out", str(tmp_path)]
    store = Journal(tmp_path / "records")
    process = start("compare", *words, "--records", str(store.folder))
    out, err = interrupt_when(process, lambda: len(store) >= 3)
    assert (process.returncode, err) == (130, "")
    assert "the same command continues" in out
    kept = len(store)
    assert 3 <= kept < 160
    assert call(*SMALL, out=tmp_path) == 0
    assert len(store) == max(kept, 4)


@pytest.mark.parametrize(
    ("words", "looks"),
    [
        ([], (4, 6, 8)),
        (["--arms", "cosine,linear", "--looks", "3,5"], (3, 5)),
        (["--replicates", "7"], ()),
        (["--peak-range", "0.01,1"], ()),
        (["--optimizer", "adamw"], ()),
        (["--optimizer", "adamw", "--peak-lr", "0.01"], (4, 6, 8)),
        (["--workload", "pneumonia"], ()),
    ],
)
def test_looks_where_a_rate_that_works_is_known(words: list[str], looks: tuple[int, ...]) -> None:
    """Without a number of replicates the plan may end early, if a peak rate is known for these very settings."""
    comparison = compare.declared(build_parser().parse_args(["compare", *words]))
    assert comparison.looks == looks
    assert comparison.screen == (2 if looks and len(comparison.rivals) > 1 else 0)
    assert comparison.replicates == (looks[-1] if looks else 7 if "7" in words else 10)


def test_the_printed_command_declares_the_same_plan() -> None:
    """The command that repeats a plan with looks plans the same runs."""
    for words in ([], ["--arms", "cosine,linear,cla", "--primary", "cla", "--peak-lr", "0.3", "--peak-factor", "1.7"]):
        comparison = compare.declared(build_parser().parse_args(["compare", *words]))
        again = build_parser().parse_args(shlex.split(compare_command(comparison))[1:])
        assert compare.declared(again) == comparison
