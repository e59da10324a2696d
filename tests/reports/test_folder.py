"""The folder of a comparison is complete, and is not rewritten without need."""

import csv
import json
from pathlib import Path
from typing import Any

from loganneal.reports.folder import comparison_folder, is_current, write_folder, write_whole
from loganneal.studies.declare.comparison import Comparison, FinishedRun
from loganneal.studies.result.conclude import conclude

Summary = dict[str, Any]
FIGURES = ("differences", "curves", "winners", "sensitivity", "trials")


def test_complete(summary: Summary, finished: list[FinishedRun], tmp_path: Path) -> None:
    """All files are there, the summary reads back, and the curves hold every point."""
    write_folder(summary, finished, tmp_path)
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert names == {
        "comparison.json",
        "table.md",
        "table.csv",
        "curves.csv",
        "rates.csv",
        "exploratory.md",
        "exploratory.csv",
        "index.html",
        *(f"figures/{name}.{form}" for name in FIGURES for form in ("png", "svg")),
    }
    assert json.loads((tmp_path / "comparison.json").read_text())["headline"] == summary["headline"]
    with (tmp_path / "curves.csv").open() as file:
        assert len(list(csv.DictReader(file))) == sum(len(run.record.metrics) for run in finished)


def test_is_current(summary: Summary, finished: list[FinishedRun], tmp_path: Path) -> None:
    """A folder shows the summary that was written, and no other."""
    assert not is_current(summary, tmp_path)
    write_folder(summary, finished, tmp_path)
    assert is_current(summary, tmp_path)
    assert not is_current({**summary, "headline": "another"}, tmp_path)


def test_nothing_finished(comparison: Comparison, tmp_path: Path) -> None:
    """Without a complete replicate the folder shows the schedules and says that it is partial."""
    write_folder(conclude(comparison, []), [], tmp_path)
    assert (tmp_path / "figures" / "rates.png").exists()
    assert "Partial: 0 of 8" in (tmp_path / "index.html").read_text()


def test_replaces_whole_files(tmp_path: Path) -> None:
    """A file is replaced and nothing temporary stays."""
    for text in ("old", "new"):
        write_whole(tmp_path / "file.txt", text)
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]
    assert (tmp_path / "file.txt").read_text() == "new"


def test_a_study_has_a_folder_for_each_comparison(
    study_summary: Summary, study_finished: list[FinishedRun], tmp_path: Path
) -> None:
    """The page, the overview and the budgets lie on top, each comparison's own files in its folder."""
    write_folder(study_summary, study_finished, tmp_path)
    top = {path.name for path in tmp_path.iterdir()}
    assert top == {
        *("01-100-steps", "02-200-steps", "figures", "index.html", "study.json"),
        *("overview.md", "overview.csv", "budget-1.md", "budget-1.csv"),
    }
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {
        f"{name}.{form}" for name in ("overview", "budget-1") for form in ("png", "svg")
    }
    assert (tmp_path / "02-200-steps" / "figures" / "differences.png").exists()
    assert is_current(study_summary, tmp_path)


def test_names_cannot_leave_the_folder() -> None:
    """What the user calls a comparison becomes the name of a folder without anything special."""
    assert comparison_folder(3, "/etc/<passwd> ../..") == "03-etc-passwd"
    assert comparison_folder(1, "../../") == "01"
    assert len(comparison_folder(1, "word " * 50)) <= 60
