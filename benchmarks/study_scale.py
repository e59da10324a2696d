"""What a study of 20,000 runs costs apart from training: planning, status and report, and their memory.

python benchmarks/study_scale.py [RUNS]
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from loganneal.reports import write_report
from loganneal.reports.terminal.scoreboard import Scoreboard
from loganneal.runs import Journal, MetricsRow, Record
from loganneal.runs._journal_line import pack
from loganneal.runs.journal import file_name
from loganneal.runs.spec import RunSpec
from loganneal.studies.declare.comparison import declare
from loganneal.studies.declare.study import Study
from loganneal.studies.engines import take_inventory
from loganneal.studies.judge.conclude import conclude_study

ARMS = ("cosine", "linear", "cla", "sgdr", "one-cycle")
TRIALS, REPLICATES = 16, 25


def large_study(runs: int) -> Study:
    """Budgets of one data set, each with 2,000 runs."""
    count = max(1, runs // (len(ARMS) * TRIALS * REPLICATES))
    comparisons = tuple(
        declare("digits", arms=ARMS, trials=TRIALS, replicates=REPLICATES, steps=100 + number)
        for number in range(count)
    )
    return Study(name="scale", title="Scale", comparisons=comparisons)


def synthetic(spec: RunSpec, draw: np.random.Generator) -> Record:
    """A record as large as a real one, made by a formula."""
    score = 0.94 - 0.02 * (np.log(spec.schedule.max_lr) + 1.5) ** 2 + draw.normal(0, 0.005)
    score = float(np.clip(score, 0.1, 1.0))
    steps = np.linspace(1, spec.steps, 50).astype(int).tolist()
    curve = tuple(
        MetricsRow(
            step=step,
            lr=float(spec.schedule(step - 1)),
            loss=float(2.3 * np.exp(-step / 30) + draw.uniform(0.2, 0.3)),
            grad_norm=float(draw.uniform(1, 2)),
            validation_score=score if place % 5 == 4 else None,
            validation_loss=float(draw.uniform(0.2, 0.3)) if place % 5 == 4 else None,
            seconds=step * 0.01,
            examples_per_s=float(draw.uniform(5e3, 6e3)),
        )
        for place, step in enumerate(steps)
    )
    return Record(spec, "completed", score, score, curve, 1.0, {"device": "cpu", "threads": 1})


def write_synthetic(study: Study, folder: Path) -> None:
    """Records on disk, without waiting for the disk as the real ones do."""
    draw = np.random.default_rng(0)
    folder.mkdir()
    with (folder / file_name("digits")).open("wb") as file:
        file.writelines(pack(synthetic(run.spec, draw)) + b"\n" for run in study.plan())


def timed(name: str, work: Callable[[], Any]) -> Any:
    """Do some work, and print how long it took and the most memory so far."""
    started, computed = time.perf_counter(), time.process_time()
    result = work()
    seconds, computed = time.perf_counter() - started, time.process_time() - computed
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:18} {seconds:6.1f} s, of the processor {computed:6.1f} s, peak memory {peak:5.0f} MiB", flush=True)
    return result


def main() -> None:
    """Print the numbers."""
    study = large_study(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_synthetic(study, folder / "records")
        store = Journal(folder / "records")
        print(f"{study.total:,} runs in {len(study.comparisons)} comparisons")
        plan = timed("plan", study.plan)
        timed("open the journal", partial(len, store))
        stock = timed("read all records", lambda: take_inventory(plan, store))
        timed("status", lambda: Scoreboard(study, stock.finished).training_left())
        result = timed("conclude", partial(conclude_study, study, stock.finished))
        timed("write the report", lambda: write_report(result, folder, store))


if __name__ == "__main__":
    main()
