"""`loganneal calibrate`: how often the verdicts are right if the truth is known."""

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loganneal import _checks
from loganneal.cli._options import DONE, FAILED, INTERRUPTED, add_engine, add_records, build_engine, needs_lab
from loganneal.studies.declare.arms import ARMS

if TYPE_CHECKING:
    from rich.console import Console

    from loganneal.studies.calibrate.tables import Calibration

EXAMPLES = """examples:
  loganneal calibrate
      800 runs on the handwritten digits, then 2,000 studies for each row of four tables; half an hour on two cores
  loganneal calibrate --pool records/calibration/pool.csv
      the same tables from existing runs, in seconds
  loganneal calibrate --peak-lr 0.4 --first-seed 20000
      peak rates around one that works, as plans with looks try them
  loganneal calibrate --arm linear --seeds 25
      another schedule, half the runs

You can stop it with Ctrl-C and continue with the same command.
"""


def add_parser(subparsers: Any) -> None:
    """Add the command to argparse's subparsers."""
    parser = subparsers.add_parser(
        "calibrate",
        help="measure how often the verdicts are right if the truth is known",
        description="Compare one schedule with itself, many times, and count how often a difference is found: in "
        "studies resampled from a pool of real runs, and in one that is trained.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_pool(parser)
    _add_place(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train the missing runs of the pool, resample studies from it, and write what they say.

    Returns:
        0 when it is complete, 1 when runs failed, 130 when interrupted.

    Raises:
        ValueError: An argument is wrong.
        DataNotFoundError: The data set is not there.
        ModuleNotFoundError: A package that is needed is not installed.
    """
    with needs_lab():
        from loganneal.reports.calibration import write_calibration
        from loganneal.reports.terminal.console import build_console, print_lines
        from loganneal.studies.calibrate.run import calibrate_pool
        from loganneal.studies.declare.study import name_of
        from loganneal.studies.engines import RunFailedError
    console = build_console()
    folder: Path = args.out or Path("loganneal-calibrate") / name_of(args.workload)
    try:
        pool = args.pool or _train(args, folder, console)
    except KeyboardInterrupt:
        print_lines(console, ["Stopped. The finished runs are kept, and the same command continues."])
        return INTERRUPTED
    except RunFailedError as error:
        print(f"loganneal calibrate: {error}", file=sys.stderr)
        return FAILED
    same = {name: getattr(args, name) for name in ("margin", "studies", "peak_lr")}
    result = calibrate_pool(pool, args.workload, **same)
    write_calibration(result, folder)
    print_lines(console, [*_summary(result), f"Tables, figures and pool: {folder}"])
    return DONE


def _train(args: argparse.Namespace, folder: Path, console: "Console") -> Path:
    """Train the pool and return its file; the study that is trained is written to a folder beside it."""
    from loganneal.reports.report import write_report
    from loganneal.reports.terminal.console import print_lines
    from loganneal.studies.calibrate.run import AGAINST_ITSELF, train_pool
    from loganneal.studies.declare.script import PEAK_FACTOR, around
    from loganneal.studies.run import keep_result, open_records

    def on_run(done: int, planned: int) -> None:
        if done % max(1, planned // 20) == 0:
            print_lines(console, [f"{done} of {planned} runs are done."])

    peak_range = None if args.peak_lr is None else around(args.peak_lr, PEAK_FACTOR)
    store, arm = open_records(args.records), ARMS[_checks.one_of("loganneal calibrate", "--arm", args.arm, ARMS)]
    same = {name: getattr(args, name) for name in ("peaks", "seeds", "first_seed")}
    pool, result = train_pool(
        *(args.workload, arm, folder, _command(args)),
        store=store,
        engine=build_engine(args),
        on_run=on_run,
        peak_range=peak_range,
        **same,
    )
    write_report(keep_result(result, folder / AGAINST_ITSELF), folder / AGAINST_ITSELF, store)
    return pool


def _command(args: argparse.Namespace) -> str:
    """The command that trains the same runs."""
    names = ("workload", "arm", "peaks", "seeds", "first_seed", "peak_lr")
    given = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    options = [word for name, value in given.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    return shlex.join(["loganneal", "calibrate", *options])


def _summary(result: "Calibration") -> list[str]:
    holds = "is met" if result.worst <= result.limit else "is NOT met"
    pool = result.pool
    return [
        f"{result.studies:,} studies for each row, from {pool.runs} runs: {len(pool.peaks)} peak rates with "
        f"{pool.seeds} seeds.",
        f"An arm against itself wins or loses in at most {result.worst:.1%} of studies; the limit of "
        f"{result.limit:.1%} {holds}.",
        *_sequential(result),
        *_usual(result),
    ]


def _usual(result: "Calibration") -> list[str]:
    shares = [row.worst for row in result.usual]
    if not shares:  # the pool has too few seeds
        return []
    said = f"in {min(shares):.1%} to {max(shares):.1%} of studies"
    return [f"Tuned once and trained again, it is called different from itself {said}."]


def _sequential(result: "Calibration") -> list[str]:
    rows = [row for row in result.sequential if not row.difference_sd]
    if not rows:
        return []
    studies, looks = rows[0].studies, ", ".join(map(str, rows[0].looks))
    return [f"With looks after {looks} replicates: in at most {result.worst_sequential:.1%} of {studies:,} studies."]


def _add_pool(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("what to resample").add_argument
    add("--workload", default="digits", metavar="NAME", help="the task to train on (default: digits)")
    add("--arm", default="cosine", metavar="ARM", help="the schedule (default: cosine)")
    add("--peaks", type=int, default=16, metavar="N", help="peak rates of the pool (default: 16)")
    add(
        "--peak-lr",
        type=float,
        metavar="RATE",
        help="take peak rates within a factor of 2.5 of this one (default: from the workload's range)",
    )
    add("--seeds", type=int, default=50, metavar="N", help="seeds of the pool, each with all peak rates (default: 50)")
    add("--first-seed", type=int, default=1000, metavar="S", help="first seed of the pool (default: 1000)")
    add("--pool", type=Path, metavar="FILE", help="an existing pool.csv; nothing is trained")
    add("--studies", type=int, default=2000, metavar="N", help="studies for each row (default: 2000)")
    add("--margin", type=float, metavar="POINTS", help="two names tie if they differ by less (default: the workload's)")


def _add_place(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("where")
    group.add_argument("--out", type=Path, metavar="DIR", help="folder (default: loganneal-calibrate/WORKLOAD)")
    add_records(group)
    add_engine(group)
