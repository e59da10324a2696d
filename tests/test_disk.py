"""What writing a file whole promises."""

import os
from pathlib import Path

import pytest

from loganneal._disk import replace_file, replacing


def test_a_file_is_replaced(tmp_path: Path) -> None:
    """The new content is there, and nothing else in the folder."""
    for data in (b"first", b"second"):
        replace_file(tmp_path / "file", data)
        assert (tmp_path / "file").read_bytes() == data
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_file_takes_its_place_when_it_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new content is synced before it replaces the old one, and the folder's names after it."""
    order: list[str] = []
    sync, rename = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda descriptor: order.append("sync") or sync(descriptor))
    monkeypatch.setattr(Path, "replace", lambda path, target: order.append("replace") or rename(path, target))
    replace_file(tmp_path / "file", b"new")
    assert order == ["sync", "replace", "sync"]


def write_half(path: Path) -> None:
    """Be interrupted while a file is written."""
    with replacing(path) as file:
        file.write(b"sec")
        raise KeyboardInterrupt


def test_a_failure_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails leaves the file as it was, and no part of the new one; so does an interruption."""
    replace_file(tmp_path / "file", b"first")
    with pytest.raises(KeyboardInterrupt):
        write_half(tmp_path / "file")

    def fail(_: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        replace_file(tmp_path / "file", b"second")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("file", b"first")]


@pytest.mark.parametrize("name", ["file", ".writing-file"])
def test_a_symbolic_link_is_refused(tmp_path: Path, name: str) -> None:
    """Neither the file nor what is written before it may be a link: its target stays as it is."""
    (tmp_path / "target").write_bytes(b"precious")
    (tmp_path / name).symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="symbolic link"):
        replace_file(tmp_path / "file", b"new")
    assert (tmp_path / "target").read_bytes() == b"precious"
