"""The page is self-contained and states the verdict first."""

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from loganneal.reports.caveats import caveats
from loganneal.reports.comparison_figures import differences_figure, rates_figure
from loganneal.reports.curves import rate_rows
from loganneal.reports.figures import INK, to_svg
from loganneal.reports.headline import study_headline
from loganneal.reports.page import Part, Section, render, shared_lines, shows
from loganneal.studies.result import ComparisonResult, StudyResult


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
def page(alone: StudyResult) -> str:
    """The page with two figures."""
    return render(alone, {}, [Part(alone.comparisons[0], svgs(alone.comparisons[0]))])


def svgs(result: ComparisonResult) -> dict[str, str]:
    """Two figures as text."""
    figures = {"differences": differences_figure(result), "rates": rates_figure(result, rate_rows(result))}
    return {name: to_svg(figure) for name, figure in figures.items()}


@pytest.fixture(scope="module")
def study_page(study_result: StudyResult) -> str:
    """The page of two comparisons, with two figures each."""
    return render(study_result, {}, [Part(one, svgs(one)) for one in study_result.comparisons])


def test_order(page: str, alone: StudyResult) -> None:
    """Verdict, table, figures, caveats, command and versions follow one another."""
    body = page[page.index("<body>") :]
    first = caveats(alone.comparisons[0])[0]
    marks = [study_headline(alone), "<table>", "<svg", first, alone.command, "<dt>torch</dt>"]
    places = [body.index(mark) for mark in marks]
    assert places == sorted(places)


@pytest.mark.parametrize("name", ["page", "study_page"])
def test_stands_alone(name: str, request: pytest.FixtureRequest) -> None:
    """A page refers to no other file, and no identifier occurs twice although it contains several figures."""
    page, tags = request.getfixturevalue(name), _Tags()
    tags.feed(page)
    assert tags.outside == []
    assert tags.ids
    assert max(tags.ids.values()) == 1
    assert "<script" not in page


def test_references_within_figures_hold(page: str) -> None:
    """Every clip path and marker that a figure uses exists under its new name."""
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


def test_text_is_escaped(alone: StudyResult) -> None:
    """What comes from records cannot become markup."""
    hostile = replace(alone, command="<script>alert(1)</script>", environment={"cpu": ("<b>",)})
    page = render(hostile, {}, [Part(alone.comparisons[0])])
    assert "<script>" not in page
    assert "&lt;b&gt;" in page


def test_nasty_names_are_text(study_result: StudyResult) -> None:
    """Titles, labels, paths and commands of the user appear as they are, and never as markup."""
    nasty = "<script>alert('x')</script>\"&"
    comparisons = tuple(replace(one, label=nasty) for one in study_result.comparisons)
    hostile = replace(study_result, title=nasty, command=nasty, comparisons=comparisons)
    page = render(hostile, {}, [Part(one) for one in comparisons])
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&#34;&amp;") >= 7


def test_study_begins_with_the_overview(study_page: str, study_result: StudyResult) -> None:
    """The headline and the table of all comparisons come first, each row leading to its section."""
    body = study_page[study_page.index("<body>") :]
    marks = [
        study_headline(study_result),
        '<a href="#c1">100 steps</a>',
        '<a href="#c2">200 steps</a>',
        'id="c1"',
        'id="c2"',
    ]
    places = [body.index(mark) for mark in marks]
    assert places == sorted(places)
    assert "Steps to 90.70" in body


def test_what_all_say_is_said_once(study_page: str, study_result: StudyResult) -> None:
    """A caveat common to all comparisons is on the page once, one of a single comparison is in its section."""
    shared = shared_lines([Section("", one, [], {}) for one in study_result.comparisons])
    assert any("Only the peak rate is tuned" in line for line in shared)
    assert study_page.count("Only the peak rate is tuned") == 1
    assert study_page.count("The same in every arm") == 2


def test_a_page_knows_what_it_shows(page: str, alone: StudyResult) -> None:
    """A page shows the result that it was made from and no other, and only if it is complete."""
    assert shows(page, alone)
    assert not shows(page, replace(alone, command="another"))
    assert not shows(page[:-20], alone)
