"""A file of a journal that has been compressed by xz: its lines are read, and none are ever appended."""

import io
import lzma
from pathlib import Path
from typing import IO

from loganneal import _limits
from loganneal._checks import printable
from loganneal._reading import UnfitFileError, read_bytes, size
from loganneal.runs._journal_file import JournalFile


class SealedFile(JournalFile):
    """The lines of a compressed file, found by key; it is unpacked in memory once, and again if it was replaced.

    Raises:
        UnfitFileError: It is not an xz file, is damaged, or unpacks to more than `_limits.SEALED_BYTES`.
    """

    def _forget(self) -> None:
        super()._forget()
        self._data: bytes | None = None

    def _opened(self) -> IO[bytes]:
        if self._data is None:
            self._data = _unpacked(self.path)
        return io.BytesIO(self._data)


def _unpacked(path: Path) -> bytes:
    unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ)
    try:
        data = unpacker.decompress(read_bytes(path, _limits.SEALED_BYTES, follow=False), _limits.SEALED_BYTES + 1)
    except lzma.LZMAError as error:
        raise _damaged(path) from error
    if len(data) > _limits.SEALED_BYTES:
        raise UnfitFileError(f"{printable(path)} unpacks to more than {size(_limits.SEALED_BYTES)}.")
    if not unpacker.eof:
        raise _damaged(path)
    return data


def _damaged(path: Path) -> UnfitFileError:
    remedy = "Restore it from a copy, or remove it to train its runs again."
    return UnfitFileError(f"{printable(path)} is not an intact xz file. {remedy}")
