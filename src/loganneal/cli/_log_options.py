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
    add(
        "--run",
        action="append",
        default=[],
        metavar="NAME",
        dest="run_names",
        help="the run to read, where a log has several; with several logs, once for all or once for each",
    )
    add("--steps-per-epoch", type=float, metavar="N", help="updates of an epoch (default: what the log says)")


def read(command: str, args: argparse.Namespace, paths: Sequence[Path]) -> list["Reading"]:
    """The logs at some paths, read as the options say.

    Args:
        command: Name of the command, for messages.
        args: Its options.
        paths: Files or folders.

    Raises:
        ValueError: The log lacks something or is ambiguous, or an option is wrong.
        OSError: There is no such log.
    """
    from loganneal.diagnosis.logs import read_log

    if args.steps_per_epoch is not None:
        _checks.number(command, "--steps-per-epoch", args.steps_per_epoch, 0, float("inf"), bounds="()")
    names = args.run_names or [None]
    if len(names) not in {1, len(paths)}:
        each = f", or once for each of the {len(paths)} logs" if len(paths) > 1 else ""
        _checks.fail(command, "--run", f"given once{each}", args.run_names)
    columns = _columns(command, args.column)
    named = zip(paths, names * (len(paths) // len(names)), strict=True)
    return [read_log(path, columns, name, args.steps_per_epoch) for path, name in named]


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
