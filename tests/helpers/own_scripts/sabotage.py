"""Each way in which a training script can go wrong, by the name of the script's first argument."""

import os
import subprocess
import sys
import time
from pathlib import Path

SABOTAGE = sys.argv[1] if len(sys.argv) > 1 else "none"
SECONDS = float(os.environ.get("TINY_SECONDS", "0"))
"""How long each update takes, for tests that kill a run in the middle."""


def seed_of(trial):
    """The seed that the script uses."""
    return 0 if SABOTAGE == "seed-ignored" else trial.seed


def rate_of(trial):
    """The rate of each update, with the sabotage."""
    schedule = trial.schedule
    return {
        "schedule-ignored": lambda step: trial.peak_lr,
        "stepped-twice": lambda step: schedule(2 * step),
        "stepped-by-epoch": lambda step: schedule(step // 6),
        "resumed-without-state": lambda step: schedule(step if step < 25 else step - 25),
        "counted-in-batches": lambda step: schedule(step / 4),
        "peak-ignored": lambda step: 0.05 * schedule(step) / trial.peak_lr,
    }.get(SABOTAGE, schedule)


def misbehave(step: int) -> None:
    """What else goes wrong after an update."""
    time.sleep(SECONDS)
    if step != 30:
        return
    if SABOTAGE == "hangs":
        time.sleep(1000)
    if SABOTAGE == "leaks":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], start_new_session=True)
        Path(os.environ["LEAKED"]).write_text(str(child.pid))
    if SABOTAGE == "crashes":
        raise RuntimeError("no more memory")
    if SABOTAGE == "fails-once" and not Path(os.environ["MARK"]).exists():
        Path(os.environ["MARK"]).touch()
        sys.exit(3)
