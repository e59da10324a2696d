"""What reading an untrusted file promises, whoever reads."""

import os
from pathlib import Path

import pytest

from loganneal._checks import fail, printable
from loganneal._reading import UnfitFileError, bounded, parse_json, read_bytes, read_text


def test_a_regular_file_is_read(tmp_path: Path) -> None:
    """Up to the bound, which belongs to it, a file is read whole, through a link where links are allowed."""
    (tmp_path / "file").write_text("abc")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert read_bytes(tmp_path / "file", 3) == b"abc"
    assert read_text(tmp_path / "link", 3) == "abc"


def test_what_is_unfit_is_refused(tmp_path: Path) -> None:
    """A file above the bound, a link where none may be, a folder and a pipe are refused in one sentence each."""
    (tmp_path / "file").write_text("abc")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    for name, complaint in (("file", "larger than 2 bytes"), ("pipe", "a pipe"), (".", "a folder")):
        with pytest.raises(UnfitFileError, match=complaint):
            read_bytes(tmp_path / name, 2)
    with pytest.raises(UnfitFileError, match="symbolic link"):
        read_bytes(tmp_path / "link", 3, follow=False)


@pytest.mark.parametrize("text", ["[NaN]", "[Infinity]", "[" * 300 + "]" * 300, "{", ""])
def test_json_that_is_none(text: str) -> None:
    """Constants that JSON does not have, and nesting beyond the bound, are refused."""
    with pytest.raises(ValueError, match=r"JSON|nested|Expecting"):
        parse_json(text)


def test_depth_counts_lists_and_tables() -> None:
    """The bound of nesting is that of lists and tables together; at it a value is taken."""
    value: object = 1
    for level in range(200):
        value = [value] if level % 2 else {"a": value}
    assert bounded(lambda: value) is value
    with pytest.raises(ValueError, match="nested more than 200 levels deep"):
        bounded(lambda: [value])


@pytest.mark.parametrize("text", ["\x1b[31m", "\r", "\x07", "\u202e", "\udcff", "\x9b"])
def test_what_a_terminal_would_obey_is_escaped(text: str) -> None:
    """Escape sequences, control characters, direction marks and undecodable bytes are shown, and words left alone."""
    assert printable(f"é {text} 漢").isprintable()
    assert printable("é 漢 [b]") == "é 漢 [b]"


def test_errors_repeat_little_of_a_value() -> None:
    """A refused value is repeated up to a length, and one that cannot be shown is named by its type."""
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    for value, shown in (("a" * 10**6, r"\.\.\. instead"), (deep, "list that cannot be shown")):
        with pytest.raises(ValueError, match=shown) as caught:
            fail("Owner", "name", "short", value)
        assert len(str(caught.value)) < 600
