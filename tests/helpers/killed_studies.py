"""Runs a study, kills it without warning at random moments, and starts it again.

python killed_studies.py FILE FOLDER KILLS: the study is run once undisturbed in FOLDER/undisturbed, then killed so
many times in FOLDER/killed, then finished there. It prints, as JSON, how each life ended and which records it left.

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

from loganneal.cli import main
from loganneal.data import find_workload

LIVES = 10
"""So many of the longest lives would do the whole study."""


class Life(NamedTuple):
    """How a life ended, negative when killed, and when each record that was there after it had been written."""

    status: int
    records: dict[str, int]


def live(file: str, out: Path, seconds: float | None) -> Life:
    """One life of the study, ended by SIGKILL after some seconds unless it is done before."""
    pid = os.fork()
    if pid == 0:
        sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115
        os._exit(main(["study", "run", file, "--out", str(out), "--workers", "0"]))
    if seconds is not None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    folders = [path for path in (out / "records").glob("*") if not path.name.startswith(".")]
    return Life(status, {path.name: (path / "result.json").stat().st_mtime_ns for path in folders})


def kill_often(file: str, folder: Path, kills: int) -> list[Life]:
    """All lives, the last one undisturbed."""
    find_workload("digits").load(0, 1, 1)  # parsed once for all lives
    started = time.monotonic()
    live(file, folder / "undisturbed", None)
    longest, draw = (time.monotonic() - started) / LIVES, random.Random(0)
    lives = [live(file, folder / "killed", draw.uniform(0.0, longest)) for _ in range(kills)]
    return [*lives, live(file, folder / "killed", None)]


if __name__ == "__main__":
    print(json.dumps(kill_often(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))))
