"""The page of limits says what the code has."""

import re
from pathlib import Path

import pytest

from loganneal import _limits

PAGE = (Path(__file__).parents[1] / "docs" / "limits.md").read_text()
ROWS = {name: bound for bound, name in re.findall(r"\| ([^|]+) \| `(\w+)` \|", PAGE)}
NAMES = [name for name in vars(_limits) if name.isupper() and name not in ("MIB", "GIB")]
UNITS = {"MiB": 2**20, "GiB": 2**30}


def number(text: str) -> float:
    """The number that a cell gives, in its unit."""
    digits, _, unit = text.partition(" ")
    return float(digits.replace(",", "")) * UNITS.get(unit, 1)


@pytest.mark.parametrize("name", NAMES)
def test_every_limit_is_documented(name: str) -> None:
    """Each bound is on the page with its value."""
    said, held = ROWS[name], getattr(_limits, name)
    values = tuple(map(number, said.split(" to "))) if isinstance(held, tuple) else number(said)
    assert values == held


def test_nothing_else_is_documented() -> None:
    """The page names no bound that does not exist."""
    assert set(ROWS) == set(NAMES)
