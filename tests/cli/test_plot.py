"""`loganneal plot` draws in the terminal and into files, and tells what it cannot do."""

from pathlib import Path

import pytest

from loganneal.cli import build_parser, main


def test_the_terminal_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a file, the curves of cla and sgdr are printed."""
    assert main(["plot"]) == 0
    text = capsys.readouterr().out
    assert "cla, base 10" in text
    assert "sgdr" in text
    assert "▼" in text


@pytest.mark.parametrize(("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")])
def test_files(tmp_path: Path, suffix: str, start: bytes) -> None:
    """PNG, SVG and PDF by the file's name, every schedule and several bases in one figure."""
    path = tmp_path / f"curves{suffix}"
    names = ["cla", "sgdr", "saw", "published", "cosine", "linear", "one-cycle", "constant"]
    options = ["--base", "0.1,1,e,10", "--min-lr", "0.001", "--warmup-steps", "50", "--out", str(path)]
    assert main(["plot", *names, *options]) == 0
    assert path.read_bytes().startswith(start)


def test_a_budget_that_ends_in_a_cycle_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """A note with the remedy stands below the curves."""
    assert main(["plot", "cla", "--cycle-steps", "300"]) == 0
    assert "Note: CyclicalLogAnnealing, base 10: 1000 steps end in the middle of cycle 4" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["clas"], "Did you mean 'cla'?"),
        (["cla", "--base", "ten"], "'--base' parameter"),
        (["cla", "--base", "0"], "'base' parameter of CyclicalLogAnnealing"),
        (["cla", "--out", "x.gif"], "'.png', '.svg', '.pdf'"),
        (["published"], "min_lr is 0"),
        (["cla", "--cycles", "2000"], "'cycles' parameter of CyclicalLogAnnealing.fit"),
    ],
)
def test_what_cannot_be_drawn_is_told(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 2, one sentence, no traceback."""
    assert main(["plot", *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_every_command_teaches_by_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    """--help of the program and of each command ends with examples that the program itself understands."""
    commands = ["plot", "compare", "train", "diagnose", "lr-range", "study", "calibrate"]
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
