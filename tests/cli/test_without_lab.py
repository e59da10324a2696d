"""The command where only NumPy, or only what draws, is installed: help, pictures and logs need no laboratory."""

import subprocess
import sys

import pytest

LAB = ("filelock", "jinja2", "mlxtend", "platformdirs", "rich", "scipy", "timm", "torch", "torchvision")
DRAWING = ("matplotlib", "plotext")


def call(*words: str, hidden: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """Run the command in a process in which some packages cannot be imported."""
    hide = f"import sys; sys.modules.update(dict.fromkeys({hidden!r}))"
    program = f"{hide}; from loganneal.cli import main; sys.exit(main())"
    return subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], ["compare", "--help"], ["study", "run", "--help"]], ids=" ".join
)
def test_help_needs_numpy_alone(words: list[str]) -> None:
    """A command says what it is for before anything is installed for it."""
    done = call(*words, hidden=LAB + DRAWING)
    assert done.returncode == 0, done.stderr
    assert "loganneal" in done.stdout


@pytest.mark.parametrize("words", [["compare"], ["train", "--out", "new"], ["lr-range"], ["calibrate"]], ids=" ".join)
def test_what_is_missing_is_said(words: list[str]) -> None:
    """In one sentence, with what to install."""
    done = call(*words, hidden=LAB)
    assert done.returncode == 2
    assert done.stderr.startswith(f"loganneal {words[0]}: ")
    assert done.stderr.rstrip().endswith("Run: python -m pip install 'loganneal[lab]'.")
    assert done.stderr.count("\n") == 1


def test_schedules_are_drawn_by_the_extra_plot() -> None:
    """The packages that draw are enough."""
    done = call("plot", "cla", hidden=LAB)
    assert done.returncode == 0, done.stderr
    assert "┤" in done.stdout
