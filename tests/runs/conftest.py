"""What the tests of runs share; torch has one thread in all of them."""

from pathlib import Path

import pytest
from journals import RECORDS

from loganneal.runs import Journal


@pytest.fixture(autouse=True)
def _one_thread(one_thread: None) -> None:
    """Torch uses one thread."""


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A journal of three runs."""
    journal = Journal(tmp_path / "runs")
    for record in RECORDS:
        journal.write(record)
    return journal
