"""SIGKILL at random moments of the driver, a worker, the keeper or the script: nothing is lost or left behind."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from loganneal.runs import Journal

HELPERS = Path(__file__).parents[1] / "helpers"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]
RUNS = 8
ENVIRONMENT = {**os.environ, "TINY_SECONDS": "0.01", "PYTHONPATH": os.pathsep.join([str(HELPERS), *sys.path])}


def start(folder):
    command = [sys.executable, str(HELPERS / "command_life.py"), str(folder), "2"]
    return subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def below(pid):
    """A process and everything that it has started."""
    found = [pid]
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found += below(int(child))
    return found


def scripts(folder):
    """Numbers of the processes that train in a folder."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if f"LOGANNEAL_TRIAL={folder}".encode() in environment.read_bytes():
                found.append(int(environment.parent.name))
    return found


def test_whatever_is_killed_the_same_command_continues_and_no_orphan_trains_on(tmp_path):
    """After each death of the driver all scripts end within seconds; at the end each run is recorded once."""
    draw = random.Random(0)
    for victim in ("driver", "any", "driver", "any", "any"):
        life = start(tmp_path)
        time.sleep(draw.uniform(3.0, 9.0))
        alive = [pid for pid in below(life.pid) if victim == "any" and pid != life.pid]
        with suppress(ProcessLookupError):
            os.kill(draw.choice(alive) if alive else life.pid, signal.SIGKILL)
        if victim == "any":
            time.sleep(2.0)
        life.kill()
        life.wait()
        deadline = time.monotonic() + 30.0
        while scripts(tmp_path) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert not scripts(tmp_path)
    assert start(tmp_path).wait(timeout=300) == 0
    journal = Journal(tmp_path / "records")
    assert len(journal) == RUNS
    assert {record.status for record in journal} == {"completed"}
