"""`loganneal lr-range` gives a usable peak as a value and a picture."""

import json

import pytest

from loganneal.cli import main

FEW = ["--steps", "60"]


def test_a_value_and_a_picture_in_the_terminal(capsys):
    """The embedded digits are the default."""
    assert main(["lr-range", *FEW]) == 0
    text = capsys.readouterr().out
    assert text.startswith("A usable peak: ")
    assert "leaves this minimum at" in text
    assert "┤" in text


def test_json_and_a_file(tmp_path, capsys):
    """The value is printed for programs, and the picture is written too."""
    path = tmp_path / "range.svg"
    assert main(["lr-range", *FEW, "--json", "--out", str(path)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["usable"] == found["leaving"] / 2
    assert path.read_bytes().startswith(b"<?xml")


def test_losses_that_do_not_fall_are_drawn(tmp_path, capsys):
    """There is no usable peak, and the reason is given, but the losses are not lost."""
    low = [*FEW, "--low", "1e-9", "--high", "1e-8"]
    assert main(["lr-range", *low]) == 2
    captured = capsys.readouterr()
    assert "The loss does not fall by more than its noise in 60 steps at rates from 1e-09 to 1e-08" in captured.err
    assert "┤" in captured.out
    path = tmp_path / "range.svg"
    assert main(["lr-range", *low, "--out", str(path)]) == 2
    assert path.read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--workload", "digit"], "Did you mean 'digits'?"),
        (["--model", "resnet-tin"], "Did you mean 'resnet-tiny'?"),
        (["--low", "1", "--high", "0.1"], "'min_lr' parameter of ExponentialRise"),
        (["--out", "x.gif"], "'.png', '.svg', '.pdf'"),
        (["--steps", "5"], "'spec.steps' parameter of lr_range must be a whole number in [10, inf)"),
    ],
)
def test_what_cannot_be_done_is_told(options, message, capsys):
    """The exit status is 2, with one sentence."""
    assert main(["lr-range", *FEW, *options]) == 2
    assert message in capsys.readouterr().err
