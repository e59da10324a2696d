"""Where commands print: the terminal, or a log of fixed width."""

from collections.abc import Iterable

from rich.console import Console

LOG_WIDTH = 120
"""Columns of what is not printed on a terminal."""


def build_console(*, quiet: bool = False) -> Console:
    """The terminal, or a log of fixed width."""
    console = Console(quiet=quiet)
    return console if console.is_terminal else Console(quiet=quiet, width=LOG_WIDTH)


def print_lines(console: Console, lines: Iterable[str]) -> None:
    """Print texts as they are, without markup or highlighting."""
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True, markup=False)
