"""The page on studies is correct."""

import re
from pathlib import Path

from loganneal.studies.declare.arms import ARMS
from loganneal.studies.declare.builders import FORMS, parameters_of
from loganneal.studies.declare.study_file import read_study

PAGE = (Path(__file__).parents[2] / "docs" / "studies.md").read_text()


def test_the_table_lists_every_parameter() -> None:
    """The table lists each schedule with everything that can be declared for it."""
    for form in FORMS:
        assert f"| `{form}` | {', '.join(f'`{name}`' for name in parameters_of(form))} |" in PAGE


def test_the_example_is_a_study(tmp_path: Path) -> None:
    """The file on the page can be read as it is."""
    found = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert found
    (tmp_path / "example.toml").write_text(found[1])
    study = read_study(tmp_path / "example.toml")
    assert [comparison.steps for comparison in study.comparisons] == [100, 960]


def test_the_arms_that_ship_are_named() -> None:
    """Every arm that needs no table is on the page."""
    assert all(f"`{name}`" in PAGE for name in ARMS)
