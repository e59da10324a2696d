"""What commands that read logs share: the options that say how to read one."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loganneal import _checks

if TYPE_CHECKING:
    from loganneal.diagnosis.logs import Reading


def add_reading(add: Any) -> None:
    """Add the options with ``add_argument`` of a parser or a group."""
    add("--column", action="append", default=[], metavar="QUANTITY=NAME", help="take a column: step, lr, loss, ...")
    add("--run", metavar="NAME", dest="run_name", help="the run to read, where a log has several")
    add("--steps-per-epoch", type=float, metavar="N", help="updates of an epoch (default: what the log says)")


def read(command: str, args: argparse.Namespace, path: Path) -> "Reading":
    """The log at a path, read as the options say.

    Args:
        command: Name of the command, for messages.
        args: Its options.
        path: A file or a folder.

    Raises:
        ValueError: The log lacks something or is ambiguous, or an option is wrong.
        OSError: There is no such log.
    """
    from loganneal.diagnosis.logs import read_log

    if args.steps_per_epoch is not None:
        _checks.number(command, "--steps-per-epoch", args.steps_per_epoch, 0, float("inf"), bounds="()")
    return read_log(path, _columns(command, args.column), args.run_name, args.steps_per_epoch)


def _columns(command: str, options: Sequence[str]) -> dict[str, str]:
    """The columns that were named, by quantity."""
    from loganneal.diagnosis.logs.columns import ASKED

    named = {}
    for option in options:
        quantity, equals, name = option.partition("=")
        if not equals or not name:
            _checks.fail(command, "--column", "of the form QUANTITY=NAME, such as lr=rate", option)
        named[_checks.one_of(command, "--column", quantity, ASKED)] = name
    return named


def reading_lines(reading: "Reading") -> list[str]:
    """What was read, in sentences."""
    lines = [f"{reading.rows_used:,} of {reading.rows_read:,} rows."]
    for quantity, column in reading.taken.items():
        reason = reading.why.get(quantity)
        lines.append(f"{quantity} from {column}{f' ({reason})' if reason else ''}")
    lines += [f"{quantity}: {reason}" for quantity, reason in reading.why.items() if quantity not in reading.taken]
    if reading.passed_over:
        lines.append(f"Columns passed over: {', '.join(reading.passed_over)}.")
    if reading.holes:
        lines.append(
            f"Rows without a value: {', '.join(f'{count} of {name}' for name, count in reading.holes.items())}."
        )
    if reading.counter_restarts:
        lines.append(f"The counter restarts at {', '.join(reading.counter_restarts[:10])}{_more(reading)}.")
    return [*lines, *reading.notes]


def _more(reading: "Reading") -> str:
    more = len(reading.counter_restarts) - 10
    return f" and {more} more" if more > 0 else ""
