"""`loganneal calibrate`: how often the verdicts are right where the truth is known."""

import argparse
from pathlib import Path
from typing import Any

from loganneal.cli._engine import add_engine
from loganneal.cli._extra import needs_lab

EXAMPLES = """examples:
  loganneal calibrate
      800 runs on the handwritten digits, then 2,000 studies for each row of four tables: half an hour on two cores
  loganneal calibrate --pool records/calibration/pool.csv
      the same tables from runs of before, in seconds
  loganneal calibrate --arm linear --seeds 25
      another schedule, half the runs

Stop it with Ctrl-C: the same command continues.
"""


def add_parser(subparsers: Any) -> None:
    """Add the command to argparse's subparsers."""
    parser = subparsers.add_parser(
        "calibrate",
        help="check the verdicts where the truth is known",
        description="Compare one schedule with itself, many times, and count how often a difference is found: in "
        "studies resampled from a pool of real runs, and in one that is trained.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_pool(parser)
    _add_place(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train what is missing of the pool, resample studies from it, and write what they say.

    Returns:
        0 when it is complete, 1 when runs failed, 130 when interrupted.

    Raises:
        ValueError: An argument is wrong.
        DataNotFoundError: The data set is not there.
        ModuleNotFoundError: What is needed is not installed.
    """
    with needs_lab():
        from loganneal.cli._calibrating import calibrate_and_show
    return calibrate_and_show(args)


def _add_pool(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("what is resampled").add_argument
    add("--workload", default="digits", metavar="NAME", help="what is trained on (default: digits)")
    add("--arm", default="cosine", metavar="ARM", help="the schedule (default: cosine)")
    add("--peaks", type=int, default=16, metavar="N", help="peak rates of the pool (default: 16)")
    add("--seeds", type=int, default=50, metavar="N", help="seeds of the pool, each with all of them (default: 50)")
    add("--first-seed", type=int, default=1000, metavar="S", help="of the pool (default: 1000)")
    add("--pool", type=Path, metavar="FILE", help="a pool.csv from before: nothing is trained")
    add("--studies", type=int, default=2000, metavar="N", help="studies for each row (default: 2000)")
    add("--margin", type=float, metavar="POINTS", help="within it two arms tie (default: the workload's)")


def _add_place(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("where")
    group.add_argument("--out", type=Path, metavar="DIR", help="folder (default: loganneal-calibrate/WORKLOAD)")
    add_engine(group)
