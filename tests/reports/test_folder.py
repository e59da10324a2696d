"""The folder of a comparison is complete, and is not rewritten without need."""

import csv
import json
from pathlib import Path
from typing import Any

from loganneal.reports.folder import is_current, write_folder, write_whole
from loganneal.studies.comparison import Comparison, FinishedRun
from loganneal.studies.conclude import conclude

Summary = dict[str, Any]
FIGURES = ("rates", "differences", "curves", "sensitivity")


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
