"""Every figure looks the same, and is written as PNG and as SVG."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from loganneal.data.metric import Metric
from loganneal.reports.comparison_figures import differences_figure
from loganneal.reports.figures import MANY_POINTS, band, better_part, canvas, dots, line_of, save, short, to_svg
from loganneal.studies.declare.arms import ARMS
from loganneal.studies.result import ComparisonResult

ARM = ARMS["cla"]


def test_svg_repeats(result: ComparisonResult) -> None:
    """The same summary gives the same SVG, letter by letter, so that committed figures do not change."""
    assert to_svg(differences_figure(result)) == to_svg(differences_figure(result))


def test_save_writes_both_forms(result: ComparisonResult, tmp_path: Path) -> None:
    """A figure is written as PNG and as SVG, even if its name contains a dot."""
    save(differences_figure(result), tmp_path / "base-0.1")
    assert (tmp_path / "base-0.1.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "base-0.1.svg").read_text()


def test_a_band_is_mean_and_deviation() -> None:
    """Each step has the mean of the values that exist there, and one standard deviation around it."""
    _, axes = canvas(2.0)
    band(axes, ARM, [(1, 2.0), (1, 4.0), (2, 5.0), (2, None)])
    assert axes.lines[0].get_ydata().tolist() == [3.0, 5.0]
    edge = axes.collections[0].get_paths()[0].vertices
    assert {2.0, 4.0} <= set(edge[edge[:, 0] == 1][:, 1].tolist())


def test_many_points_are_an_image() -> None:
    """A cloud of points too large for a page is drawn as an image inside the SVG."""
    for count, image in ((10, False), (MANY_POINTS + 1, True)):
        figure, axes = canvas(2.0)
        dots(axes, np.arange(count), np.arange(count), "#e0512f")
        assert ("data:image/png" in to_svg(figure)) is image


@pytest.mark.parametrize(("higher", "inside", "outside"), [(True, 95.0, 10.0), (False, 1.5, 4.0)])
def test_the_better_part_is_shown(higher: bool, inside: float, outside: float) -> None:
    """Limits show the better scores, whichever way is better, and leave out the first steps."""
    _, axes = canvas(2.0)
    axes.plot([outside, *np.linspace(0.9 * inside, inside, 9)])
    low, high = better_part(axes, Metric("score", higher_is_better=higher))
    assert low < inside < high
    assert not low < outside < high


def test_names_with_dollars_and_underscores(result: ComparisonResult) -> None:
    """A title is drawn as it is written: no formula, no markup, and a label that matplotlib would hide is shown."""
    arms = tuple(replace(one, arm=replace(one.arm, title="$\\frac$ <b> & _x")) for one in result.arms)
    svg = to_svg(differences_figure(replace(result, arms=arms)))
    assert "$\\frac$ &lt;b&gt; &amp; _x" in svg
    assert not line_of(replace(ARM, name="_x"))["label"].startswith("_")


def test_long_titles_are_cut() -> None:
    """A title takes two lines at most."""
    assert len(short("a long title " * 20).splitlines()) == 2
