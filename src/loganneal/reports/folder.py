"""The folder of a comparison or a study: everything but the records, made from them."""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from loganneal.reports.comparison_figures import (
    curves_figure,
    differences_figure,
    dynamics_figure,
    rates_figure,
    sensitivity_figure,
    trials_figure,
    winners_figure,
)
from loganneal.reports.curves import CurveRow, RateRow, chosen_records, curve_rows, rate_rows
from loganneal.reports.diagnoses import count_diagnoses
from loganneal.reports.figures import save
from loganneal.reports.page import Part, render, render_study
from loganneal.reports.study_figures import budget_figure, overview_figure
from loganneal.reports.study_tables import (
    Table,
    budget_table,
    diagnoses_table,
    exploratory_table,
    overview_table,
)
from loganneal.reports.tables import csv_text, to_csv, to_markdown
from loganneal.studies.declare.comparison import FinishedRun

Summary = dict[str, Any]
Files = Iterator[tuple[str, str]]
"""Names and texts."""

RECORDS = "records"
SUMMARY = "comparison.json"
STUDY = "study.json"
PAGE = "index.html"

EXPLORATORY = "Pairs of rivals, exploratory"
DIAGNOSES = "Diagnoses of the chosen runs"
_FILES = {EXPLORATORY: "exploratory", DIAGNOSES: "diagnoses"}


def write_folder(summary: Summary, finished: Sequence[FinishedRun], folder: Path) -> None:
    """Write the page, tables, curves, rates and figures, and the summary as JSON.

    A study has a folder for each of its comparisons. Each file is replaced as a whole, and the summary is the last:
    where it is new, the others are.

    Args:
        summary: What `loganneal.studies.result.conclude.conclude` or `conclude_study` makes.
        finished: The runs that it was made from.
        folder: Made where it is missing.
    """
    if "comparisons" in summary:
        page = _write_study(summary, finished, folder)
    else:
        page = render(_write_comparison(summary, finished, folder))
    write_whole(folder / PAGE, page)
    write_whole(folder / _summary_name(summary), _json(summary))


def is_current(summary: Summary, folder: Path) -> bool:
    """Whether the folder already shows this summary, so that nothing needs writing."""
    path = folder / _summary_name(summary)
    if not path.exists() or not (folder / PAGE).exists():
        return False
    return path.read_text(encoding="utf-8") == _json(summary)


def comparison_folder(number: int, label: str) -> str:
    """The name of a comparison's folder within a study's: its number, counted from 1, and what is safe of its label.

    >>> comparison_folder(2, "../CIFAR-10, 500 steps")
    '02-cifar-10-500-steps'
    """
    return "-".join([f"{number:02d}", *re.findall(r"[a-z0-9]+", label.lower())])[:60].rstrip("-")


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that a reader sees the old one or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def _write_study(study: Summary, finished: Sequence[FinishedRun], folder: Path) -> str:
    """Everything but the summary and the page, which is returned."""
    runs: dict[int, list[FinishedRun]] = {}
    for run in finished:
        runs.setdefault(run.planned.comparison, []).append(run)
    parts = [
        _write_comparison(one, runs.get(number, []), folder / comparison_folder(number + 1, one["label"]))
        for number, one in enumerate(study["comparisons"])
    ]
    figures = {f"budget-{number}": budget_figure(task) for number, task in enumerate(study["budgets"], 1)}
    if any(one["replicates_done"] for one in study["comparisons"]):
        figures = {"overview": overview_figure(study), **figures}
    tables = {f"budget-{number}": budget_table(task) for number, task in enumerate(study["budgets"], 1)}
    for name, text in _table_files({"overview": overview_table(study), **tables}):
        write_whole(folder / name, text)
    return render_study(study, _save_all(figures, folder), parts)


def _write_comparison(summary: Summary, finished: Sequence[FinishedRun], folder: Path) -> Part:
    curves, rates, chosen = curve_rows(summary, finished), rate_rows(summary), chosen_records(summary, finished)
    tables = _further_tables(summary, count_diagnoses(chosen))
    named = {_FILES[heading]: table for heading, table in tables.items()}
    for name, text in (*_comparison_files(summary, curves, rates), *_table_files(named)):
        write_whole(folder / name, text)
    if not summary["replicates_done"]:
        figures: dict[str, Figure] = {"rates": rates_figure(summary, rates)}
    else:
        drawn = {
            "differences": differences_figure(summary),
            "curves": curves_figure(summary, curves),
            "winners": winners_figure(summary, rates, chosen),
            "sensitivity": sensitivity_figure(summary),
            "trials": trials_figure(summary),
            "dynamics": dynamics_figure(summary, curves),
        }
        figures = {name: figure for name, figure in drawn.items() if figure is not None}
    return Part(summary, _save_all(figures, folder), tables)


def _further_tables(summary: Summary, counts: Mapping[str, Mapping[str, int]]) -> dict[str, Table]:
    """Those that have something in them."""
    found = {}
    if any(counts.values()):
        found[DIAGNOSES] = diagnoses_table(counts)
    if summary["exploratory"]:
        found[EXPLORATORY] = exploratory_table(summary)
    return found


def _comparison_files(summary: Summary, curves: Sequence[CurveRow], rates: Sequence[RateRow]) -> Files:
    yield "table.md", to_markdown(summary)
    yield "table.csv", to_csv(summary)
    yield "curves.csv", csv_text(CurveRow._fields, curves)
    yield "rates.csv", csv_text(RateRow._fields, rates)


def _table_files(tables: Mapping[str, Table]) -> Files:
    for name, table in tables.items():
        yield f"{name}.md", table.to_markdown()
        yield f"{name}.csv", table.to_csv()


def _save_all(figures: Mapping[str, Figure], folder: Path) -> dict[str, str]:
    """The figures' SVG texts by name, after writing them."""
    place = folder / "figures"
    place.mkdir(parents=True, exist_ok=True)
    for name, figure in figures.items():
        save(figure, place / name)
    return {name: (place / f"{name}.svg").read_text(encoding="utf-8") for name in figures}


def _summary_name(summary: Summary) -> str:
    return STUDY if "comparisons" in summary else SUMMARY


def _json(summary: Summary) -> str:
    return json.dumps(summary, indent=1, allow_nan=False) + "\n"
