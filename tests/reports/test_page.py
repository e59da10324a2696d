"""The page stands alone and says the verdict first."""

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest

from loganneal.reports.curves import rate_rows
from loganneal.reports.figures import INK, differences_figure, rates_figure, to_svg
from loganneal.reports.page import render

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
    figures = {"differences": differences_figure(summary), "rates": rates_figure(rate_rows(summary))}
    return render(summary, {name: to_svg(figure) for name, figure in figures.items()})


def test_order(page: str, summary: Summary) -> None:
    """Verdict, table, figures, caveats, command and versions follow one another."""
    body = page[page.index("<body>") :]
    marks = [summary["headline"], "<table>", "<svg", summary["caveats"][0], summary["command"], "<dt>torch</dt>"]
    places = [body.index(mark) for mark in marks]
    assert places == sorted(places)


def test_stands_alone(page: str) -> None:
    """The page refers to no other file, and no identifier occurs twice although two figures are inside."""
    tags = _Tags()
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
    page = render(hostile, {})
    assert "<script>" not in page
    assert "&lt;b&gt;" in page
