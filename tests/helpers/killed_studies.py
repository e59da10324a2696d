"""Runs a study, kills it without warning at random moments, and starts it again.

python killed_studies.py FILE FOLDER KILLS: the study is run once undisturbed in FOLDER/undisturbed, then killed KILLS
times in FOLDER/killed, then finished there. It prints, as JSON, how each life ended and which records it left.

Every life is a process of its own. It is forked from this one, which has imported everything and computed nothing, so
that a life begins within milliseconds and its death can come at any moment of the work.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import NamedTuple

from interruptible import wait_until

from loganneal.cli import main
from loganneal.data import find_workload
from loganneal.runs._journal_line import intact_key
from loganneal.training import train  # noqa: F401 # imported once for all lives, with torch


class Life(NamedTuple):
    """How a life ended, negative when killed, and the keys of the intact lines that the journal had after it."""

    status: int
    keys: list[str]


class Death(NamedTuple):
    """When to kill a life: after a number of further records, and then a number of seconds."""

    records: int
    seconds: float


def live(file: str, out: Path, death: Death | None = None) -> Life:
    """One life of the study, ended by SIGKILL unless it finishes first."""
    before = len(intact_keys(out))
    pid = os.fork()
    if pid == 0:
        sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115
        words = ["study", "run", file, "--out", str(out), "--records", str(out / "records"), "--workers", "0"]
        os._exit(main(words))
    if death is not None:
        wait_until(lambda: len(intact_keys(out)) >= before + death.records or has_ended(pid))
        time.sleep(death.seconds)
        os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return Life(status, intact_keys(out))


def has_ended(pid: int) -> bool:
    """Whether a child has ended; its status can still be read afterwards."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def intact_keys(out: Path) -> list[str]:
    """The keys of the journal's intact lines, in their order."""
    lines = [line for path in (out / "records").glob("*.jsonl") for line in path.read_bytes().splitlines()]
    return [key for line in lines if (key := intact_key(line)) is not None]


def kill_often(file: str, folder: Path, kills: int) -> list[Life]:
    """All lives, the last one undisturbed."""
    find_workload("digits").load(0, 1, 1)  # parsed once for all lives
    started, draw = time.monotonic(), random.Random(0)
    whole = live(file, folder / "undisturbed")
    one_run = (time.monotonic() - started) / len(whole.keys)
    deaths = [Death(draw.randint(0, 1), draw.uniform(0.0, one_run)) for _ in range(kills)]
    lives = [live(file, folder / "killed", death) for death in deaths]
    return [*lives, live(file, folder / "killed")]


if __name__ == "__main__":
    print(json.dumps(kill_often(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))))
