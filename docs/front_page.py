"""The commands of the README with what they print, cut to a few lines; cog calls it (see CONTRIBUTING.md).

Every line comes from committed evidence: verdicts from results, the diagnosis from a log with a planted failure, and
the prediction from two logs of its declared test.
"""

import contextlib
import io
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from evidence import RECORDS, comparison, study

from loganneal.cli import main
from loganneal.reports.headline import headline, study_headline
from loganneal.runs import Journal
from loganneal.runs.record import Record

sys.path.insert(0, str(RECORDS.parent / "experiments"))
from prediction_plan import FIRST_SEED, LOGS, plan

PLANTED, PEAK = "cifar10/decay-too-fast-0.csv", 0.3


def commands() -> None:
    """Print the commands, each followed by the beginning of its output."""
    print("\n```console")
    shown("compare --arms cla,cosine,sgdr,linear,one-cycle --replicates 10", headline(comparison("digits")))
    shown("study run studies/second-form.toml", study_headline(study("second-form")))
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        write_logs()
        printed("diagnose log.csv", "decay too fast", "  In cycle")
        printed("predict cosine.csv wsd.csv --for linear cla", "schedule", "linear", "cla", "Of ", "Experimental")
    print("```\n")


def shown(command: str, output: str) -> None:
    """Print a command and its output."""
    print(f"$ loganneal {command}\n{output}")


def printed(command: str, *starts: str) -> None:
    """Run a command, and print it with the lines of its output that start like this."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        main(command.split())
    shown(command, "\n".join(line for line in text.getvalue().splitlines() if line.startswith(starts)))


def write_logs() -> None:
    """Write log.csv, cosine.csv and wsd.csv into the current folder."""
    with tarfile.open(RECORDS / "diagnosis" / "logs.tar.xz") as archive:
        planted = archive.extractfile(PLANTED)
        assert planted is not None
        Path("log.csv").write_bytes(planted.read())
    for name, record in logs():
        rows = [f"{row.step},{row.lr},{row.loss}" for row in record.metrics]
        Path(f"{name}.csv").write_text("\n".join(["step,lr,loss", *rows]))


def logs() -> Iterator[tuple[str, Record]]:
    """The runs that the declared test reads as logs, by schedule: its first seed on CIFAR-10, the middle peak rate."""
    journal = Journal(RECORDS / "runs")
    for one in takewhile(lambda one: one.seed == FIRST_SEED, plan()):
        if (one.workload, one.peak) == ("cifar10", PEAK) and one.name in LOGS:
            record = journal.read(one.spec)
            assert record is not None
            yield one.name.partition("-")[0], record
