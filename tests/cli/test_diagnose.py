"""`loganneal diagnose` says what is wrong, shows it, and reports what it cannot read."""

import json
import shlex

import pytest

import loganneal as la
from loganneal.cli import main

SHORT = la.CyclicalLogAnnealing.fit(max_lr=0.1, total_steps=100, cycles=5)


@pytest.fixture
def csv(tmp_path):
    """A log with cycles of 20 steps."""
    path = tmp_path / "log.csv"
    rows = [f"{step},{SHORT(step)},{2.0 - step / 100}" for step in range(100)]
    path.write_text("\n".join(["step,learning_rate,loss", *rows]))
    return path


def test_diagnosis_evidence_advice_and_picture(csv, capsys):
    """All of them are printed, and so is the column that was read as the rate."""
    assert main(["diagnose", str(csv), "--steps-per-epoch", "40"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("cycles too short: ")
    for part in ("5 cycles, the longest of 20 steps; an epoch has 40.", "cycle_steps", "lr from learning_rate", "┤"):
        assert part in text


def test_a_healthy_log(csv, capsys):
    """Nothing is found, and the unknown number of steps per epoch is mentioned."""
    assert main(["diagnose", str(csv)]) == 0
    text = capsys.readouterr().out
    assert "none of the failures that could be checked" in text
    assert "it does not say how many steps an epoch has" in text


@pytest.mark.parametrize(("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")])
def test_the_picture_as_a_file(csv, tmp_path, suffix, start):
    """The suffix of the file selects PNG, SVG or PDF."""
    path = tmp_path / f"picture{suffix}"
    assert main(["diagnose", str(csv), "--out", str(path)]) == 0
    assert path.read_bytes().startswith(start)


def test_json_is_all_that_is_printed(csv, tmp_path, capsys):
    """This holds even if a picture is written too."""
    path = tmp_path / "picture.svg"
    assert main(["diagnose", str(csv), "--steps-per-epoch", "40", "--json", "--out", str(path)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["name"], found["span"], found["numbers"]["longest"]) == ("cycles too short", [0, 99], 20)
    assert path.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--out", "picture.gif"], "'--out' parameter of loganneal diagnose"),
        (["--steps-per-epoch", "0"], "'--steps-per-epoch' parameter"),
        (["--confirm"], "'--confirm' parameter of loganneal diagnose"),
    ],
)
def test_what_cannot_be_done_is_told(csv, options, message, capsys):
    """The exit status is 2, with one sentence."""
    assert main(["diagnose", str(csv), *options]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_only_a_run_folder_can_be_confirmed(csv, capsys):
    """A CSV of another tool cannot be trained again."""
    assert main(["diagnose", str(csv), "--steps-per-epoch", "40", "--confirm"]) == 2
    assert "'--confirm' parameter" in capsys.readouterr().err


def test_a_log_that_lacks_something_is_told(tmp_path, capsys):
    """The message says what was looked for, what is there, and which option names a column."""
    path = tmp_path / "log.csv"
    path.write_text("step,lr,entropy\n1,0.1,2\n")
    assert main(["diagnose", str(path)]) == 2
    error = capsys.readouterr().err
    assert "no column that is recognized as the training loss" in error
    assert "the columns are step, lr, entropy. Name it with --column loss=NAME." in error


def test_the_command_that_follows_the_advice(tmp_path, capsys):
    """For one of our own runs that ends at a high rate, it trains, and the fitted schedule ends low."""
    folder = str(tmp_path / "run")
    schedule = tmp_path / "schedule.json"
    schedule.write_text(json.dumps(la.Linear(0.1, 60).to_dict()))
    options = ["--schedule", str(schedule), "--steps", "20", "--train-examples", "320", "--validation-examples", "100"]
    assert main(["train", *options, "--out", folder]) == 0
    capsys.readouterr()
    assert main(["diagnose", folder, "--confirm"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("ends at a high rate")
    words = shlex.split(text.splitlines()[-1])
    assert words[:2] == ["loganneal", "train"]
    assert main([*words[1:-1], str(tmp_path / "again")]) == 0
    assert main(["diagnose", str(tmp_path / "again")]) == 0
    assert "ends at a high rate" not in capsys.readouterr().out
