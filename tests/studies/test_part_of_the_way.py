"""How far arms are from the reference part of the way, from the committed runs."""

import json
from pathlib import Path

import pytest

pytest.importorskip("scipy")
from part_of_the_way import table

from loganneal.runs import Journal
from loganneal.studies import read_result

RECORDS = Path(__file__).parents[2] / "records"
FILES = sorted(RECORDS.glob("*/part-of-the-way.json"))


@pytest.mark.parametrize("file", FILES, ids=[file.parent.name for file in FILES])
def test_the_table_is_what_the_runs_give(file: Path) -> None:
    """Every difference of the committed file, from the records of the runs."""
    found = table(read_result(file.with_name("result.json")), Journal(RECORDS / "runs"))
    assert found == json.loads(file.read_text())
    assert found
