"""Commands in processes of their own that Ctrl-C reaches, wherever pytest was started."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable

PATIENCE = 120.0
"""Seconds that a busy machine may need; nothing waits that long if all is well."""


def start(*words: str) -> "subprocess.Popen[str]":
    """Start `loganneal`; SIGINT has its default handler there, even if pytest ignores it, as under nohup."""
    code = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code += "from loganneal.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def interrupt_when(process: "subprocess.Popen[str]", ready: Callable[[], bool]) -> tuple[str, str]:
    """Press Ctrl-C once something is seen that the process has done; what it printed on both streams."""
    wait_until(lambda: ready() or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    return process.communicate(timeout=PATIENCE)


def wait_until(ready: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait until something holds, however slow the machine is.

    Raises:
        TimeoutError: It does not after many times what it takes.
    """
    deadline = time.monotonic() + patience
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Not so after {patience:g} seconds.")
        time.sleep(0.02)
