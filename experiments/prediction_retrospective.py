"""Predictions from the CIFAR-10 runs of earlier studies: exploratory, since limits were chosen while looking.

The truth is the final training loss of one run, the mean of its last three rows. Runs of one seed and peak rate are
compared with one another.

python experiments/prediction_retrospective.py records/runs records/prediction/retrospective.json
"""

import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from loganneal._disk import replace_file
from loganneal.prediction import Run, predict
from loganneal.prediction.ensemble import fit_ensemble
from loganneal.runs import Journal
from loganneal.runs.as_log import log_of
from loganneal.runs.record import Record

PEAKS = (0.1, 1.0)
"""The peaks at which training goes well."""

LOGS = {
    "one log, only decays": ("Cosine",),
    "one log, a rise": ("OneCycle",),
    "several logs, a rise": ("Cosine", "OneCycle"),
}

REFUSED = ("Cosine", "Log base 0.1 cycles 1")
"""Logs without a probe, which are refused; what would be said from them is counted separately."""

RANGES = ((0.1, 0.3), (0.3, 0.6), (0.6, 1.0))


def name_of(record: Record) -> str:
    """The shape of a run's schedule."""
    values = record.spec.schedule.to_dict()
    values = values.get("schedule", values)
    title = values["type"].replace("Cyclical", "").replace("Annealing", "")
    return "".join([title, *(f" {name} {values[name]:g}" for name in ("base", "cycles") if name in values)])


def groups(journal: Journal) -> list[dict[str, Record]]:
    """Runs that differ only in the shape."""
    found: dict[tuple[float, int], dict[str, Record]] = defaultdict(dict)
    for record in journal:
        spec = record.spec
        same = (spec.workload, spec.steps, spec.batch_size, spec.averaging) == ("cifar10", 480, 128, ())
        if same and record.status == "completed" and PEAKS[0] <= spec.schedule.max_lr <= PEAKS[1]:
            found[round(spec.schedule.max_lr, 6), spec.seed][name_of(record)] = record
    return [runs for _, runs in sorted(found.items()) if {"Cosine", "OneCycle"} <= set(runs)]


def final(record: Record) -> float:
    """The training loss at the end."""
    return float(np.mean([row.loss for row in record.metrics[-3:]]))


def one_group(runs: dict[str, Record], logs: tuple[str, ...]) -> dict[str, Any]:
    """What is said about the shapes that are not among the logs, against the truth."""
    schedules = {name: record.spec.schedule for name, record in runs.items()}
    given = [Run(log_of(runs[name]), runs[name].spec.schedule) for name in logs]
    said = predict(given, schedules, families=())
    truth = {name: final(record) / final(runs[logs[0]]) - 1.0 for name, record in runs.items()}
    told = [one for one in said.schedules if one.name not in logs]
    verdicts = [one for one in told if one.verdict != "cannot tell"]
    right = sum((truth[one.name] < 0) == (one.verdict == "better") for one in verdicts)
    pairs = [(one.difference, truth[one.name]) for one in said.schedules if one.difference is not None]
    order = float(spearmanr(*zip(*pairs, strict=True))[0]) if pairs else None
    return {"pairs": len(told), "verdicts": len(verdicts), "right": right, "order": order}


def without_probe(found: Sequence[Mapping[str, Record]], log: str) -> dict[str, float]:
    """What the laws would say about logs that are refused: the mean rank correlation, by range of peak rates."""
    orders: dict[str, list[float]] = defaultdict(list)
    for runs in found:
        if log in runs:
            peak = runs[log].spec.schedule.max_lr
            where = [f"{low:g} to {high:g}" for low, high in RANGES if low <= peak < high]
            orders[where[0] if where else ""].append(_order(runs, log))
    return {name: round(float(np.mean(some)), 2) for name, some in sorted(orders.items()) if name}


def _order(runs: Mapping[str, Record], log: str) -> float:
    given = Run(log_of(runs[log]), runs[log].spec.schedule)
    ensemble = fit_ensemble([given], "training loss")
    reference = given.rates(ensemble.unit)
    said = [
        np.mean(
            list(ensemble.differences(Run(given.log, record.spec.schedule).rates(ensemble.unit), reference).values())
        )
        for record in runs.values()
    ]
    return float(spearmanr(said, [final(record) for record in runs.values()])[0])


def main() -> None:
    """Predict, compare and write."""
    result, found = {}, groups(Journal(Path(sys.argv[1])))
    for log_class, logs in LOGS.items():
        rows = [one_group(runs, logs) for runs in found]
        orders = [row["order"] for row in rows if row["order"] is not None]
        counts = {name: sum(row[name] for row in rows) for name in ("pairs", "verdicts", "right")}
        mean = round(float(np.mean(orders)), 2) if orders else None
        result[log_class] = {"groups": len(rows), **counts, "rank_correlation": mean}
    refused = {name: without_probe(found, name) for name in REFUSED}
    text = json.dumps({"classes": result, "refused_anyway": refused}, indent=1) + "\n"
    replace_file(Path(sys.argv[2]), text.encode())
    print(text)


if __name__ == "__main__":
    main()
