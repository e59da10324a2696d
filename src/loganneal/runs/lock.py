"""One process at a time: the operating system's lock of a file, which ends with its process, however that ends."""

import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from typing import IO

NAME = ".lock"


def hold(file: IO[str], refusal: Callable[[str], OSError]) -> None:
    """Lock an open file until it is closed, and write this process's number into it.

    Args:
        file: Open for reading and writing.
        refusal: The error to raise where another process has it, from that process's number.
    """
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        raise refusal(file.read().strip() or "unknown") from error
    if not os.fstat(file.fileno()).st_nlink:  # its holder removed it at its end, between our opening and our locking
        raise refusal("unknown")
    with suppress(OSError):  # the number is a help to the reader; a full disk may refuse it
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
