"""`loganneal calibrate` resamples a pool, and writes it from records."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from loganneal.cli import main
from loganneal.data import find_workload
from loganneal.runs import Journal, MetricsRow, Record
from loganneal.studies.calibrate.against_itself import against_itself, plan_against_itself
from loganneal.studies.calibrate.run import APART, REPLICATES, TRIALS
from loganneal.studies.calibrate.run_grid import COLUMNS, plan_pool
from loganneal.studies.declare.arms import ARMS
from loganneal.studies.declare.comparison import PlannedRun

COSINE = ARMS["cosine"]


def record(run: PlannedRun, random: np.random.Generator) -> Record:
    """A finished run with a score that noise decides."""
    score = 0.9 + random.normal(0, 0.01)
    curve = (MetricsRow(2, run.peak, 2.3), MetricsRow(100, 0.0, 0.2, None, score))
    return Record(run.spec, "completed", score, score, curve, 1.0, {"device": "cpu"})


def test_from_records(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """If every record exists, nothing is trained: pool, tables, figures and the trained study's report are written."""
    store, random = Journal(tmp_path / "records"), np.random.default_rng(0)
    pool = plan_pool(find_workload("digits"), COSINE, 4, 24, 1000)
    declared = against_itself("digits", COSINE, trials=TRIALS, replicates=REPLICATES, first_seed=1000 + APART[0])
    for run in (*pool, *plan_against_itself(declared, 1000 + APART[1])):
        store.write(record(run, random))
    arguments = ["--peaks", "4", "--seeds", "24", "--studies", "40", "--out", str(tmp_path)]
    arguments += ["--records", str(tmp_path / "records")]
    assert main(["calibrate", *arguments]) == 0
    with (tmp_path / "pool.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 96
    assert json.loads((tmp_path / "calibration.json").read_text())["studies"] == 40
    for name in ("same.md", "usual.csv", "figures/power.svg", "against-itself/index.html"):
        assert (tmp_path / name).exists()
    assert "from 96 runs: 4 peak rates with 24 seeds" in capsys.readouterr().out


def test_from_a_file(tmp_path: Path) -> None:
    """An existing pool is resampled, and nothing is trained."""
    scores = np.random.default_rng(0).normal(90, 1, (12, 4))
    lines = [f"{seed},{0.1 * 2**place},{score},{score},False,x" for (seed, place), score in np.ndenumerate(scores)]
    (tmp_path / "pool.csv").write_text("\n".join([",".join(COLUMNS), *lines]))
    arguments = ["calibrate", "--pool", str(tmp_path / "pool.csv"), "--studies", "20", "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    assert json.loads((tmp_path / "out" / "calibration.json").read_text())["pool"]["runs"] == 48
    assert not (tmp_path / "out" / "records").exists()


def test_an_unknown_arm(capsys: pytest.CaptureFixture[str]) -> None:
    """The message names the wrong name and the nearest one."""
    assert main(["calibrate", "--arm", "cosin"]) == 2
    assert "Did you mean 'cosine'?" in capsys.readouterr().err
