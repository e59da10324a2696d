"""`loganneal plot` draws in the terminal and into files, and reports what it cannot do."""

import json
from pathlib import Path

import pytest

import loganneal as la
from loganneal.cli import build_parser, main
from loganneal.cli._arm import NAMES
from loganneal.cli.plot import named_schedules
from loganneal.cli.train import specify
from loganneal.data import find_workload
from loganneal.studies.declare.comparison import declare


def test_the_terminal_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a file, the curves of cla and sgdr are printed."""
    assert main(["plot"]) == 0
    text = capsys.readouterr().out
    assert "cla" in text
    assert "sgdr" in text
    assert "▼" in text


@pytest.mark.parametrize(("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")])
def test_files(tmp_path: Path, suffix: str, start: bytes) -> None:
    """The suffix of the file selects PNG, SVG or PDF, with every schedule and several bases in one figure."""
    path = tmp_path / f"curves{suffix}"
    names = ["cla", "sgdr", "saw", "published", "cosine", "linear", "one-cycle", "constant"]
    options = ["--base", "0.1,1,e,10", "--min-lr", "0.001", "--warmup-steps", "50", "--out", str(path)]
    assert main(["plot", *names, *options]) == 0
    assert path.read_bytes().startswith(start)


def test_a_budget_that_ends_in_a_cycle_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """There is a note with the remedy below the curves."""
    assert main(["plot", "cla", "--cycle-steps", "300"]) == 0
    assert "Note: CyclicalLogAnnealing, base 10: 1000 steps end in the middle of cycle 4" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["clas"], "Did you mean 'cla'?"),
        (["cla", "--base", "ten"], "'--base' parameter"),
        (["cla", "--base", "0"], "'base' parameter of CyclicalLogAnnealing"),
        (["cla", "--out", "x.gif"], "'.png', '.svg', '.pdf'"),
        (["published", "--min-lr", "0"], "min_lr is 0"),
        (["cosine", "--peak-decay", "0.5"], "must be left out, since cosine has no such parameter. Got 0.5"),
        (["one-cycle", "constant", "--cycle-steps", "30"], "none of one-cycle, constant has such a parameter"),
        (["--total-steps", "9" * 30], "'--total-steps' parameter of loganneal plot"),
        (["missing.json"], "There is no file 'missing.json' in the folder"),
        (["/nowhere/missing.json"], "There is no folder '/nowhere'."),
        (["cla", "--out", "nowhere/cla.png"], "There is no folder 'nowhere'."),
        (["cla", "--cycles", "2000"], "'cycles' parameter of CyclicalLogAnnealing.fit"),
    ],
)
def test_what_cannot_be_drawn_is_told(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit status is 2, with one sentence and no traceback."""
    assert main(["plot", *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_short_name_means_one_schedule(name: str) -> None:
    """What is drawn is what `train` trains with and `compare` compares, by the same name, peak and budget."""
    parser = build_parser()
    ((label, drawn),) = named_schedules(parser.parse_args(["plot", name, "--total-steps", "237", "--max-lr", "0.3"]))
    arguments = ["train", "--out", "x", "--schedule", name, "--steps", "237", "--max-lr", "0.3"]
    trained = specify(parser.parse_args(arguments), find_workload("digits")).schedule
    arms = ("cosine", name) if name != "cosine" else ("cosine", "cla")
    compared = declare("digits", arms=arms, steps=237).arm(name).build(0.3, 237)
    assert label == name
    assert drawn == trained == compared


def test_options_override_the_parameters_of_the_arm() -> None:
    """As with `train --set`; a floor may be given as a rate, and a warmup in steps."""
    arguments = ["plot", "cla", "cosine", "--cycles", "3", "--base", "2", "--min-lr", "0.003", "--warmup-steps", "7"]
    (label, cla), (_, cosine) = named_schedules(build_parser().parse_args(arguments))
    assert label == "cla, base 2"
    expected = la.CyclicalLogAnnealing.fit(total_steps=1000, cycles=3, max_lr=0.1, base=2, min_lr=0.003, warmup_steps=7)
    assert cla == expected
    assert cosine == la.Warmup(la.Cosine(0.1, 993, 0.003), 7)


def test_a_warmup_in_steps_replaces_that_of_the_arm() -> None:
    """Also where the arm declares its own share."""
    ((_, drawn),) = named_schedules(build_parser().parse_args(["plot", "log-decay", "--warmup-steps", "50"]))
    assert drawn == la.CyclicalLogAnnealing.fit(total_steps=1000, max_lr=0.1, base=0.3, warmup_steps=50)


def test_a_schedule_of_a_file_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is drawn as it is, under the name of the file; if it is nested too deeply or invalid, a sentence says so."""
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(la.Rex(0.2, 50).to_dict()))
    assert main(["plot", str(path), "--total-steps", "50"]) == 0
    assert "mine" in capsys.readouterr().out
    for text in ("[" * 100_000, '{"a": 1}', "\x00"):
        path.write_text(text)
        assert main(["plot", str(path)]) == 2
        assert "a file with a schedule's to_dict()" in capsys.readouterr().err


@pytest.mark.parametrize("peak", ["5e-324", "1e-300", "1e300", "1e308", "nan", "-1", "inf"])
@pytest.mark.parametrize("steps", ["1", "2", "1000000"])
def test_weird_numbers_never_end_in_a_traceback(peak: str, steps: str, capsys: pytest.CaptureFixture[str]) -> None:
    """They are drawn or refused with a sentence, whatever the schedule."""
    for name in NAMES:
        code = main(["plot", name, f"--max-lr={peak}", "--total-steps", steps])
        captured = capsys.readouterr()
        assert code in (0, 2)
        assert bool(captured.err) == (code == 2)


def test_a_million_cycles_are_drawn_with_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    """This once took a minute and five gigabytes."""
    assert main(["plot", "cla", "--total-steps", "10000000", "--cycles", "1000000"]) == 0
    assert "1000000 cycles are more than can be shown" in capsys.readouterr().out


def test_every_command_teaches_by_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    """--help of the program and of each command ends with examples that the program itself understands."""
    commands = ["plot", "compare", "train", "diagnose", "lr-range", "study", "calibrate", "predict", "studio"]
    for command in ([], *([command] for command in commands)):
        with pytest.raises(SystemExit) as end:
            main([*command, "--help"])
        assert end.value.code == 0
        text = capsys.readouterr().out
        examples = [
            line.strip().split(maxsplit=1)[1]
            for line in text[text.index("example") :].splitlines()
            if line.strip().startswith("loganneal ")
        ]
        assert examples
        for example in examples:
            words = example.split("   ")[0].split()
            assert build_parser().parse_args(words).command in commands
