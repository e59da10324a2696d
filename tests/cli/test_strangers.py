"""The commands given untrusted files and arguments: a sentence, never a traceback, and no code from a file."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loganneal.cli import main
from loganneal.data import custom

MODULE = """
from pathlib import Path

Path("ran").touch()

import torch
from torch import nn


def line():
    x = torch.linspace(-1, 1, 60)[:, None]
    return (lambda: nn.Linear(1, 1)), [(x[part::3], x[part::3]) for part in range(3)], nn.functional.mse_loss, "loss"


def broken():
    return 1 / 0
"""

STUDY = """
workload = "mine_of_strangers:line"
arms = ["cosine", "linear"]
trials = 1
replicates = 1
steps = 2
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with a study of a workload that is code."""
    (tmp_path / "mine_of_strangers.py").write_text(MODULE)
    (tmp_path / "own.toml").write_text(STUDY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("LOGANNEAL_RECORDS", str(tmp_path / "records"))
    monkeypatch.delitem(sys.modules, "mine_of_strangers", raising=False)
    custom._call.cache_clear()
    return tmp_path


@pytest.mark.parametrize("action", ["status", "report"])
def test_reading_a_study_runs_no_code(here: Path, action: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Status and report of a study whose workload is code do not import it; they say that nothing is known yet."""
    assert main(["study", action, "own.toml"]) == 2
    assert not (here / "ran").exists()
    assert "mine_of_strangers:line is code, which only `loganneal study run` runs" in capsys.readouterr().err


def test_running_says_what_it_runs(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Running names the code first; afterwards status and report know the workload without its code."""
    assert main(["study", "run", "own.toml", "--workers", "0"]) == 0
    assert capsys.readouterr().out.startswith(
        "Running code that the study names: line() in the module mine_of_strangers"
    )
    (here / "ran").unlink()
    del sys.modules["mine_of_strangers"]
    for action in ("status", "report"):
        assert main(["study", action, "own.toml"]) == 0
        assert "mine_of_strangers:line" in capsys.readouterr().out
    assert not (here / "ran").exists()


@pytest.mark.parametrize("kept", ["", "[]", "{}", '{"mine_of_strangers:line": {"metric": 3}}', "[" * 5000])
def test_damaged_facts_are_named(here: Path, kept: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What was kept of the code is checked field by field; if it is damaged, the message names it and the remedy."""
    folder = here / "loganneal-study" / "own"
    folder.mkdir(parents=True)
    (folder / "workloads.json").write_text(kept)
    assert main(["study", "status", "own.toml"]) == 2
    assert "`loganneal study run` writes it" in capsys.readouterr().err


def test_code_that_fails_is_named_with_its_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An error in the user's function becomes one sentence with the line in the user's file."""
    assert main(["compare", "--workload", "mine_of_strangers:broken"]) == 2
    assert "failed: ZeroDivisionError: division by zero (mine_of_strangers.py:16)" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--model", "nosuch"], ["--optimizer", "nosuch"], ["--margin", "1e-300"]])
def test_what_cannot_run_is_refused_first(here: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A comparison that cannot be trained is refused before a run is started, and leaves no folder."""
    assert main(["compare", *words]) == 2
    assert "parameter of" in capsys.readouterr().err
    assert not (here / "loganneal-compare").exists()


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("trials = 1000000000000", "'trials' parameter"),
        ("replicates = 1000000000000", "'replicates' parameter"),
        ("replicates = 100000", "at most 100,000 runs"),
        ("margin = 1e-300", "'margin' parameter"),
        ("peak_range = [1e-300, 1e300]", "'peak_range' parameter"),
        ("x = " + "[" * 1000 + "]" * 1000, "nested more than 200 levels deep"),
        ("steps = 1000000000000", "'steps' parameter"),
        ('title = "a\\u001b[31m"', "without control characters"),
        ('title = "a\\u202eb"', "without control characters"),
        ("\n".join(f'[arm.a{number}]\nlike = "cosine"' for number in range(5000)), "at most 100"),
        ("[[comparison]]\n" * 5000, "at most 1,000"),
    ],
)
def test_studies_beyond_the_bounds(here: Path, line: str, complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What a study may declare is bounded, and anything beyond is refused at once with a sentence."""
    name = line.split(" ")[0]
    kept = [one for one in STUDY.replace("mine_of_strangers:line", "digits").splitlines() if not one.startswith(name)]
    Path("bad.toml").write_text("\n".join([*kept, line]))
    assert main(["study", "status", "bad.toml"]) == 2
    error = capsys.readouterr().err
    assert complaint in error
    assert error.strip().isprintable()


def test_file_that_is_no_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe in place of a study or a schedule is refused because of its kind, without waiting for it."""
    os.mkfifo("pipe.toml")
    os.mkfifo("pipe.json")
    assert main(["study", "status", "pipe.toml"]) == 2
    assert "It is a pipe" in capsys.readouterr().err
    assert main(["train", "--schedule", "pipe.json", "--out", "run"]) == 2
    assert "It is a pipe" in capsys.readouterr().err
    assert not Path("run").exists()


def test_brackets_and_escapes_in_a_folder_are_shown(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder's name is neither markup nor a terminal command, wherever it is printed."""
    words = ["--steps", "2", "--train-examples", "64", "--validation-examples", "20", "--out", "a[/b]\x1b[31m"]
    assert main(["train", *words]) == 0
    shown = capsys.readouterr().out
    assert "a[/b]\\x1b[31m" in shown
    assert "\x1b" not in shown


def test_an_early_interruption_is_one_line(here: Path) -> None:
    """Ctrl-C in the first seconds, while libraries are imported, ends a command with one line and the status 130."""
    default = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"  # shells may have had it ignored
    )
    code = f"{default}\nimport loganneal.cli, sys; print(flush=True); sys.exit(loganneal.cli.main())"
    command = [sys.executable, "-c", code]
    started = subprocess.Popen(
        [*command, "compare"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert started.stdout is not None
    started.stdout.readline()
    time.sleep(0.3)
    started.send_signal(signal.SIGINT)
    try:
        _, error = started.communicate(timeout=60)
    finally:
        started.kill()
    assert started.returncode in (130, -signal.SIGINT)  # the second, which shells show as 130, is CPython's own choice
    assert "Traceback" not in error
