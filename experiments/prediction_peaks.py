"""How a tuned peak rate changes with the shape: the convex bound against what the committed runs show.

The measured best peak of a shape is the top of a parabola in the logarithm of the peak, fitted to the validation scores
of its runs within a factor of 4 of the best peak of cosine; its 95% interval is a bootstrap over replicates.

python experiments/prediction_peaks.py records/runs records/prediction/peaks.json
"""

import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from prediction_plan import FIRST_SEED
from prediction_retrospective import name_of

from loganneal._disk import replace_file
from loganneal.runs import Journal
from loganneal.runs.record import Record
from loganneal.schedules._peak_factor import peak_factor

AROUND = 4.0
DRAWS = 500
ENOUGH = 30
"""The least number of runs of a shape."""

TASKS = {
    "CIFAR-10, 480 updates": ("cifar10", 480, 128, "sgd"),
    "digits, 50 updates": ("digits", 50, 64, "sgd"),
    "digits, 100 updates": ("digits", 100, 64, "sgd"),
    "digits, 200 updates": ("digits", 200, 64, "sgd"),
    "digits, 100 updates of AdamW": ("digits", 100, 64, "adamw"),
}
"""Workload, updates, batch size and optimizer of the runs."""

Points = Sequence[tuple[int, float, float]]
"""Seed, logarithm of the peak rate, and score."""


def groups(journal: Journal, task: str) -> dict[str, list[Record]]:
    """Runs of a task by shape."""
    found: dict[str, list[Record]] = defaultdict(list)
    for record in journal:
        spec = record.spec
        same = (spec.workload, spec.steps, spec.batch_size, spec.optimizer) == TASKS[task]
        if same and not spec.averaging and record.status == "completed" and spec.seed < FIRST_SEED:
            found[name_of(record)].append(record)
    return {name: runs for name, runs in sorted(found.items()) if len(runs) >= ENOUGH}


def points(runs: Sequence[Record], middle: float) -> Points:
    """The runs near the best peak of cosine."""
    all_runs = [(one.spec.seed, float(np.log(one.spec.schedule.max_lr)), one.validation_score) for one in runs]
    return [one for one in all_runs if abs(one[1] - middle) <= np.log(AROUND)]


def top(some: Points) -> float:
    """The logarithm of the best peak: the top of a parabola, or the end of the range if it opens upwards."""
    peaks, scores = np.array([one[1] for one in some]), np.array([one[2] for one in some])
    curve = np.polyfit(peaks, scores, 2)
    if curve[0] >= 0:
        return float(peaks[np.argmax(np.polyval(curve, peaks))])
    return float(np.clip(-curve[1] / (2 * curve[0]), peaks.min(), peaks.max()))


def interval(shape: Points, reference: Points) -> list[float]:
    """The 95% interval of the factor, over seeds drawn alike for both shapes."""
    seeds = sorted({one[0] for one in shape} & {one[0] for one in reference})
    rng, found = np.random.default_rng(0), []
    for _ in range(DRAWS):
        drawn = rng.choice(seeds, len(seeds))
        both = [[one for seed in drawn for one in some if one[0] == seed] for some in (shape, reference)]
        found.append(top(both[0]) - top(both[1]))
    return [round(float(np.exp(end)), 2) for end in np.quantile(found, [0.025, 0.975])]


def one_task(runs: Mapping[str, Sequence[Record]], task: str) -> list[dict[str, Any]]:
    """Bound and measured factor of every shape, relative to cosine."""
    peaks = [(one.validation_score, float(np.log(one.spec.schedule.max_lr))) for one in runs["Cosine"]]
    middle = float(np.median([peak for _, peak in sorted(peaks)[-len(peaks) // 4 :]]))
    reference = points(runs["Cosine"], middle)
    rows = []
    for name, some in runs.items():
        shape = points(some, middle)
        factor = peak_factor(runs["Cosine"][0].spec.schedule, some[0].spec.schedule, some[0].spec.steps)
        measured = float(np.exp(top(shape) - top(reference)))
        rows.append(
            {
                "task": task,
                "shape": name,
                "runs": len(shape),
                "bound": None if factor is None else round(factor, 2),
                "measured": round(measured, 2),
                "interval": interval(shape, reference),
            }
        )
    return [row for row in rows if row["shape"] != "Cosine"]


def errors(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Mean size of the logarithm of bound over measured, and of no change over measured, where there is a bound."""
    told = [row for row in rows if row["bound"] is not None]
    bound = [abs(np.log(row["bound"] / row["measured"])) for row in told]
    same = [abs(np.log(row["measured"])) for row in told]
    return {"shapes": len(told), "bound": round(float(np.mean(bound)), 2), "no_change": round(float(np.mean(same)), 2)}


def main() -> None:
    """Compare and write."""
    journal = Journal(Path(sys.argv[1]))
    found = {task: one_task(groups(journal, task), task) for task in TASKS}
    rows = ",\n".join(json.dumps(row) for some in found.values() for row in some)
    head = json.dumps({"errors": {task: errors(some) for task, some in found.items()}}, indent=1)
    text = f'{head[:-2]},\n "shapes": [\n{rows}\n]}}\n'
    replace_file(Path(sys.argv[2]), text.encode())
    print(text)


if __name__ == "__main__":
    main()
