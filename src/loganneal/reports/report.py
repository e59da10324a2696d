"""The report of a study as a folder: one page, its figures and its tables."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from matplotlib.figure import Figure

from loganneal._disk import replace_file
from loganneal.reports.comparison_figures import (
    curves_figure,
    differences_figure,
    dynamics_figure,
    rates_figure,
    sensitivity_figure,
    trials_figure,
    winners_figure,
)
from loganneal.reports.curves import CurveRow, RateRow, Records, chosen_records, curve_rows, rate_rows, wanted_trials
from loganneal.reports.diagnoses import count_diagnoses
from loganneal.reports.figures import save
from loganneal.reports.launch_table import launch_table
from loganneal.reports.page import Part, render, shows
from loganneal.reports.study_figures import budget_figure, overview_figure
from loganneal.reports.study_tables import Table, budget_table, diagnoses_table, exploratory_table, overview_table
from loganneal.reports.tables import csv_text, to_csv
from loganneal.runs import ReadableStore, Record
from loganneal.studies.declare.sequential import IMPORTED
from loganneal.studies.judge.budgets import budgets
from loganneal.studies.result import ComparisonResult, StudyResult
from loganneal.studies.tables import to_markdown

Files = Iterator[tuple[str, str]]
"""Names and texts."""

PAGE = "index.html"

EXPLORATORY = "Pairs of rivals, exploratory"
DIAGNOSES = "Diagnoses of the chosen runs"
LAUNCHED = "How the command was run"
_FILES = {LAUNCHED: "command", EXPLORATORY: "exploratory", DIAGNOSES: "diagnoses"}


def write_report(result: StudyResult, folder: str | Path, store: ReadableStore) -> Path:
    r"""Write the report of a study: a page, figures, tables and curves.

    A folder whose page already shows this result is left unchanged. Each file is replaced as a whole, the page last.
    A study of several comparisons has a folder for each of them.

    Args:
        result: The result of the study.
        folder: Folder of the report; created if missing.
        store: The records of the study's runs, for curves and diagnoses. Runs without a record are not drawn.

    Returns:
        The path of the page, ``index.html``.

    Raises:
        OSError: A file cannot be written.

    Example:
        >>> import tempfile
        >>> from loganneal.runs import Journal
        >>> from loganneal.studies.imported import judge_scores
        >>> runs = [f"{arm},{number},1,0.1,{score + number / 100}" for arm, score in (("now", 0.8), ("new", 0.9))
        ...         for number in range(6)]
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "scores.csv")
        ...     _ = file.write_text("\n".join(["arm,replicate,trial,peak,validation", *runs]))
        ...     result = judge_scores(file, reference="now", higher_is_better=True, margin=1.0)
        ...     write_report(result, folder, Journal(Path(folder, "runs"))).name
        'index.html'
    """
    folder = Path(folder)
    page = folder / PAGE
    if page.is_file() and shows(page.read_text(encoding="utf-8", errors="replace"), result):
        return page
    places = [folder] if len(result.comparisons) == 1 else _folders(result, folder)
    pairs = zip(result.comparisons, places, strict=True)
    parts = [_write_comparison(one, _records(one, store), place) for one, place in pairs]
    svgs = _write_overview(result, folder) if len(parts) > 1 else {}
    _write(page, render(result, svgs, parts))
    return page


def comparison_folder(number: int, label: str) -> str:
    """The name of a comparison's folder within a study's: its number, from 1, and the safe characters of its label.

    >>> comparison_folder(2, "../CIFAR-10, 500 steps")
    '02-cifar-10-500-steps'
    """
    return "-".join([f"{number:02d}", *re.findall(r"[a-z0-9]+", label.lower())])[:60].rstrip("-")


def _folders(result: StudyResult, folder: Path) -> list[Path]:
    return [folder / comparison_folder(number, one.label) for number, one in enumerate(result.comparisons, 1)]


def _records(comparison: ComparisonResult, store: ReadableStore) -> Records:
    workload, keys = comparison.declaration.workload, {trial.record for _, trial in wanted_trials(comparison)}
    found = ((key, store.find(workload, key)) for key in keys)
    return {key: record for key, record in found if record is not None}


def _write_overview(result: StudyResult, folder: Path) -> dict[str, str]:
    """Write the figures over the comparisons and their tables, and return the figures as SVG."""
    tasks = budgets(result)
    figures = {f"budget-{number}": budget_figure(task) for number, task in enumerate(tasks, 1)}
    if any(one.replicates_done for one in result.comparisons):
        figures = {"overview": overview_figure(result), **figures}
    tables = {f"budget-{number}": budget_table(task) for number, task in enumerate(tasks, 1)}
    for name, text in _table_files({"overview": overview_table(result), **tables}):
        _write(folder / name, text)
    return _save_all(figures, folder)


def _write_comparison(comparison: ComparisonResult, records: Records, folder: Path) -> Part:
    curves, rates = curve_rows(comparison, records), rate_rows(comparison)
    chosen = chosen_records(comparison, records)
    tables = _further_tables(comparison, count_diagnoses(chosen))
    named = {_FILES[heading]: table for heading, table in tables.items()}
    for name, text in (*_comparison_files(comparison, curves, rates), *_table_files(named)):
        _write(folder / name, text)
    return Part(comparison, _save_all(_figures(comparison, curves, rates, chosen), folder), tables)


def _figures(
    comparison: ComparisonResult, curves: list[CurveRow], rates: list[RateRow], chosen: dict[str, list[Record]]
) -> dict[str, Figure]:
    """Before the first replicate is complete there are only the schedules to draw."""
    if not comparison.replicates_done:
        return {"rates": rates_figure(comparison, rates)}
    if comparison.declaration.stage == IMPORTED:  # neither curves nor rates are known
        return {"differences": differences_figure(comparison)}
    drawn = {
        "differences": differences_figure(comparison),
        "curves": curves_figure(comparison, curves) if curves else None,
        "winners": winners_figure(comparison, rates, chosen),
        "sensitivity": sensitivity_figure(comparison),
        "trials": trials_figure(comparison),
        "dynamics": dynamics_figure(comparison, curves),
    }
    return {name: figure for name, figure in drawn.items() if figure is not None}


def _further_tables(comparison: ComparisonResult, counts: Mapping[str, Mapping[str, int]]) -> dict[str, Table]:
    """The further tables that are not empty."""
    found = {}
    launched = launch_table(comparison)
    if launched is not None:
        found[LAUNCHED] = launched
    if any(counts.values()):
        found[DIAGNOSES] = diagnoses_table(counts)
    if comparison.exploratory:
        found[EXPLORATORY] = exploratory_table(comparison)
    return found


def _comparison_files(comparison: ComparisonResult, curves: list[CurveRow], rates: list[RateRow]) -> Files:
    yield "table.md", to_markdown(comparison)
    yield "table.csv", to_csv(comparison)
    yield "curves.csv", csv_text(CurveRow._fields, curves)
    yield "rates.csv", csv_text(RateRow._fields, rates)


def _table_files(tables: Mapping[str, Table]) -> Files:
    for name, table in tables.items():
        yield f"{name}.md", table.to_markdown()
        yield f"{name}.csv", table.to_csv()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, text.encode())


def _save_all(figures: Mapping[str, Figure], folder: Path) -> dict[str, str]:
    """Write the figures, and return them as SVG by name."""
    place = folder / "figures"
    place.mkdir(parents=True, exist_ok=True)
    for name, figure in figures.items():
        save(figure, place / name)
    return {name: (place / f"{name}.svg").read_text(encoding="utf-8") for name in figures}
