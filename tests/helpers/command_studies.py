"""Studies on the small training scripts of `own_scripts`."""

import sys
from pathlib import Path
from typing import Any

from loganneal.studies import Study, StudyResult, run_study
from loganneal.studies.declare.comparison import declare_script
from loganneal.studies.declare.script import Script
from loganneal.studies.declare.study import study_of
from loganneal.studies.engines import Engine, InProcess

SCRIPTS = Path(__file__).parent / "own_scripts"
STEPS = 60


def study(*words: str, replicates: int = 1, file: str = "plain_python.py", **changes: Any) -> Study:
    """Cosine against linear, two peak rates each."""
    command = (sys.executable, file, *words) if file.endswith(".py") else ("sh", file, *words)
    script = Script(**{"command": command, "cwd": SCRIPTS, "higher_is_better": False, "retries": 0, **changes})
    return study_of(declare_script(script.with_digest(), steps=STEPS, peak_lr=0.1, margin=1.0, replicates=replicates))


def run(declared: Study, folder: Path, engine: Engine | None = None, check: bool = False) -> StudyResult:
    """Run a study here, with its records beside it; without the probes, so that the runs decide."""
    where = {"engine": engine or InProcess(), "records": folder / "records"}
    return run_study(declared, folder / "study", check=check, **where)
