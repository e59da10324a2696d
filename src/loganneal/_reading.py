"""Reading untrusted files: regular files of bounded size, and JSON of bounded depth."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from loganneal import _limits
from loganneal._checks import printable


class UnfitFileError(OSError):
    """A file that is refused: it is not a regular file, is a link where none is allowed, or is too large."""


def read_bytes(path: Path, largest: int, *, follow: bool = True) -> bytes:
    """The content of a regular file.

    A pipe, socket or device is refused before anything is read from it, since it may never end. The kind is checked on
    the open file, so that nobody can replace the file in between.

    Args:
        path: The file.
        largest: Maximum number of bytes to read.
        follow: Whether the path may be a symbolic link.

    Raises:
        UnfitFileError: It is not a regular file, is a link where none is allowed, or is too large.
        OSError: It cannot be opened or read.
    """
    if not follow and path.is_symlink():
        raise UnfitFileError(f"{printable(path)} is a symbolic link, and links are not followed here.")
    flags = _FLAGS | (0 if follow else getattr(os, "O_NOFOLLOW", 0))
    require_regular(path, path.stat())  # a socket cannot even be opened
    with os.fdopen(os.open(path, flags), "rb") as file:
        require_regular(path, os.fstat(file.fileno()))
        data = file.read(largest + 1)
    if len(data) > largest:
        raise UnfitFileError(f"{printable(path)} is larger than {size(largest)}, the largest size that is read.")
    return data


_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_CLOEXEC", "O_NONBLOCK", "O_BINARY"))


def require_regular(path: Path, facts: os.stat_result) -> None:
    """Raise an error that names a file's kind, unless it is a regular file."""
    if not stat.S_ISREG(facts.st_mode):
        raise UnfitFileError(f"{printable(path)} must be a regular file. It is {_kind(facts.st_mode)}.")


def read_text(path: Path, largest: int, *, follow: bool = True) -> str:
    """The content of a regular file as UTF-8 text; see `read_bytes`.

    Raises:
        UnicodeDecodeError: It is not valid UTF-8.
    """
    return read_bytes(path, largest, follow=follow).decode()


def parse_json(text: str) -> Any:
    """The value of JSON text.

    Raises:
        ValueError: It is not JSON, or nested too deeply.

    Example:
        >>> parse_json("[" * 1000 + "]" * 1000)
        Traceback (most recent call last):
        ...
        ValueError: nested more than 200 levels deep
    """
    return bounded(lambda: json.loads(text, parse_constant=_refuse_constant))


def bounded(parse: Callable[[], Any]) -> Any:
    """What a parser returns, refused if it is nested too deeply.

    Raises:
        ValueError: It is nested too deeply, or the parser raises this error.
    """
    try:
        value = parse()
    except RecursionError:
        _refuse_depth()
    level = [value]
    for _ in range(_limits.NESTING):
        level = [inner for outer in level for inner in _inside(outer)]
    if any(isinstance(one, dict | list) for one in level):
        _refuse_depth()
    return value


def size(count: int) -> str:
    """A number of bytes as text.

    >>> size(3 * 2**30), size(1000)
    ('3 GiB', '1,000 bytes')
    """
    for unit, name in ((_limits.GIB, "GiB"), (_limits.MIB, "MiB")):
        if count >= unit:
            return f"{round(count / unit, 1):,g} {name}"
    return f"{count:,} bytes"


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _refuse_depth() -> NoReturn:
    raise ValueError(f"nested more than {_limits.NESTING} levels deep") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def _kind(mode: int) -> str:
    return _KINDS.get(stat.S_IFMT(mode), "something else")
