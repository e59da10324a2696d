"""What a prediction costs: two logs of 10,000 rows and 50 schedules, in seconds of processor time.

python benchmarks/prediction.py
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import loganneal as la
from loganneal.diagnosis import Log
from loganneal.diagnosis.logs import read_log
from loganneal.prediction import Run, predict
from loganneal.prediction.ensemble import fit_ensemble

ROWS, SCHEDULES, ROUNDS = 10_000, 50, 7
PEAK, WARMUP = 0.1, 500
LOGGED = (la.Warmup(la.Cosine(PEAK, ROWS - WARMUP), WARMUP), la.WarmupStableDecay(PEAK, ROWS, WARMUP, ROWS // 5))


def logged(schedule: la.Schedule, draw: np.random.Generator) -> Log:
    """A log with a row for each update, whose loss falls with the sum of the rates and rises with the rate."""
    rates = schedule.curve(ROWS)
    loss = 2.0 + (1 + np.cumsum(rates)) ** -0.5 + 3 * rates
    return Log(np.arange(1.0, ROWS + 1), rates, loss * draw.normal(1.0, 0.01, ROWS))


def write(log: Log, path: Path) -> Path:
    """The log as CSV."""
    rows = zip(log.step.tolist(), log.lr.tolist(), log.loss.tolist(), strict=True)
    path.write_text("\n".join(["step,lr,loss", *(f"{step:g},{lr!r},{loss!r}" for step, lr, loss in rows)]))
    return path


def seconds(work: Callable[[], Any]) -> float:
    """Seconds of processor time, the median of several rounds."""
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return statistics.median(times)


def main() -> None:
    """Print the numbers."""
    draw = np.random.default_rng(0)
    decays = np.linspace(0.05, 0.9, SCHEDULES)
    schedules = {f"{d:.3f}": la.WarmupStableDecay(PEAK, ROWS, WARMUP, round(d * ROWS)) for d in decays}
    with tempfile.TemporaryDirectory() as name:
        paths = [write(logged(one, draw), Path(name) / f"{place}.csv") for place, one in enumerate(LOGGED)]
        reading = seconds(lambda: [read_log(path) for path in paths])
        runs = [Run(read_log(path).log) for path in paths]
    times = {
        "reading the two logs": reading,
        "fitting five laws": seconds(lambda: fit_ensemble(runs, "training loss")),
        "`predict`, 50 schedules": seconds(lambda: predict(runs, schedules, families=())),
        "`predict`, 50 schedules and all families": seconds(lambda: predict(runs, schedules)),
    }
    print("| part | seconds | ratio to reading |\n| --- | ---: | ---: |")
    for part, took in times.items():
        print(f"| {part} | {took:.2f} | {took / reading:.1f} |")


if __name__ == "__main__":
    main()
