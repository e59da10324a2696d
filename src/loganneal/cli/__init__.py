"""The command line, which parses arguments, calls the rest of the package, and does nothing else."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import loganneal
from loganneal._checks import printable
from loganneal.cli._options import INTERRUPTED

EXAMPLES = """examples:
  loganneal plot cla sgdr --cycles 3            two schedules over 1,000 steps, in the terminal
  loganneal plot cla --base 0.1,1,e,10 --out bases.png
  loganneal compare                             find out which schedule trains a small network best, in minutes
  loganneal study run studies/bases.toml        compare schedules in many settings, declared in a file
  loganneal train --out runs/first              train once, in a folder that survives interruptions
  loganneal diagnose log.csv                    find out what is wrong with a run, from its steps, rates and losses
  loganneal predict cosine.csv wsd.csv          predict which schedule to use, from your own logs
  loganneal studio                              design schedules and look at logs in a browser
"""

USER_ERROR = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command ``loganneal``.

    Args:
        arguments: Its arguments; by default those of the process.

    Returns:
        The exit status: 0; 1 when runs failed; 2 for a user error, which is one sentence; 3 when logs cannot tell
        schedules apart; 130 when interrupted.
    """
    try:
        args = build_parser().parse_args(arguments)
    except KeyboardInterrupt:
        return _interrupted()
    try:
        return int(args.run(args))
    except KeyboardInterrupt:  # before the command itself handles it: its imports take seconds
        return _interrupted()
    except (ValueError, OSError, ImportError) as error:
        return _refused(args.command, _without_number(error))
    except MemoryError:
        return _refused(args.command, "the request does not fit into memory")


def _interrupted() -> int:
    print("loganneal: interrupted.", file=sys.stderr)
    return INTERRUPTED


def _without_number(error: Exception) -> object:
    """A missing file in words: the system's own message begins with the number of its error."""
    if not isinstance(error, FileNotFoundError) or error.filename is None:
        return error
    path = Path(str(error.filename))
    if not path.parent.exists():
        return f"There is no folder {str(path.parent)!r}."
    where = "" if path.is_absolute() else f" in the folder {str(Path.cwd())!r}"
    return f"There is no file {str(path)!r}{where}."


def _refused(command: str, error: object) -> int:
    """Print what is wrong; control characters in it are escaped, since its names come from files and arguments."""
    print(f"loganneal {command}:", "\n".join(map(printable, str(error).splitlines())), file=sys.stderr)
    return USER_ERROR


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    from loganneal.cli import (  # see `main` on Ctrl-C
        calibrate,
        compare,
        diagnose,
        lr_range,
        plot,
        predict,
        studio,
        study,
        train,
    )
    from loganneal.cli._parser import CommandParser

    parser = argparse.ArgumentParser(
        prog="loganneal",
        description="Cyclical Log Annealing and its rivals: draw learning-rate schedules, and compare them fairly.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"loganneal {loganneal.__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=CommandParser)
    plot.add_parser(commands)
    compare.add_parser(commands)
    study.add_parser(commands)
    calibrate.add_parser(commands)
    train.add_parser(commands)
    diagnose.add_parser(commands)
    predict.add_parser(commands)
    lr_range.add_parser(commands)
    studio.add_parser(commands)
    return parser
