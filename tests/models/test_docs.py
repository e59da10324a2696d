"""What the page on networks promises."""

from pathlib import Path

import pytest
from model_costs import image_cost, text_cost

from loganneal.models import MODELS, TEXT_MODELS

PAGE = Path(__file__).parents[2] / "docs" / "models.md"
SIZES = ((3, 32), (1, 28), (3, 72))


def rows() -> dict[str, list[str]]:
    """The cells of each network's row, by its name."""
    lines = (line for line in PAGE.read_text().splitlines() if line.startswith("| `"))
    cells = ([cell.strip() for cell in line.strip("| ").split("|")] for line in lines)
    return {first.strip("`"): rest for first, *rest in cells}


def number(cell: str) -> float:
    """A cell as a number."""
    return float(cell.replace(",", ""))


def test_every_network_has_a_row():
    """The page lists the networks that there are, in their order, and no others."""
    assert list(rows()) == [*MODELS, *TEXT_MODELS]


@pytest.mark.parametrize("name", MODELS)
def test_image_rows_are_what_the_code_builds(name):
    """Parameters agree exactly, multiply-adds to the decimal that is printed, at every size."""
    cells = rows()[name]
    costs = [image_cost(name, in_channels=channels, side=side) for channels, side in SIZES]
    assert number(cells[0]) == costs[0].parameters
    assert [number(cell) for cell in cells[1:4]] == [round(cost.multiply_adds / 1e6, 1) for cost in costs]
    assert len(cells[4]) > 10


@pytest.mark.parametrize("name", TEXT_MODELS)
def test_text_rows_are_what_the_code_builds(name):
    """Parameters agree exactly, multiply-adds to the decimal that is printed."""
    cells, cost = rows()[name], text_cost(name)
    assert number(cells[0]) == cost.parameters
    assert number(cells[1]) == round(cost.multiply_adds / 1e6, 1)
