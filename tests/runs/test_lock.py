"""What holding a folder promises."""

import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from loganneal.runs.lock import NAME, LockUnsupportedError, hold, holder


class InUseError(OSError):
    """The folder is held; the message is the holder."""


def held_by(folder: Path) -> str | None:
    """The process that another one finds holding the folder, or None."""
    code = (
        "import pathlib, sys\n"
        "from loganneal.runs.lock import hold\n"
        "with hold(pathlib.Path(sys.argv[1]), lambda owner: sys.exit(owner)):\n"
        "    pass\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else None


def test_one_process_at_a_time(tmp_path: Path) -> None:
    """Another process is refused with the holder's number; once the holder is done or raises, the folder is free."""
    with hold(tmp_path, InUseError):
        assert held_by(tmp_path) == str(os.getpid())
    assert held_by(tmp_path) is None
    with pytest.raises(ZeroDivisionError), hold(tmp_path, InUseError):
        _ = 1 / 0
    assert held_by(tmp_path) is None


def test_the_holder_is_known_without_the_lock(tmp_path: Path) -> None:
    """Who holds a folder is read from its lock file; a process that is gone, and nonsense, hold nothing."""
    assert holder(tmp_path) is None
    with hold(tmp_path, InUseError):
        assert holder(tmp_path) == os.getpid()
    assert holder(tmp_path) is None
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    for text in (str(process.pid), "someone", "-1", "0", "9" * 30, ""):
        (tmp_path / NAME).write_text(text)
        assert holder(tmp_path) is None


def test_not_twice_in_one_process(tmp_path: Path) -> None:
    """The same process is refused too."""
    with hold(tmp_path, InUseError), pytest.raises(InUseError, match=str(os.getpid())), hold(tmp_path, InUseError):
        pass


def test_what_else_lies_in_the_lock_file_is_kept(tmp_path: Path) -> None:
    """A file that is no lock of ours is locked but not written; its holder is unknown."""
    (tmp_path / ".lock").write_text("precious\n")
    with hold(tmp_path, InUseError):
        assert held_by(tmp_path) == "unknown"
    assert (tmp_path / ".lock").read_text() == "precious\n"


def test_an_older_number_is_replaced(tmp_path: Path) -> None:
    """The number that a killed process left, perhaps a longer one, is replaced by the next holder's."""
    (tmp_path / ".lock").write_text("99999999999\n")
    with hold(tmp_path, InUseError):
        assert (tmp_path / ".lock").read_text() == f"{os.getpid()}\n"


@pytest.mark.parametrize("dangling", [False, True])
def test_a_symbolic_link_is_refused(tmp_path: Path, dangling: bool) -> None:
    """It is not followed: its target is neither written nor made, and the message says what to do."""
    target = tmp_path / "target"
    if not dangling:
        target.write_text("")
    (tmp_path / ".lock").symlink_to(target)
    with (
        pytest.raises(OSError, match=r"is a symbolic link, which is not followed\. Remove it"),
        hold(tmp_path, InUseError),
    ):
        pass
    assert dangling != target.exists()
    assert dangling or target.read_text() == ""


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """It is reported as such, with what to do, and not as a folder that is in use."""

    def refuse(*_: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with (
        pytest.raises(LockUnsupportedError, match=r"does not support file locks .*Use a folder on another") as caught,
        hold(tmp_path, InUseError),
    ):
        pass
    assert str(tmp_path) in str(caught.value)


def test_a_full_disk_does_not_keep_the_lock_from_being_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number is only there to help a reader."""

    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", refuse)
    with hold(tmp_path, InUseError):
        monkeypatch.undo()
        assert held_by(tmp_path) == "unknown"
