"""The command line: it parses and calls, and does nothing else."""

import argparse
import sys
from collections.abc import Sequence

import loganneal
from loganneal.cli import calibrate, compare, diagnose, lr_range, plot, study, train

EXAMPLES = """examples:
  loganneal plot cla sgdr --cycles 3            two schedules over 1,000 steps, in the terminal
  loganneal plot cla --base 0.1,1,e,10 --out bases.png
  loganneal compare                             which schedule trains a small network best, in two minutes
  loganneal study run studies/bases.toml        the same on many settings, declared in a file
  loganneal train --out runs/first              one run, in a folder that survives interruptions
  loganneal diagnose log.csv                    what is wrong with a run, from its steps, rates and losses
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command ``loganneal``, and return its exit status: 0, or 2 for what the user can mend."""
    args = build_parser().parse_args(arguments)
    try:
        return int(args.run(args))
    except (ValueError, OSError, ModuleNotFoundError) as error:
        print(f"loganneal {args.command}: {error}", file=sys.stderr)
        return 2


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    parser = argparse.ArgumentParser(
        prog="loganneal",
        description="Cyclical Log Annealing and its rivals: look at learning-rate schedules, and compare them.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"loganneal {loganneal.__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    plot.add_parser(commands)
    compare.add_parser(commands)
    study.add_parser(commands)
    calibrate.add_parser(commands)
    train.add_parser(commands)
    diagnose.add_parser(commands)
    lr_range.add_parser(commands)
    return parser
