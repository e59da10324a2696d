"""What writing a file whole promises."""

from pathlib import Path

import pytest

from loganneal import _disk
from loganneal._disk import replace_file


def test_a_file_is_replaced(tmp_path: Path) -> None:
    """The new content is there, and nothing else in the folder."""
    for data in (b"first", b"second"):
        replace_file(tmp_path / "file", data)
        assert (tmp_path / "file").read_bytes() == data
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_failure_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails in the middle leaves the file as it was, and no part of the new one."""
    replace_file(tmp_path / "file", b"first")

    def write_half(path: Path, data: bytes) -> None:
        path.write_bytes(data[: len(data) // 2])
        raise OSError("No space left on device")

    monkeypatch.setattr(_disk, "write_synced", write_half)
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
