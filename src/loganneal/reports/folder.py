"""The folder of a comparison: everything but the records, made from them."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from loganneal.reports.curves import CurveRow, RateRow, curve_rows, rate_rows
from loganneal.reports.figures import (
    curves_figure,
    differences_figure,
    rates_figure,
    save,
    sensitivity_figure,
)
from loganneal.reports.page import render
from loganneal.reports.tables import csv_text, to_csv, to_markdown
from loganneal.studies.comparison import FinishedRun

Summary = dict[str, Any]

RECORDS = "records"
SUMMARY = "comparison.json"
PAGE = "index.html"


def write_folder(summary: Summary, finished: Sequence[FinishedRun], folder: Path) -> None:
    """Write `comparison.json`, tables, curves, rates, figures and the page.

    Each file is replaced as a whole, and `comparison.json` is the last: where it is new, the others are.

    Args:
        summary: What `loganneal.studies.conclude.conclude` makes.
        finished: The runs that it was made from.
        folder: Made where it is missing.
    """
    curves, rates = curve_rows(summary, finished), rate_rows(summary)
    figures = make_figures(summary, curves, rates)
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    for name, figure in figures.items():
        save(figure, folder / "figures" / name)
    svgs = {name: (folder / "figures" / f"{name}.svg").read_text(encoding="utf-8") for name in figures}
    write_whole(folder / "table.md", to_markdown(summary))
    write_whole(folder / "table.csv", to_csv(summary))
    write_whole(folder / "curves.csv", csv_text(CurveRow._fields, curves))
    write_whole(folder / "rates.csv", csv_text(RateRow._fields, rates))
    write_whole(folder / PAGE, render(summary, svgs))
    write_whole(folder / SUMMARY, _json(summary))


def is_current(summary: Summary, folder: Path) -> bool:
    """Whether the folder already shows this summary, so that nothing needs writing."""
    if not (folder / SUMMARY).exists() or not (folder / PAGE).exists():
        return False
    return (folder / SUMMARY).read_text(encoding="utf-8") == _json(summary)


def make_figures(summary: Summary, curves: Sequence[CurveRow], rates: Sequence[RateRow]) -> dict[str, Figure]:
    """The figures by their names; without a complete replicate, the schedules alone."""
    figures = {"rates": rates_figure(rates)}
    if summary["replicates_done"]:
        figures["differences"] = differences_figure(summary)
        figures["curves"] = curves_figure(summary, curves)
        figures["sensitivity"] = sensitivity_figure(summary)
    return figures


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that a reader sees the old one or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def _json(summary: Summary) -> str:
    return json.dumps(summary, indent=1, allow_nan=False) + "\n"
