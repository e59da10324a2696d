"""The decays and the rates that they must give, from the table that `schedules/make_family_golden.py` writes."""

import csv
from pathlib import Path
from typing import Any

from golden import Golden

import loganneal as la

TABLE = Path(__file__).parents[1] / "schedules" / "family_golden.csv"


def points(cell: str) -> list[tuple[int, float]]:
    pairs = (pair.split(":") for pair in cell.split())
    return [(int(step), float(rate)) for step, rate in pairs]


READ: dict[str, Any] = {
    "milestones": lambda cell: [int(step) for step in cell.split()],
    "points": points,
    "cycles": int,
    **dict.fromkeys(("shape", "mode", "interpolation"), str),
}
"""How a parameter that is not a number is read."""


def build(row: dict[str, str]) -> la.Schedule:
    """The schedule that a row describes, with the parameters that it gives."""
    given = {name: cell for name, cell in row.items() if cell and name not in ("schedule", "step", "lr")}
    whole = {name for name in given if name.endswith("_steps") and name != "timescale_steps"}
    read = {**dict.fromkeys(given, float), **dict.fromkeys(whole, int), **READ}
    schedule: la.Schedule = getattr(la, row["schedule"])(**{name: read[name](cell) for name, cell in given.items()})
    return schedule


with TABLE.open(encoding="utf-8") as table:
    FAMILY = [Golden(build(row), int(row["step"]), float(row["lr"])) for row in csv.DictReader(table)]
