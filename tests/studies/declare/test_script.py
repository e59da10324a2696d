"""What is checked of a training command before it runs."""

from pathlib import Path

import pytest

from loganneal.studies.declare.script import Script, digest_of, newest_file, read_margin, read_seconds


@pytest.mark.parametrize(
    ("log", "message"),
    [
        ("", "a file below the output folder"),
        ("/abs/metrics.csv", "a file below the output folder"),
        ("../metrics.csv", "a file below the output folder"),
        ("stdout:(?P<loss>", "a regular expression"),
        ("stdout:loss (.*)", "named groups"),
    ],
)
def test_a_log_that_no_run_can_have_is_refused(log: str, message: str) -> None:
    """Before the first run."""
    with pytest.raises(ValueError, match=f"'log' parameter of a comparison must be .*{message}"):
        Script(command=("python", "train.py"), log=log)


def test_a_command_in_quotes_is_refused() -> None:
    """It would be looked for as a program of that name."""
    with pytest.raises(ValueError, match="Remove the quotes around the whole command"):
        Script(command=("python train.py --seed ${seed} " + 300 * "x",)).with_digest()


@pytest.mark.parametrize("text", ["1.2.3h", "", "h", "3 weeks", "."])
def test_what_is_no_time_is_refused_by_name(text: str) -> None:
    """The message names the option."""
    with pytest.raises(ValueError, match="'timeout' parameter of a comparison"):
        read_seconds("a comparison", "timeout", text)


@pytest.mark.parametrize("text", ["1.2.3%", "%", "few"])
def test_what_is_no_margin_is_refused_by_name(text: str) -> None:
    """The message names the parameter."""
    with pytest.raises(ValueError, match="'margin' parameter of a comparison"):
        read_margin(text)


@pytest.mark.parametrize(
    ("command", "file"),
    [
        (("sh", "run.sh", "--config=small.yaml"), "small.yaml"),
        (("sh", "run.sh", "config=small.yaml"), "small.yaml"),
        (("sh", "run.sh", "small.json"), "small.json"),
        (("sh", "run.sh"), "conf/model/small.yaml"),
        (("sh", "run.sh"), "parts/model.py"),
        (("python", "../other/train.py"), "../other/train.py"),
    ],
)
def test_code_and_configuration_are_in_the_digest(command: tuple[str, ...], file: str, tmp_path: Path) -> None:
    """A file that the command names, as a word or as a value, and what is in folders of code and configuration."""
    cwd = tmp_path / "project"
    for name in ("run.sh", "results.json", file):
        (cwd / name).parent.mkdir(parents=True, exist_ok=True)
        (cwd / name).write_text("1")
    before = digest_of(command, cwd)
    (cwd / "results.json").write_text("2")  # what a run may have written
    assert digest_of(command, cwd) == before
    (cwd / file).write_text("2")
    assert digest_of(command, cwd) != before
    assert newest_file(command, cwd) == file


def test_what_a_run_writes_is_no_code(tmp_path: Path) -> None:
    """The value of an option may name a log; words too long for a name are no files."""
    command = ("python", "train.py", "--log=train.log", "--text=" + 300 * "x", 300 * "y")
    (tmp_path / "train.py").write_text("1")
    before = digest_of(command, tmp_path)
    (tmp_path / "train.log").write_text("loss 2.3")
    assert digest_of(command, tmp_path) == before
