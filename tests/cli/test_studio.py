"""The command `loganneal studio`."""

import builtins
import signal
import subprocess
import sys
import urllib.request
from typing import Any

import pytest

from loganneal.cli import main


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without Dash, one sentence says what to install."""
    real = builtins.__import__

    def without_dash(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "dash":
            raise ModuleNotFoundError("No module named 'dash'", name="dash")
        return real(name, *rest)

    for name in [name for name in sys.modules if name.startswith("loganneal.studio")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without_dash)
    assert main(["studio", "--no-open"]) == 2
    assert "pip install 'loganneal[studio]'" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("folders", [[], ["."]])
def test_it_listens_and_stops(folders: list[str]) -> None:
    """The address is a line of its own, that of the studies if a folder is given; Ctrl-C ends the command cleanly."""
    pytest.importorskip("dash")
    command = [sys.executable, "-m", "loganneal.cli", "studio", "--no-open", *folders]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        place = process.stdout.readline().strip()
        assert place.startswith("http://127.0.0.1:")
        assert place.endswith("/studies" if folders else "/")
        with urllib.request.urlopen(place) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0


def test_a_wrong_port_is_a_user_error(capsys: pytest.CaptureFixture[str]) -> None:
    """The message names the option."""
    pytest.importorskip("dash")
    assert main(["studio", "--no-open", "--port", "99999"]) == 2
    assert "--port" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_a_user_error(capsys: pytest.CaptureFixture[str]) -> None:
    """The message names it."""
    pytest.importorskip("dash")
    assert main(["studio", "--no-open", "no-such-folder"]) == 2
    assert "no-such-folder" in capsys.readouterr().err
