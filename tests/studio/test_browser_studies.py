"""Studies in a real browser: the page follows what is written, and stops asking once a study has ended."""

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from browsers import serious
from followed_studies import end, followed, start, train

from loganneal.studies.declare.study import Study

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

WAIT = 60_000
"""Milliseconds after which a page that does not answer has failed."""


def opened(browser: Any, address: str, width: int = 1280, scheme: str = "light") -> Any:
    """The page; its requests and the errors on its console are kept."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.set_default_timeout(WAIT)
    page.wrong, page.asked = [], []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("console", lambda line: page.wrong.append(line.text) if line.type == "error" else None)
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(address)
    page.wait_for_selector("h1")
    return page


def test_a_study_is_followed_live(browser: Any, studies: str, tmp_path: Path) -> None:
    """An empty folder, the declaration, runs and the verdict appear one after the other; then requests stop."""
    study: Study = followed()
    page = opened(browser, studies)
    page.get_by_text("There is no study in the folders").wait_for()
    start(study, tmp_path / "out", tmp_path / "runs")
    page.get_by_role("link", name="A study").click()
    page.get_by_text("Declared; no run is done.").wait_for()
    train(study, tmp_path / "runs", 3)
    page.get_by_text("3 runs are done, and 5 are left.").wait_for()
    page.locator("#study path.js-line").first.wait_for()
    end(study, tmp_path / "out", tmp_path / "runs")
    page.get_by_text("Complete.").wait_for()
    assert page.get_by_role("cell", name="reference").count() == 1
    count = len(page.asked)
    page.wait_for_timeout(7_000)
    assert len(page.asked) == count
    assert page.wrong == []


def test_the_report_is_shown_by_the_keyboard(browser: Any, studies: str, tmp_path: Path) -> None:
    """A hostile title is text on the page and in the report, which may run no script."""
    end(followed("<script>top.document.title = 'obeyed'</script>"), tmp_path / "out", tmp_path / "runs")
    page = opened(browser, studies)
    page.get_by_role("heading", name="<script>").wait_for()
    page.get_by_role("button", name="Show the report").press("Enter")
    frame = page.wait_for_selector("#study-report iframe").content_frame()
    frame.wait_for_selector("svg")
    assert "<script" not in frame.content()
    assert page.title() == "loganneal studio"
    assert page.wrong == []


def test_a_folder_that_is_removed_is_said(browser: Any, studies: str, tmp_path: Path) -> None:
    """The page that shows a study says that it is gone, and shows it again when it is back."""
    study = followed()
    start(study, tmp_path / "out", tmp_path / "runs")
    page = opened(browser, f"{studies}?study={quote(str(tmp_path / 'out'))}")
    page.get_by_role("heading", name="A study", exact=True).wait_for()
    shutil.rmtree(tmp_path / "out")
    page.get_by_text("There is no study of that name").wait_for()
    end(study, tmp_path / "out", tmp_path / "runs")
    page.get_by_text("Complete.").wait_for()
    assert page.wrong == []


def test_a_damaged_result_is_a_sentence(browser: Any, studies: str, tmp_path: Path) -> None:
    """It names the file, and the rest of the page is still shown."""
    end(followed(), tmp_path / "out", tmp_path / "runs")
    (tmp_path / "out" / "result.json").write_text("{")
    page = opened(browser, studies)
    page.locator("#study .wrong").filter(has_text="result.json does not hold the result").wait_for()
    assert page.get_by_role("cell", name="reference").count() == 1


@pytest.mark.parametrize(("width", "scheme"), [(375, "dark"), (375, "light"), (1280, "dark"), (1280, "light")])
def test_it_fits_and_is_accessible(browser: Any, studies: str, tmp_path: Path, width: int, scheme: str) -> None:
    """Nothing overflows the window, and axe-core finds nothing serious."""
    end(followed(), tmp_path / "first", tmp_path / "runs")
    start(followed("W" * 150), tmp_path / "second", tmp_path / "runs")
    page = opened(browser, f"{studies}?study={quote(str(tmp_path / 'first'))}", width, scheme)
    page.locator("#study path.js-line").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert serious(page) == []
