"""Folders of studies at any moment of their life, with records that are made by a formula, for tests of views."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from loganneal.runs import Journal, MetricsRow, Record
from loganneal.studies.declare.comparison import Comparison, PlannedRun, declare
from loganneal.studies.declare.kept_study import KeptStudy, keep_study
from loganneal.studies.declare.study import Study, study_of
from loganneal.studies.judge.stopping import due_runs, staged
from loganneal.studies.run import judge_study

SECONDS = 2.0
"""The duration of each run."""


def compared(**declared: Any) -> Comparison:
    """Two arms, tried once in each of four replicates, unless something else is given."""
    asked = {"arms": ("cosine", "linear"), "trials": 1, "replicates": 4, "steps": 10, "train_examples": 64, **declared}
    return declare("digits", **asked)


def followed(title: str = "A study", **declared: Any) -> Study:
    """A study of one comparison."""
    return replace(study_of(compared(**declared)), title=title)


def record(run: PlannedRun, status: str = "completed") -> Record:
    """Linear is two points better, a little less so in each replicate."""
    score = 0.8 + (0.02 if run.arm == "linear" else 0.0) + run.replicate * (0.001 if run.arm == "cosine" else 0.0007)
    curve = (MetricsRow(5, 0.1, 2.3, validation_score=score / 2), MetricsRow(10, 0.0, 0.4, validation_score=score))
    found = score if status == "completed" else None
    reason = "" if status == "completed" else "it broke"
    return Record(run.spec, status, found, found, curve, SECONDS, {"device": "cpu"}, reason)


def start(study: Study, folder: Path, records: Path) -> None:
    """The folder as it is when the first run begins."""
    keep_study(KeptStudy(study, "loganneal compare --made-up", str(records.absolute())), folder)
    records.mkdir(parents=True, exist_ok=True)


def train(study: Study, records: Path, count: int | None = None, status: str = "completed") -> None:
    """Write the records of the first runs; all of them unless a number is given."""
    journal = Journal(records)
    for run in due_runs(staged(study), [])[:count]:
        journal.write(record(run, status))


def end(study: Study, folder: Path, records: Path) -> None:
    """The folder as it is when the study has ended."""
    start(study, folder, records)
    train(study, records)
    judge_study(study, folder, records=records, command="loganneal compare --made-up")
