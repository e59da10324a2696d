"""What ensembles of snapshots gain, from the committed runs."""

import json
from pathlib import Path

import pytest

pytest.importorskip("scipy")
from snapshot_ensembles import table

from loganneal.runs import Journal
from loganneal.studies import read_result

RECORDS = Path(__file__).parents[2] / "records"
STUDY = RECORDS / "restarts-at-length"


def test_the_table_is_what_the_runs_give() -> None:
    """Every difference of the committed file, from the records of the runs."""
    found = table(read_result(STUDY / "result.json"), Journal(RECORDS / "runs"))
    assert found == json.loads((STUDY / "ensembles.json").read_text())
    assert len(found) == 6
