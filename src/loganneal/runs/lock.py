"""One process at a time: the operating system's lock on a file, released when its process ends, however it ends."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from loganneal._reading import read_text

NAME = ".lock"

_UNSUPPORTED = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
_PID_LENGTH = 32  # bytes, more than the text of any process number


class LockUnsupportedError(OSError):
    """The file system has no locks."""


@contextmanager
def hold(folder: Path, refusal: Callable[[str], OSError]) -> Iterator[None]:
    """Hold a folder by its lock file, which is created if missing, and says which process holds it.

    A lock file that is a symbolic link is refused, and one that contains something other than a process number is
    locked but not written.

    Args:
        folder: The folder, which must exist.
        refusal: Function from the number of another process that holds the folder to the error to raise.

    Raises:
        LockUnsupportedError: The file system has no locks.
        OSError: The error that `refusal` returns, or the lock file cannot be opened.
    """
    path = folder / NAME
    lock = FileLock(path, blocking=False, fallback_to_soft=False, on_acquired=_sign)
    try:
        acquire(lock)
    except Timeout as error:
        raise refusal(_owner(path)) from error
    try:
        yield
    finally:
        _unsign(path)
        lock.release()


def holder(folder: Path) -> int | None:
    """The process of this machine that holds a folder, as far as can be told without touching its lock, or None.

    The lock file names the process until it releases the folder. Since it may have been killed, the operating system is
    asked whether it is alive; another process that has its number by now is taken for it. On Windows, where asking
    would end the process, the answer is None.

    Args:
        folder: The folder.
    """
    path = folder / NAME
    try:
        number = int(read_text(path, _PID_LENGTH, follow=False))
    except (OSError, ValueError):
        return None
    return number if number > 0 and _lives(number) else None


def _lives(process: int) -> bool:
    if os.name == "nt":
        return False
    try:
        os.kill(process, 0)
    except PermissionError:  # it is another user's
        return True
    except (OSError, OverflowError):
        return False
    return True


def acquire(lock: FileLock) -> None:
    """Acquire a lock of filelock's, with errors that say what to do.

    Raises:
        LockUnsupportedError: The file system has no locks.
        Timeout: Another process holds it for longer than the lock waits.
        OSError: The lock file cannot be opened, as when it is a symbolic link.
    """
    try:
        lock.acquire()
    except Timeout:
        raise
    except OSError as error:
        raise _explained(error, Path(lock.lock_file)) from error


def _explained(error: OSError, path: Path) -> OSError:
    if error.errno in _UNSUPPORTED:
        return LockUnsupportedError(
            f"The file system of {path.parent} does not support file locks ({error.strerror}). "
            "Use a folder on another file system."
        )
    if path.is_symlink():
        return OSError(f"The lock file {path} is a symbolic link, which is not followed. Remove it.")
    return error


def _sign(descriptor: int) -> None:
    """Write this process's number into a lock file that is empty or contains another one's."""
    with suppress(OSError):  # the number is a help to the reader; a full disk may refuse it
        if os.read(descriptor, _PID_LENGTH).strip().isdigit() or not os.fstat(descriptor).st_size:
            os.ftruncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, f"{os.getpid()}\n".encode())


def _unsign(path: Path) -> None:
    """Remove this process's number from a lock file that it holds."""
    with suppress(OSError):  # the number is a help to the reader; Windows keeps others from writing a locked file
        if _owner(path) == str(os.getpid()):
            os.truncate(path, 0)


def _owner(path: Path) -> str:
    """The process number in a lock file, or "unknown"."""
    with suppress(OSError, ValueError):
        return str(int(path.read_text()))
    return "unknown"
