"""Untrusted text: read from regular files only, and within bounds."""

import codecs
from collections.abc import Iterable
from pathlib import Path

from loganneal import _limits
from loganneal._checks import printable
from loganneal._reading import read_bytes

NAMED = 30
"""The most names that a message lists."""

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class LogError(ValueError):
    """A log lacks something or cannot be read; the message says what, and what to do."""


def read_text(file: Path) -> str:
    """The text of a regular file: UTF-8, or UTF-16 that begins with its mark.

    Raises:
        LogError: It is not text.
        OSError: It is not there, cannot be opened, is not a regular file, or is too large.
    """
    data = read_bytes(file, _limits.LOG_BYTES)
    mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
    try:
        text = data.removeprefix(mark).decode(_MARKS.get(mark, "utf-8"))
    except UnicodeDecodeError as error:
        raise LogError(
            f"{printable(file)} is not text in UTF-8, or in UTF-16 with a byte-order mark: {error.reason}."
        ) from error
    if "\0" in text:
        raise LogError(f"{printable(file)} is not text: it contains null characters.")
    return text


def listed(names: Iterable[str]) -> str:
    """Names for a message, not too many of them."""
    shown = list(names)
    more = f" and {len(shown) - NAMED} more" if len(shown) > NAMED else ""
    return ", ".join(shown[:NAMED]) + more
