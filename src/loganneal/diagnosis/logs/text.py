"""Text of strangers: read from regular files only, within bounds, and shown without what steers a terminal."""

import codecs
from pathlib import Path

from loganneal.diagnosis.logs import limits

_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class LogError(ValueError):
    """A log lacks something, or cannot be read; the message says what, and what to do."""


def printable(text: object) -> str:
    r"""Text with everything that is not printable as an escape: control characters, and what reverses lines.

    >>> printable("loss\x1b[2J")
    'loss\\x1b[2J'
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in str(text))


def read_bytes(file: Path, most: int = limits.BYTES) -> bytes:
    """The bytes of a regular file.

    Raises:
        LogError: It is something else, such as a pipe or a device, or it is too large.
        OSError: It is not there, or cannot be opened.
    """
    file.stat()  # a file that is not there is an OSError, and no LogError
    if not file.is_file():
        raise LogError(f"{printable(file)} is not a regular file.")
    with file.open("rb") as opened:
        data = opened.read(most + 1)
    if len(data) > most:
        raise LogError(f"{printable(file)} is larger than {most // 2**20} MiB. Thin it out, or log less often.")
    return data


def read_text(file: Path) -> str:
    """The text of a regular file: UTF-8, or UTF-16 that begins with its mark.

    Raises:
        LogError: It is not text, not a regular file, or too large.
        OSError: It is not there, or cannot be opened.
    """
    data = read_bytes(file)
    mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
    try:
        text = data.removeprefix(mark).decode(_MARKS.get(mark, "utf-8"))
    except UnicodeDecodeError as error:
        raise LogError(
            f"{printable(file)} is not text in UTF-8, or in UTF-16 with its mark: {error.reason}."
        ) from error
    if "\0" in text:
        raise LogError(f"{printable(file)} is not text: it holds null characters.")
    return text
