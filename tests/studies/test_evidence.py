"""The committed evidence stays readable, and gives the numbers that were committed with it."""

import json
from pathlib import Path
from typing import Any

import pytest

from loganneal.runs import Journal
from loganneal.studies.declare.comparison import Comparison, declare
from loganneal.studies.engines import take_inventory
from loganneal.studies.judge.power import MEASURED_SD
from loganneal.studies.result.conclude import conclude

RECORDS = Path(__file__).parents[2] / "records"
NUMBERS = ("mean", "sd", "difference_mean", "difference_sd", "p", "p_holm", "diverged")


def _declared(values: dict[str, Any]) -> Comparison:
    names = ("steps", "margin", "trials", "replicates", "reference", "first_seed")
    return declare(
        values["workload"],
        arms=tuple(values["arms"]),
        peak_range=tuple(values["peak_range"]),
        train_examples=values["train_images"],
        **{name: values[name] for name in names},
    )


@pytest.fixture(params=["digits", "cifar10"])
def committed(request: pytest.FixtureRequest) -> dict[str, Any]:
    """A comparison's summary as it was committed."""
    path = RECORDS / request.param / "comparison.json"
    if not path.exists():
        pytest.skip("The evidence is not part of a source distribution.")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_same_numbers(committed: dict[str, Any]) -> None:
    """Every committed run is found under its key, and the table comes out as it was."""
    declared = _declared(committed["declaration"])
    stock = take_inventory(declared.plan(), Journal(RECORDS / "runs"))
    assert (stock.missing, stock.corrupt) == ([], [])
    for before, now in zip(committed["arms"], conclude(declared, stock.finished)["arms"], strict=True):
        known = [name for name in NUMBERS if before[name] is not None]
        assert [now[name] for name in known] == pytest.approx([before[name] for name in known], rel=1e-12, abs=0)
        scores = before.get("test_accuracies", before.get("test_scores"))  # the name of the first layout, or today's
        assert (now["verdict"], now["test_scores"]) == (before["verdict"], scores)


def test_measured_deviations(committed: dict[str, Any]) -> None:
    """What is said to have been measured lies in the committed records, to a tenth of a point."""
    found = [arm["difference_sd"] for arm in committed["arms"] if arm["difference_sd"]]
    assert MEASURED_SD[committed["declaration"]["workload"]] == (round(min(found), 1), round(max(found), 1))
