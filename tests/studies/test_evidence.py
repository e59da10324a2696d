"""Every committed result is what its runs show, to twelve digits, and what the documentation says about them."""

import csv
import json
import shlex
from pathlib import Path

import pytest
from agreement import agree

from loganneal._value import as_json
from loganneal.cli import build_parser, compare, study
from loganneal.data.digits import DIGITS
from loganneal.runs import Journal
from loganneal.studies import Study, StudyResult, read_result, study_of
from loganneal.studies.calibrate.against_itself import against_itself, plan_against_itself
from loganneal.studies.calibrate.run import APART, REPLICATES, TRIALS
from loganneal.studies.calibrate.run_grid import plan_pool, read_pool
from loganneal.studies.calibrate.sequential import sequential_rows
from loganneal.studies.calibrate.tables import Calibration
from loganneal.studies.declare.arms import ARMS
from loganneal.studies.declare.script import PEAK_FACTOR, around
from loganneal.studies.engines import take_inventory
from loganneal.studies.judge.conclude import conclude_study
from loganneal.studies.judge.power import MEASURED_SD
from loganneal.studies.run import current_stage
from loganneal.studies.tables import study_markdown

ROOT = Path(__file__).parents[2]
RECORDS = ROOT / "records"
RESULTS = sorted(RECORDS.glob("*/result.json"))
CALIBRATIONS = ("calibration", "calibration-near")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not RESULTS, reason="The evidence is not part of a source distribution."),
]


@pytest.fixture(scope="module")
def journal() -> Journal:
    """The committed runs."""
    return Journal(RECORDS / "runs")


def declared(command: str, monkeypatch: pytest.MonkeyPatch) -> Study:
    """The study that a command declares, read by the parser in the project's folder."""
    monkeypatch.chdir(ROOT)
    args = build_parser().parse_args(shlex.split(command)[1:])
    return study.declared(args)[0] if args.command == "study" else study_of(compare.declared(args))


@pytest.mark.parametrize("file", RESULTS, ids=lambda file: file.parent.name)
def test_results_are_what_their_runs_show(file: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that a result names declares runs that are all in the journal, and that show exactly this result."""
    committed = read_result(file)
    stage = current_stage(declared(committed.command, monkeypatch), journal)
    assert (stage.inventory.missing, stage.inventory.corrupt) == ([], [])
    found = conclude_study(stage.study, stage.inventory.finished, committed.command)
    assert agree(found.to_dict(), committed.to_dict())
    assert committed.is_complete


@pytest.mark.parametrize("name", CALIBRATIONS)
def test_an_arm_against_itself(name: str, journal: Journal) -> None:
    """The trained study of a calibration is what its runs show."""
    committed = read_result(RECORDS / name / "against-itself" / "result.json")
    first = committed.comparisons[0].declaration.first_seed
    asked = against_itself("digits", ARMS["cosine"], trials=TRIALS, replicates=REPLICATES, first_seed=first)
    plan = plan_against_itself(asked, first - APART[0] + APART[1])
    inventory = take_inventory(plan, journal)
    assert inventory.missing == []
    found = conclude_study(study_of(asked), inventory.finished, committed.command)
    assert agree(found.to_dict(), committed.to_dict())


def test_the_pool_of_plans_with_looks_is_the_declared_one() -> None:
    """Its runs are those of the declaration, by their keys, and its tables are what its scores show."""
    folder = RECORDS / "calibration-near"
    planned = plan_pool(DIGITS, ARMS["cosine"], 16, 50, 20_000, around(0.4, PEAK_FACTOR))
    with (folder / "pool.csv").open(newline="") as file:
        assert [row["record"] for row in csv.DictReader(file)] == [run.spec.key for run in planned]
    pool = read_pool(folder / "pool.csv").around(0.4, PEAK_FACTOR, 4)
    committed = Calibration.from_dict(json.loads((folder / "calibration.json").read_text()))
    assert agree(as_json(tuple(sequential_rows(pool, committed.margin))), as_json(committed.sequential))


def test_plans_with_looks_are_the_default_since_they_hold() -> None:
    """The bar that was declared for them is met by both committed calibrations."""
    for name in CALIBRATIONS:
        found = Calibration.from_dict(json.loads((RECORDS / name / "calibration.json").read_text()))
        assert found.worst_sequential <= 0.06


@pytest.mark.parametrize("file", sorted(RECORDS.glob("**/result.json")), ids=lambda file: file.parent.name)
def test_tables_are_those_of_the_results(file: Path) -> None:
    """The table beside each result is made from it."""
    assert file.with_name("table.md").read_text(encoding="utf-8") == study_markdown(read_result(file))


@pytest.mark.parametrize("name", sorted(MEASURED_SD))
def test_measured_deviations(name: str) -> None:
    """The deviations stated as measured are those of the committed results, to a tenth of a point."""
    result: StudyResult = read_result(RECORDS / name / "result.json")
    found = [arm.judged.paired.sd for arm in result.comparisons[0].rivals if arm.judged and arm.judged.paired.sd]
    assert MEASURED_SD[name] == (round(min(found), 1), round(max(found), 1))
