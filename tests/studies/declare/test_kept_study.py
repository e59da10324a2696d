"""A study's folder says what runs there, and what it keeps plans the same runs."""

import json
from pathlib import Path
from typing import Any

import pytest

from loganneal.runs import Journal
from loganneal.studies.declare.comparison import declare, declare_script
from loganneal.studies.declare.kept_study import NAME, KeptStudy, keep_study, read_kept_study
from loganneal.studies.declare.script import Script
from loganneal.studies.declare.study import Study, study_of
from loganneal.studies.declare.study_file import read_study
from loganneal.studies.engines import InProcess
from loganneal.studies.run import run_study

STUDIES = Path(__file__).parents[3] / "studies"


def again(study: Study, folder: Path) -> Study:
    """The study after it was kept and read."""
    keep_study(KeptStudy(study, "loganneal compare", "records"), folder)
    kept = read_kept_study(folder)
    assert (kept.command, kept.records) == ("loganneal compare", "records")
    return kept.study


def keys(study: Study) -> list[str]:
    """The keys of the runs of its first replicates."""
    return [run.spec.key for one in study.comparisons for run in one.replicate(0)]


@pytest.mark.parametrize("name", ["averaging", "bases", "budgets", "optimizers", "shape-and-restarts", "warmup"])
def test_the_studies_of_this_project_come_back(name: str, tmp_path: Path) -> None:
    """The declaration is equal, and so is the key of every run of a replicate."""
    study = read_study(STUDIES / f"{name}.toml")
    kept = again(study, tmp_path)
    assert kept == study
    assert keys(kept) == keys(study)


def test_a_plan_with_a_screening_comes_back(tmp_path: Path) -> None:
    """Looks, the screening and the peak rate are kept too."""
    study = study_of(declare("digits", arms=("cla", "cosine", "linear"), looks=(4, 6), screen=2))
    assert again(study, tmp_path) == study


def test_a_command_comes_back(tmp_path: Path) -> None:
    """The key of a run has the digest of the script as it was, though the script has changed since."""
    (tmp_path / "train.py").write_text("print(1)")
    command = ("python", "train.py", "--seed", "${seed}")
    script = Script(command=command, cwd=tmp_path, higher_is_better=False, timeout=60.0).with_digest()
    study = study_of(declare_script(script, steps=10, peak_lr=0.1, margin=0.5, relative_margin=True))
    (tmp_path / "train.py").write_text("print(2)")
    kept = again(study, tmp_path / "out")
    assert keys(kept) == keys(study)
    assert kept.comparisons[0].relative_margin


def test_a_study_is_kept_from_the_first_run_on(tmp_path: Path) -> None:
    """When the first run ends, the folder already says what runs there and where the records are."""
    study = study_of(declare("digits", arms=("cosine", "linear"), trials=1, replicates=1, steps=2, train_examples=64))
    seen = []

    def look(_: Any) -> None:
        if (tmp_path / "out" / NAME).exists():
            seen.append(read_kept_study(tmp_path / "out"))

    run_study(study, tmp_path / "out", engine=InProcess(), records=tmp_path / "runs", on_event=look)
    assert [kept.study for kept in seen] == [study, study]
    assert seen[0].records == str(tmp_path / "runs")
    assert len(Journal(tmp_path / "runs")) == 2


def test_what_is_the_same_is_not_written_again(tmp_path: Path) -> None:
    """The file keeps its time, so that a process that watches it sees no change."""
    study = study_of(declare("digits", arms=("cosine", "linear")))
    again(study, tmp_path)
    before = (tmp_path / NAME).stat().st_mtime_ns
    again(study, tmp_path)
    assert (tmp_path / NAME).stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("format", "loganneal-declaration/9"),
        ("title", "two\nlines"),
        ("name", "../up"),
        ("name", 3),
        ("comparisons", []),
        ("comparisons", {}),
        ("comparisons", [[]]),
        ("comparisons", [{"workload": "digits"}]),
        ("comparisons", [{"workload": "os:system"}]),
    ],
)
def test_what_is_no_declaration_is_refused(name: str, value: Any, tmp_path: Path) -> None:
    """The error names the file."""
    again(study_of(declare("digits", arms=("cosine", "linear"))), tmp_path)
    values = json.loads((tmp_path / NAME).read_text())
    (tmp_path / NAME).write_text(json.dumps({**values, name: value}))
    with pytest.raises(ValueError, match=r"study\.json holds no declaration of a study"):
        read_kept_study(tmp_path)


def test_code_that_a_declaration_names_is_not_run(tmp_path: Path) -> None:
    """A workload that is code is known from what its run kept, and otherwise unknown."""
    again(study_of(declare("digits", arms=("cosine", "linear"))), tmp_path)
    values = json.loads((tmp_path / NAME).read_text())
    values["comparisons"][0]["workload"] = "this:never_imported"
    (tmp_path / NAME).write_text(json.dumps(values))
    with pytest.raises(ValueError, match="is code"):
        read_kept_study(tmp_path)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A symbolic link in place of the file is refused."""
    (tmp_path / NAME).symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(OSError, match="link"):
        read_kept_study(tmp_path)
