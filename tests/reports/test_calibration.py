"""Tables and figures of a calibration show its numbers."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from loganneal.reports.calibration import TABLES, false_alarms_figure, power_figure, to_csv, to_markdown
from loganneal.studies.calibrate.calibration import calibrate
from loganneal.studies.calibrate.run_grid import Pool
from loganneal.studies.calibrate.sequential import sequential_rows
from loganneal.studies.calibrate.tables import Calibration


@pytest.fixture(scope="module")
def result() -> Calibration:
    """A small calibration."""
    scores = 90 + np.random.default_rng(0).normal(0, 1, (2, 24, 16))
    pool = Pool(tuple(np.geomspace(0.03, 1.5, 16)), *scores)
    looks = tuple(sequential_rows(pool.around(0.4, 2.5, 4), margin=1.0, studies=30))
    return dataclasses.replace(calibrate(pool, margin=1.0, studies=30), sequential=looks)


@pytest.mark.parametrize("name", TABLES)
def test_tables(result: Calibration, name: str) -> None:
    """Every row of a table is a line with as many cells as the heading, in Markdown and in CSV."""
    lines = to_markdown(result, name).splitlines()
    assert len(lines) == 2 + len(getattr(result, name))
    assert {line.count("|") for line in lines} == {len(TABLES[name]) + 1}
    assert len(to_csv(result, name).splitlines()) == 1 + len(getattr(result, name))


def test_a_share_is_in_percent(result: Calibration) -> None:
    """The share of decided studies is in the table as it was counted."""
    line = to_markdown(result, "same").splitlines()[2]
    assert f"| {100 * result.same[0].decided:.1f}% |" in line


def test_false_alarms_are_bars(result: Calibration) -> None:
    """Each row of both protocols is a bar, and there are lines at 5% and at the limit."""
    (axes,) = false_alarms_figure(result).axes
    assert len(axes.patches) == len(result.same) + len(result.usual)
    assert [line.get_xdata()[0] for line in axes.lines] == [5, 100 * result.limit]


def test_power_beside_prediction(result: Calibration) -> None:
    """Counted shares are points beside the predicted line."""
    left, right = power_figure(result).axes
    counted = [row.found for row in result.planted if row.rivals == 1]
    assert list(left.lines[1].get_ydata()) == counted
    assert list(right.lines[0].get_ydata()) == [row.tie_predicted for row in result.ties]


@pytest.mark.parametrize("name", TABLES)
def test_the_documentation_has_the_tables_as_they_came_out(name: str) -> None:
    """The tables of the documentation are those of the committed calibration, and can be made from its numbers."""
    root = Path(__file__).parents[2]
    committed = root / "records" / "calibration" / "calibration.json"
    if not committed.exists():
        pytest.skip("The evidence is not part of a source distribution.")
    table = to_markdown(Calibration.from_dict(json.loads(committed.read_text())), name)
    assert table in (root / "docs" / "calibration.md").read_text()
