"""The folder of a report is complete, and is not rewritten without need."""

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from loganneal.reports import write_report
from loganneal.reports.report import comparison_folder
from loganneal.runs import Journal
from loganneal.studies.declare.comparison import Comparison, FinishedRun, declare
from loganneal.studies.declare.study import study_of
from loganneal.studies.judge.conclude import conclude_study
from loganneal.studies.result import StudyResult

FIGURES = ("differences", "curves", "winners", "sensitivity", "trials")


def files(folder: Path) -> set[str]:
    """Every file inside a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def written(alone: StudyResult, journal: Journal, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report; a test that changes it copies it."""
    folder = tmp_path_factory.mktemp("written")
    assert write_report(alone, folder, journal) == folder / "index.html"
    return folder


def test_complete(written: Path, finished: list[FinishedRun]) -> None:
    """The page, tables and figures exist, and the curves contain every point."""
    assert files(written) == {
        *("table.md", "table.csv", "curves.csv", "rates.csv", "exploratory.md", "exploratory.csv", "index.html"),
        *(f"figures/{name}.{form}" for name in FIGURES for form in ("png", "svg")),
    }
    with (written / "curves.csv").open() as file:
        assert len(list(csv.DictReader(file))) == sum(len(run.record.metrics) for run in finished)


def test_written_once(written: Path, alone: StudyResult, journal: Journal, tmp_path: Path) -> None:
    """A folder that shows the result is left alone; another result is written."""
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    write_report(alone, tmp_path, journal)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    page = write_report(replace(alone, command="another"), tmp_path, journal)
    assert "<pre>another</pre>" in page.read_text()


@pytest.mark.slow
def test_a_damaged_page_is_drawn_again(written: Path, alone: StudyResult, journal: Journal, tmp_path: Path) -> None:
    """A derived page is drawn again if it is incomplete: empty, cut short, or without its end."""
    page = shutil.copytree(written, tmp_path, dirs_exist_ok=True) / "index.html"
    whole = page.read_bytes()
    for damaged in (b"", b"<html>\xff", whole[: len(whole) // 2]):
        page.write_bytes(damaged)
        write_report(alone, tmp_path, journal)
        assert page.read_bytes() == whole


def test_nothing_finished(comparison: Comparison, tmp_path: Path) -> None:
    """Without a complete replicate, the report shows the schedules and says that it is partial."""
    page = write_report(conclude_study(study_of(comparison), []), tmp_path, Journal(tmp_path / "runs"))
    assert (tmp_path / "figures" / "rates.png").exists()
    assert "Partial: 0 of 8" in page.read_text()


def test_without_records(alone: StudyResult, tmp_path: Path) -> None:
    """Without a record of any run, there is still every number and whatever is drawn from the result alone."""
    page = write_report(alone, tmp_path, Journal(tmp_path / "runs"))
    assert (tmp_path / "figures" / "differences.svg").exists()
    assert not (tmp_path / "figures" / "curves.svg").exists()
    assert "90.70" in page.read_text()


def test_a_study_has_a_folder_for_each_comparison(study_result: StudyResult, journal: Journal, tmp_path: Path) -> None:
    """The page, the overview and the budgets are at the top, each comparison's own files in its folder."""
    write_report(study_result, tmp_path, journal)
    assert {path.name for path in tmp_path.iterdir()} == {
        *("01-100-steps", "02-200-steps", "figures", "index.html"),
        *("overview.md", "overview.csv", "budget-1.md", "budget-1.csv"),
    }
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {
        f"{name}.{form}" for name in ("overview", "budget-1") for form in ("png", "svg")
    }
    assert (tmp_path / "02-200-steps" / "figures" / "differences.png").exists()


def test_every_run_diverged(finished: list[FinishedRun], comparison: Comparison, tmp_path: Path) -> None:
    """If every run diverges before its first row, there is still a page that says so."""
    lost = {"status": "diverged", "validation_score": None, "test_score": None, "metrics": ()}
    runs = [run._replace(record=replace(run.record, **lost)) for run in finished]
    store = Journal(tmp_path / "runs")
    for run in runs:
        store.write(run.record)
    page = write_report(conclude_study(study_of(comparison), runs), tmp_path, store)
    assert "Diverged runs, counted as 10" in page.read_text()


def test_one_replicate_of_one_trial(tmp_path: Path, finished: list[FinishedRun]) -> None:
    """A comparison of the smallest size has a page."""
    tiny = declare("digits", arms=("cosine", "linear"), trials=1, replicates=1)
    runs = [
        FinishedRun(
            planned,
            replace(finished[0].record, spec=planned.spec, status="completed", validation_score=0.9, test_score=0.9),
        )
        for planned in tiny.plan()
    ]
    page = write_report(conclude_study(study_of(tiny), runs), tmp_path, Journal(tmp_path / "runs"))
    assert "no verdict" in page.read_text()


def test_names_cannot_leave_the_folder() -> None:
    """The user's name for a comparison becomes the name of a folder without special characters."""
    assert comparison_folder(3, "/etc/<passwd> ../..") == "03-etc-passwd"
    assert comparison_folder(1, "../../") == "01"
    assert len(comparison_folder(1, "word " * 50)) <= 60
