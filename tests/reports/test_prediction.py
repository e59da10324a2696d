"""The page of a prediction: one file, readable on a phone and on a dark screen."""

import re

import pytest
from lawful_logs import COSINE, PEAK, STEPS, WARMUP, WSD, lawful_log

import loganneal as la
from loganneal.prediction import Run, predict
from loganneal.reports.prediction import DRAWN, _chosen, report_page

NASTY = "<script>alert(1)</script>" + "W" * 60
RUNS = [Run(lawful_log(schedule, noise=0.005)) for schedule in (COSINE, WSD)]
SCHEDULES = {
    **{f"wsd, cooldown {share}": la.WarmupStableDecay(PEAK, STEPS, WARMUP, 4 * share) for share in range(20, 90, 10)},
    NASTY: la.Linear(PEAK, STEPS),
    "higher": la.Linear(2 * PEAK, STEPS),
    "constant": la.Constant(PEAK),
}


@pytest.fixture(scope="module")
def prediction():
    """A prediction of schedules with and without a verdict, and one that is not predicted."""
    return predict(RUNS, SCHEDULES)


@pytest.fixture(scope="module")
def page(prediction):
    """Its page."""
    return report_page(prediction, RUNS, SCHEDULES)


def test_it_stands_alone(page):
    """Nothing is loaded, names are text, and the identifiers of figures do not clash."""
    assert "<script" not in page
    assert "<?xml" not in page
    assert not re.search(r'(src|href)="(?!#)', page)
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


def test_every_schedule_has_a_row(page):
    """It has the verdict, or the reason for none; a difference of zero has no minus sign."""
    assert page.count("<tr>") == 1 + len(SCHEDULES)
    assert "the laws do not extrapolate to higher rates" in page
    assert "-0.0%" not in page
    assert "how often they are right" in page or "stored comparisons" in page


def test_different_kinds_are_drawn(prediction):
    """They are drawn rather than five values of one parameter; the last schedule is drawn too."""
    names = [one.name for one in _chosen(prediction)]
    assert len(names) == DRAWN
    assert {NASTY, "constant"} <= set(names)


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 1280])
def test_in_a_browser(page, browser, tmp_path, width, scheme):
    """It is as wide as the window, and has the reader's colours."""
    path = tmp_path / "page.html"
    path.write_text(page)
    opened = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    opened.goto(path.as_uri())
    assert opened.evaluate("document.documentElement.scrollWidth") == width
    paper = "rgb(255, 255, 255)" if scheme == "light" else "rgb(13, 17, 23)"
    assert opened.evaluate("getComputedStyle(document.body).backgroundColor") == paper
