"""The command line: it parses and calls, and does nothing else."""

import argparse
import sys
from collections.abc import Sequence

import loganneal
from loganneal.cli import compare, plot

EXAMPLES = """examples:
  loganneal plot cla sgdr --cycles 3            two schedules over 1,000 steps, in the terminal
  loganneal plot cla --base 0.1,1,e,10 --out bases.png
  loganneal compare                             which schedule trains a small network best, in two minutes
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
    return parser
