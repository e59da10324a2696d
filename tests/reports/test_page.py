"""The page stands alone and says the verdict first."""

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest

from loganneal.reports.comparison_figures import differences_figure, rates_figure
from loganneal.reports.curves import rate_rows
from loganneal.reports.figures import INK, to_svg
from loganneal.reports.page import Part, render, render_study, shared_caveats

Summary = dict[str, Any]


class _Tags(HTMLParser):
    """Collects identifiers and references to other files."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids[value or ""] += 1
            if name in ("src", "href", "xlink:href") and not (value or "").startswith("#"):
                self.outside.append(value or "")


@pytest.fixture(scope="module")
def page(summary: Summary) -> str:
    """The page with two figures."""
    return render(Part(summary, svgs(summary)))


def svgs(summary: Summary) -> dict[str, str]:
    """Two figures as text."""
    figures = {"differences": differences_figure(summary), "rates": rates_figure(summary, rate_rows(summary))}
    return {name: to_svg(figure) for name, figure in figures.items()}


@pytest.fixture(scope="module")
def study_page(study_summary: Summary) -> str:
    """The page of two comparisons, with two figures each."""
    parts = [Part(one, svgs(one)) for one in study_summary["comparisons"]]
    return render_study(study_summary, {}, parts)


def test_order(page: str, summary: Summary) -> None:
    """Verdict, table, figures, caveats, command and versions follow one another."""
    body = page[page.index("<body>") :]
    marks = [summary["headline"], "<table>", "<svg", summary["caveats"][0], summary["command"], "<dt>torch</dt>"]
    places = [body.index(mark) for mark in marks]
    assert places == sorted(places)


@pytest.mark.parametrize("name", ["page", "study_page"])
def test_stands_alone(name: str, request: pytest.FixtureRequest) -> None:
    """A page refers to no other file, and no identifier occurs twice although several figures are inside."""
    page, tags = request.getfixturevalue(name), _Tags()
    tags.feed(page)
    assert tags.outside == []
    assert tags.ids
    assert max(tags.ids.values()) == 1
    assert "<script" not in page


def test_references_within_figures_hold(page: str) -> None:
    """Every clip path and marker that a figure uses is there under its new name."""
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', page))
    tags = _Tags()
    tags.feed(page)
    assert used
    assert used <= set(tags.ids)


def test_ink_is_the_readers(page: str) -> None:
    """Text and axes take the page's colour, so that a dark page shows them."""
    assert INK not in page
    assert "currentColor" in page


def test_figures_are_described(page: str) -> None:
    """Each figure tells a screen reader what it shows."""
    assert len(re.findall(r'<svg role="img" aria-label="[^"]+"', page)) == 2


def test_text_is_escaped(summary: Summary) -> None:
    """What comes from records cannot become markup."""
    hostile = {**summary, "warnings": ["<script>alert(1)</script>"], "environment": {"cpu": "<b>"}}
    page = render(Part(hostile))
    assert "<script>" not in page
    assert "&lt;b&gt;" in page


def test_nasty_names_are_text(study_summary: Summary) -> None:
    """Titles, labels, paths and commands of the user appear as they are, and never as markup."""
    nasty = "<script>alert('x')</script>\"&"
    comparisons = [{**one, "label": nasty, "headline": nasty} for one in study_summary["comparisons"]]
    hostile = {**study_summary, "title": nasty, "command": nasty, "comparisons": comparisons, "headline": nasty}
    page = render_study(hostile, {}, [Part(one) for one in comparisons])
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&#34;&amp;") >= 7


def test_study_begins_with_the_overview(study_page: str, study_summary: Summary) -> None:
    """The headline and the table of all comparisons come first, each row leading to its section."""
    body = study_page[study_page.index("<body>") :]
    marks = [
        study_summary["headline"],
        '<a href="#c1">100 steps</a>',
        '<a href="#c2">200 steps</a>',
        'id="c1"',
        'id="c2"',
    ]
    places = [body.index(mark) for mark in marks]
    assert places == sorted(places)
    assert "Steps to 90.70" in body


def test_what_all_say_is_said_once(study_page: str, study_summary: Summary) -> None:
    """A caveat of every comparison stands once on the page, one of a single comparison in its section."""
    shared = shared_caveats(study_summary["comparisons"])
    assert any("Only the peak rate is tuned" in line for line in shared)
    assert study_page.count("Only the peak rate is tuned") == 1
    assert study_page.count("Fixed, alike in every arm") == 2
