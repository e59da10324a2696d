"""`loganneal study`: a study declared in a file, from a laptop to a cluster."""

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loganneal._checks import printable
from loganneal.cli import _judge_scores
from loganneal.cli._options import DONE, add_engine, add_records, needs_lab, whole_numbers
from loganneal.data import find_workload, names_code

if TYPE_CHECKING:
    from loganneal.data import Workload
    from loganneal.studies.declare.study import Study

EXAMPLES = """examples:
  loganneal study run studies/bases.toml
      train the missing runs on this machine, two at a time, and write the report
  loganneal study run studies/networks.toml --engine ray --address 10.0.0.1:6379 --threads 4 --gpus 0.5
      train on a Ray cluster whose nodes have loganneal and the data sets
  loganneal study run studies/bases.toml --only 1
      only the first comparison of the file
  loganneal study run studies/bases.toml --first-seed 100 --out confirmed
      the same study on fresh seeds, to confirm what the first one suggests
  loganneal study check mine.toml
      probe your own training command: does it use its seed and its schedule, and what will the study cost
  loganneal study judge scores.csv --reference cosine --margin 0.5% --lower-is-better
      judge runs that you have already made, with one row of the file for each
  loganneal study status studies/bases.toml
      show what is done, what is left, and how well each arm has done so far

The file names workloads, arms, trials and replicates; docs/studies.md describes it. A finished run is never trained
again, whichever machine or study trained it: its record is in the journal that --records names. The same command
continues an interrupted study. result.json, table.md and the page index.html are written to DIR.
"""


def add_parser(subparsers: Any) -> None:
    """Add the command to argparse's subparsers."""
    parser = subparsers.add_parser(
        "study",
        help="run a study declared in a file, show its progress, or report it",
        description="Run a study declared in a TOML file, show its progress, or report it.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    _add_action(actions, "run", "train the missing runs, and write the report")
    _add_action(actions, "check", "probe the commands of a study for a minute, and estimate its cost")
    _add_action(actions, "status", "show what is done and what is left; write nothing")
    _add_action(actions, "report", "write the report of the finished runs; train nothing")
    _judge_scores.add_parser(actions)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the action.

    Returns:
        0 when it is done, 1 when runs failed, 130 when interrupted.

    Raises:
        ValueError: The file or an option is wrong.
        DataNotFoundError: A data set is not there.
        ModuleNotFoundError: A package that the action needs is not installed.
    """
    if args.action == "judge":
        return _judge_scores.judge(args)
    study, command = declared(args)
    return _ACTIONS[args.action](args, study, _folder(args), command)


def declared(args: argparse.Namespace) -> "tuple[Study, str]":
    """The study that the file and the options declare, and the command that runs it.

    Raises:
        ValueError: The file or an option is wrong.
    """
    with needs_lab():
        from loganneal.studies.declare.code_facts import find_without_code
        from loganneal.studies.declare.study_file import read_study
    study = read_study(args.file, _find_aloud if args.action in ("run", "check") else find_without_code(_folder(args)))
    words = ["loganneal", "study", "run", str(args.file)]
    if args.only is not None:
        study = study.only(args.only)
        words += ["--only", ",".join(map(str, args.only))]
    if args.first_seed is not None:
        study = study.on_seeds_from(args.first_seed)
        words += ["--first-seed", str(args.first_seed)]
    return study, shlex.join(words)


def _folder(args: argparse.Namespace) -> Path:
    folder: Path = args.out or Path("loganneal-study") / args.file.stem
    return folder


def _find_aloud(name: str) -> "Workload":
    """The workload; if it is code, say so before running it."""
    if names_code(name):
        _say_code(name)
    return find_workload(name)


def _say_code(name: str) -> None:
    module, _, function = name.partition(":")
    called = f"{function}() in the module {module}, searched for in {Path.cwd()} first"
    print(f"Running code that the study names: {printable(called)}.", flush=True)


def _run(args: argparse.Namespace, study: "Study", folder: Path, command: str) -> int:
    with needs_lab():
        from loganneal.cli._run_study import check_and_show, run_and_show
    _print_commands(study)
    if args.dry_run:
        return check_and_show(args, study, folder)
    return run_and_show(args, study, folder, command)


def _check(args: argparse.Namespace, study: "Study", folder: Path, command: str) -> int:
    with needs_lab():
        from loganneal.cli._run_study import check_and_show
    _print_commands(study)
    return check_and_show(args, study, folder)


def _print_commands(study: "Study") -> None:
    """Print which commands and which code are about to run, since the file may come from somebody else."""
    for comparison in study.comparisons:
        script = comparison.script
        if script is not None:
            print(f"Running the command {printable(shlex.join(script.command))} in {script.cwd.resolve()}.", flush=True)
        elif names_code(comparison.optimizer):
            _say_code(comparison.optimizer)


def _status(args: argparse.Namespace, study: "Study", folder: Path, command: str) -> int:
    with needs_lab():
        from loganneal.reports.terminal.console import build_console
        from loganneal.reports.terminal.study_display import show_status
        from loganneal.studies.run import current_stage, open_records
    show_status(build_console(), study, current_stage(study, open_records(args.records)))
    return DONE


def _report(args: argparse.Namespace, study: "Study", folder: Path, command: str) -> int:
    with needs_lab():
        from loganneal.reports.report import write_report
        from loganneal.reports.terminal.console import build_console
        from loganneal.reports.terminal.study_display import StudyDisplay, show_result
        from loganneal.studies.run import judge_study, open_records
    console = build_console()
    display = StudyDisplay(console, study)
    result = judge_study(study, folder, records=args.records, command=command, on_event=display)
    show_result(console, result, write_report(result, folder, open_records(args.records)))
    return DONE


_ACTIONS = {"run": _run, "check": _check, "status": _status, "report": _report}


def _add_action(actions: Any, name: str, text: str) -> None:
    parser = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.add_argument("file", type=Path, metavar="FILE", help="the study, in TOML")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="the folder of the study (default: loganneal-study/NAME)"
    )
    parser.add_argument(
        "--only",
        type=whole_numbers,
        metavar="N,...",
        help="numbers of the comparisons in the file, counted from 1 (default: all)",
    )
    parser.add_argument(
        "--first-seed",
        type=int,
        metavar="S",
        help="first seed; another one confirms a result on fresh seeds (default: the file's)",
    )
    where = parser.add_argument_group("where")
    add_records(where)
    if name in ("run", "check"):
        add_engine(where)
    if name == "run":
        parser.add_argument("--dry-run", action="store_true", help="probe the commands, print plan and cost, and stop")
