"""Running a study and showing the result, for the commands that do so."""

import argparse
import sys
from functools import partial
from pathlib import Path

from rich.console import Console

from loganneal.cli._options import DONE, FAILED, INTERRUPTED, build_engine
from loganneal.reports.report import write_report
from loganneal.reports.terminal.console import build_console, print_lines
from loganneal.reports.terminal.study_display import StudyDisplay, show_result, show_status
from loganneal.studies.check import check_study
from loganneal.studies.declare.study import Study
from loganneal.studies.engines.writer_lock import hold_study_folder
from loganneal.studies.run import RUNS, StudyFailedError, current_stage, open_records, run_study


def run_and_show(args: argparse.Namespace, study: Study, folder: Path, command: str) -> int:
    """Run a study with its progress in the terminal, write its report, and show what it found.

    Args:
        args: The options, those of `add_engine` and `add_records` among them.
        study: The study to run.
        folder: The study's folder.
        command: The command that repeats it.

    Returns:
        0 when it is complete, 1 when runs failed, 130 when interrupted.
    """
    console, engine = build_console(), build_engine(args)
    failure, asked = "", {"engine": engine, "records": args.records, "command": command}
    try:
        with StudyDisplay(console, study, engine) as display:
            try:
                say = partial(_say, console)
                result = run_study(study, folder, on_event=display, say=say, **asked)
            except StudyFailedError as error:
                result, failure = error.result, str(error)
        show_result(console, result, write_report(result, folder, open_records(args.records)))
    except KeyboardInterrupt:
        print_lines(console, ["Stopped. The finished runs are kept, and the same command continues."])
        return INTERRUPTED
    if failure:
        print(f"loganneal {args.command}: {failure}", file=sys.stderr)
    return FAILED if failure else DONE


def check_and_show(args: argparse.Namespace, study: Study, folder: Path) -> int:
    """Probe the commands of a study, and print what was found and what it costs; no run is trained to its end.

    A study without commands is not probed: what is done of it, what is left and the cost so far are printed.

    Args:
        args: The options, those of `add_engine` and `add_records` among them.
        study: The study to probe.
        folder: The study's folder.

    Raises:
        CheckFailedError: A command cannot be studied as it is.
    """
    console = build_console()
    if all(comparison.script is None for comparison in study.comparisons):
        _say(console, "The study has no training command, so there is nothing to probe.")
        show_status(console, study, current_stage(study, open_records(args.records)))
        return DONE
    with hold_study_folder(folder):
        check_study(study, build_engine(args), folder / RUNS / "check", partial(_say, console))
    return DONE


def _say(console: Console, line: str) -> None:
    print_lines(console, [line])
