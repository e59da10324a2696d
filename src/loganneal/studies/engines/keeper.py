"""Run one command and leave no process of it behind, however the process that asked for it ends.

`python keeper.py END OUT GRACE COMMAND ...` needs nothing but the standard library, so that it starts within
milliseconds. The asking process holds the other end of the pipe that is its standard input: when that end is closed, or
the process dies, the command is ended together with everything that it started. END is a pipe that stays open until
everything has ended, and OUT is the command's standard output. The exit status is the command's, or 128 + N for a
signal N. On Linux, processes that leave the command's group are adopted and ended too; elsewhere only the group is
ended.
"""

# Imports cost milliseconds that every run would pay: pathlib and contextlib are left out.
# ruff: noqa: PTH123, SIM105

import os
import select
import signal
import sys
import time

_SET_CHILD_SUBREAPER = 36  # of prctl
_POLL_SECONDS = 0.02


def main(end: int, out: int, grace: float, command: list[str]) -> int:
    """Run the command until it ends, or until standard input does.

    Args:
        end: Descriptor that only this process holds.
        out: Descriptor of the command's standard output.
        grace: Seconds between the request to end and SIGKILL.
        command: The words of the command.
    """
    wakeup, signalled = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC) if hasattr(os, "pipe2") else os.pipe()
    os.set_blocking(signalled, False)
    signal.set_wakeup_fd(signalled)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    _adopt()
    os.set_inheritable(end, False)
    signal.pthread_sigmask(
        signal.SIG_BLOCK, {signal.SIGTERM}
    )  # until this process ignores it, and the command does not
    child = _start(out, command)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # sent to the whole group, which includes this process
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    status = _watch(child, wakeup)
    if status is None:
        os.killpg(0, signal.SIGTERM)
        status = _wait(child, grace)
    _end_descendants()
    return status if status is not None else 128 + signal.SIGKILL


def _start(out: int, command: list[str]) -> int:
    child = os.fork()
    if child:
        return child
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(out, 1)
    os.close(out)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
        os._exit(127)


def _adopt() -> None:
    """Become the parent of descendants whose own parent ends."""
    if sys.platform == "linux":
        import ctypes  # takes milliseconds, and only Linux needs it

        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1)


def _watch(child: int, wakeup: int) -> int | None:
    """The command's status; None if standard input ended first."""
    while True:
        status = _reap(child)
        if status is not None:
            return status
        ready, _, _ = select.select([0, wakeup], [], [], 1.0)
        if wakeup in ready:
            os.read(wakeup, 512)
        if 0 in ready and not os.read(0, 512):
            return _reap(child)


def _wait(child: int, grace: float) -> int | None:
    end = time.monotonic() + grace
    while time.monotonic() < end:
        status = _reap(child)
        if status is not None:
            return status
        time.sleep(_POLL_SECONDS)
    return None


def _reap(child: int) -> int | None:
    """The status of the command, once it has ended; adopted processes that have ended are removed."""
    found = None
    while (ended := _ended())[0]:
        if ended[0] == child:
            code = os.waitstatus_to_exitcode(ended[1])
            found = code if code >= 0 else 128 - code
    return found


def _ended() -> tuple[int, int]:
    """Number and status of a child that has ended; 0 if none has."""
    try:
        return os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return 0, 0


def _end_descendants() -> None:
    """Kill what the command has left behind, until nothing is left."""
    while left := _descendants(os.getpid()):
        for pid in left:
            _kill(pid)
        time.sleep(_POLL_SECONDS)
        _reap(0)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _descendants(pid: int) -> list[int]:
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            found = [int(word) for word in file.read().split()]
    except OSError:  # it has ended, or this is not Linux
        return []
    return [*found, *(below for one in found for below in _descendants(one))]


if __name__ == "__main__":
    os._exit(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]))
