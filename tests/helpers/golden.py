"""340 learning rates computed from the specification in 60-digit arithmetic, and the schedules that must give them."""

import csv
from pathlib import Path
from typing import NamedTuple

import loganneal as la

BUILDERS = {"cosine": la.CyclicalCosineAnnealing, "linear": la.CyclicalLinearAnnealing, "log": la.CyclicalLogAnnealing}


class Golden(NamedTuple):
    """One exact value."""

    schedule: la.Schedule
    step: int
    rate: float

    def error(self, rate: float) -> float:
        """The error of a rate in units of the specification's tolerances."""
        return abs(rate - self.rate) / max(abs(self.rate), 1e-6 * self.schedule.max_lr)


def build(row: dict[str, str]) -> la.Schedule:
    """The schedule that a row of the table describes."""
    shared = {
        "max_lr": float(row["eta_max"]),
        "min_lr": float(row["eta_min"]),
        "cycle_steps": float(row["T_0"]),
        "cycle_mult": float(row["T_mult"]),
        "warmup_steps": int(row["warmup"]),
        "warmup_init_lr": float(row["warmup_init"]),
    }
    if row["shape"] == "paper":
        return la.PublishedLogAnnealing(**shared, base=float(row["base"]) or None)
    own = {"base": float(row["base"])} if row["shape"] == "log" else {}
    return BUILDERS[row["shape"]](
        **shared,
        **own,
        peak_decay=float(row["gamma"]),
        restart_warmup_share=float(row["restart_warmup_share"]),
        cycles=int(row["cycles"]) or None,
    )


with Path(__file__).with_suffix(".csv").open(encoding="utf-8") as table:
    GOLDEN = [Golden(build(row), int(row["t"]), float(row["lr"])) for row in csv.DictReader(table)]
