"""A command as a process of its own: it is started, watched, and ended together with everything that it started."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from loganneal.studies.engines import keeper

GRACE_SECONDS = 4.0
"""Seconds between the request to end and SIGKILL; less than a worker itself is given."""


class ChildProcess:
    """A running command; as a context manager, it leaves no process behind.

    The command runs under `keeper`, which ends it if this process is killed.

    Args:
        command: The words of the command.
        cwd: Folder in which it runs.
        environment: Its whole environment.
        folder: Where `stdout.txt` and `stderr.txt` are written.
        grace: Seconds that it has to end after it is asked to.
    """

    def __init__(
        self,
        command: Sequence[str],
        cwd: Path,
        environment: Mapping[str, str],
        folder: Path,
        grace: float = GRACE_SECONDS,
    ) -> None:
        self._told, told = os.pipe()
        try:
            with (folder / "stdout.txt").open("ab") as out, (folder / "stderr.txt").open("ab") as err:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-S", keeper.__file__, str(told), str(out.fileno()), str(grace), *command],
                    stdin=subprocess.PIPE,
                    stdout=err,
                    stderr=err,
                    cwd=cwd,
                    env=dict(environment),
                    start_new_session=True,
                    pass_fds=(told, out.fileno()),
                )
        finally:
            os.close(told)

    def wait(self, seconds: float) -> int | None:
        """Wait for its end: the exit status, negative for a signal, or None if it takes longer than these seconds."""
        ready, _, _ = select.select([self._told], [], [], seconds)
        if not ready:
            return None
        code = self._process.wait()
        return 128 - code if code > 128 else code

    def end(self) -> None:
        """End the command and everything that it started."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()
        with suppress(ProcessLookupError, PermissionError):  # in case the keeper itself was killed
            os.killpg(self._process.pid, signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()
        os.close(self._told)
