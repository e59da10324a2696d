"""The page in a real browser: no request leaves it, it fits a phone, and it follows the reader's colours."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from loganneal.reports import write_report
from loganneal.runs import Journal
from loganneal.studies.result import ArmResult, StudyResult

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

NASTY = "<img src='http://example.com/x.png'><script>fetch('http://example.com')</script>" + "W" * 60


@pytest.fixture(scope="module")
def page_path(study_result: StudyResult, journal: Journal, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a study whose names, command and versions are as nasty as can be."""
    comparisons = tuple(
        replace(one, label=f"{NASTY} {number}", arms=tuple(_nasty(arm) for arm in one.arms))
        for number, one in enumerate(study_result.comparisons)
    )
    nasty = replace(study_result, title=NASTY, command=NASTY, comparisons=comparisons, environment={NASTY: (NASTY,)})
    return write_report(nasty, tmp_path_factory.mktemp("report"), journal)


def _nasty(result: ArmResult) -> ArmResult:
    return replace(result, arm=replace(result.arm, title=f"{result.name} {NASTY}"))


def opened(browser: Any, path: Path, width: int, scheme: str = "light") -> tuple[Any, list[str]]:
    """The page at a width, and the addresses that it requested."""
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_load_state("networkidle")
    return page, asked


def test_no_request_leaves_the_page(browser: Any, page_path: Path) -> None:
    """Only the file itself is requested, whatever names the user chose, and no script runs."""
    page, asked = opened(browser, page_path, 1100)
    assert [url for url in asked if not url.startswith("data:")] == [page_path.as_uri()]
    assert page.evaluate("document.scripts.length") == 0


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_nothing_overflows(browser: Any, page_path: Path, width: int) -> None:
    """The page is as wide as the window; wide tables and figures scroll by themselves."""
    page, _ = opened(browser, page_path, width)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_dark_mode(browser: Any, page_path: Path) -> None:
    """Paper, text and the axes of figures change with the reader's colours."""
    colours = "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    axis = "getComputedStyle(document.querySelector('figure svg text')).fill"
    light, dark = (opened(browser, page_path, 375, scheme)[0] for scheme in ("light", "dark"))
    assert light.evaluate(colours) == ["rgb(255, 255, 255)", "rgb(31, 35, 40)"]
    assert dark.evaluate(colours) == ["rgb(13, 17, 23)", "rgb(230, 237, 243)"]
    assert light.evaluate(axis) != dark.evaluate(axis)


def test_print_is_ink_on_paper(browser: Any, page_path: Path) -> None:
    """Printed from a dark screen, the text is black."""
    page, _ = opened(browser, page_path, 1100, "dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
