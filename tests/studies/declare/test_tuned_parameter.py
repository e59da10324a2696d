"""Ranges to tune within."""

from collections import Counter

import numpy as np
import pytest

from loganneal.studies.declare.space import coordinates
from loganneal.studies.declare.tuned_parameter import TunedParameter
from loganneal.studies.judge.selection import edge_shares


def test_log_scale_has_as_much_below_its_middle_as_above() -> None:
    """A base in [0.1, 10] is below 1 as often as above."""
    values = [TunedParameter("base", 0.1, 10).value(unit) for unit in coordinates(0, 64, 1)[:, 0]]
    assert sum(value < 1 for value in values) == 32
    assert all(0.1 <= value <= 10 for value in values)


def test_whole_values_are_equally_frequent() -> None:
    """Cycle counts from 1 to 4 occur 16 times each in 64 trials."""
    counts = Counter(TunedParameter("cycles", 1, 4).value(unit) for unit in coordinates(0, 64, 1)[:, 0])
    assert counts == {1: 16, 2: 16, 3: 16, 4: 16}


@pytest.mark.parametrize(
    "one", [TunedParameter("base", 0.1, 10), TunedParameter("rise_share", 0.1, 0.5)], ids=lambda one: one.scale
)
def test_position_undoes_value(one: TunedParameter) -> None:
    """The position of a value is the one that it came from."""
    units = [0.0, 0.1, 0.5, 0.99]
    assert [one.position(one.value(unit)) for unit in units] == pytest.approx(units)


def test_few_whole_numbers_have_no_edge() -> None:
    """The least of four is a quarter of the range, not its outer eighth; the least of eight is."""
    four, eight = TunedParameter("cycles", 1, 4), TunedParameter("cycles", 1, 8)
    assert edge_shares([four.position(value) for value in (1, 1, 4)]) == (0.0, 0.0)
    assert edge_shares([eight.position(value) for value in (1, 2, 8, 8)]) == (0.25, 0.5)


@pytest.mark.parametrize(("name", "low", "high"), [("bass", 1, 2), ("base", 0, 2), ("base", 2, 2), ("cycles", 3, 1)])
def test_bad_ranges(name: str, low: float, high: float) -> None:
    """Unknown names and invalid ranges raise with the name."""
    with pytest.raises(ValueError, match=name):
        TunedParameter(name, low, high)


def test_coordinates_of_several_parameters_fill_the_square() -> None:
    """Each of 16 squares contains one of sixteen points in two dimensions."""
    points = np.floor(4 * coordinates(5, 16, 2)).astype(int)
    assert len({tuple(point) for point in points.tolist()}) == 16
