"""`loganneal calibrate` resamples a pool, and writes it from records."""

import csv
import json
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from loganneal.cli import build_parser, main
from loganneal.cli.calibrate import _command
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
    arguments = ["calibrate", "--pool", str(pool_of(tmp_path, 12)), "--studies", "20", "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    assert json.loads((tmp_path / "out" / "calibration.json").read_text())["pool"]["runs"] == 48
    assert not (tmp_path / "out" / "records").exists()


def pool_of(folder: Path, seeds: int) -> Path:
    """A pool of four peak rates."""
    scores = np.random.default_rng(0).normal(90, 1, (seeds, 4))
    lines = [f"{seed},{0.1 * 2**place},{score},{score},False,x" for (seed, place), score in np.ndenumerate(scores)]
    (folder / "pool.csv").write_text("\n".join([",".join(COLUMNS), *lines]))
    return folder / "pool.csv"


def test_a_small_pool(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Tables for which it is too small are left out; with too few seeds for all of them, the number is named."""
    words = ["--studies", "20", "--out", str(tmp_path / "out")]
    assert main(["calibrate", "--pool", str(pool_of(tmp_path, 10)), *words]) == 0
    assert "Tuned once" not in capsys.readouterr().out
    assert main(["calibrate", "--pool", str(pool_of(tmp_path, 9)), *words]) == 2
    assert "'seeds' parameter of calibrate must be a whole number in [10, inf). Got 9" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"), [(["--seeds", "9"], "'seeds' parameter"), (["--peaks", "6"], "'peaks' parameter")]
)
def test_nothing_is_trained_for_a_pool_that_is_too_small(
    options: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is refused at once."""
    assert main(["calibrate", *options, "--out", str(tmp_path / "out")]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_users_data_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a workload that is a path, the folder of the results has its last part as its name."""
    monkeypatch.chdir(tmp_path)
    photos = tmp_path / "my photos"
    for name in ("a", "b"):
        (photos / name).mkdir(parents=True)
        for number in range(20):
            Image.new("RGB", (8, 8)).save(photos / name / f"{number}.png")
    before = sorted(photos.rglob("*"))
    pool = pool_of(tmp_path, 12)
    assert main(["calibrate", "--workload", str(photos), "--pool", str(pool), "--studies", "20"]) == 0
    assert sorted(photos.rglob("*")) == before
    assert (tmp_path / "loganneal-calibrate" / "my-photos" / "calibration.json").exists()


def test_the_command_in_the_result_repeats_it() -> None:
    """With every option that decides which runs are trained."""
    args = build_parser().parse_args(["calibrate", "--workload", "my data", "--seeds", "12", "--peak-lr", "0.1"])
    again = build_parser().parse_args(shlex.split(_command(args))[1:])
    names = ("workload", "arm", "peaks", "seeds", "first_seed", "peak_lr")
    assert [getattr(again, name) for name in names] == [getattr(args, name) for name in names]


def test_an_unknown_arm(capsys: pytest.CaptureFixture[str]) -> None:
    """The message names the wrong name and the nearest one."""
    assert main(["calibrate", "--arm", "cosin"]) == 2
    assert "Did you mean 'cosine'?" in capsys.readouterr().err
