"""A training script without a framework, and each way in which it can go wrong, by the name of its first argument.

It fits a line to noisy data by gradient descent, and says the rate of each update itself.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

import loganneal as la

SABOTAGE = sys.argv[1] if len(sys.argv) > 1 else "none"
SECONDS = float(os.environ.get("TINY_SECONDS", "0"))
"""So long each update takes, for tests that kill a run in its midst."""


def main() -> None:
    trial = la.trial(la.Cosine(0.1, 60), seed=1)
    draw = np.random.default_rng(0 if SABOTAGE == "seed-ignored" else trial.seed)
    inputs = np.linspace(-1, 1, 64)
    targets = 3 * inputs + 1 + 0.1 * draw.standard_normal(64)
    weights, rate = draw.standard_normal(2), rate_of(trial)
    for step in range(trial.steps or 60):
        lr, rows = rate(step), draw.integers(0, 48, 8)
        errors = weights[0] * inputs[rows] + weights[1] - targets[rows]
        weights = weights - lr * 2 * np.array([(errors * inputs[rows]).mean(), errors.mean()])
        held_out = float(((weights[0] * inputs[48:] + weights[1] - targets[48:]) ** 2).mean())
        scores = {"validation": held_out} if SABOTAGE != "no-result" and step % 10 == 9 else {}
        trial.report(step + 1, lr=None if SABOTAGE == "unseen" else lr, loss=float((errors**2).mean()), **scores)
        time.sleep(SECONDS)
        misbehave(step)


def rate_of(trial):
    """The rate of each update, as the sabotage has it."""
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


if __name__ == "__main__":
    main()
