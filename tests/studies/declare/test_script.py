"""What is checked of a training command before it runs."""

import pytest

from loganneal.studies.declare.script import Script, read_margin, read_seconds


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
