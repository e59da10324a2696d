"""Where commands print: the terminal, or a log of fixed width."""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from loganneal._checks import printable

LOG_WIDTH = 120
"""Columns of output that does not go to a terminal."""


def build_console(*, quiet: bool = False) -> Console:
    """The terminal, or a log of fixed width."""
    console = Console(quiet=quiet)
    return console if console.is_terminal else Console(quiet=quiet, width=LOG_WIDTH)


def print_lines(console: Console, lines: Iterable[str]) -> None:
    """Print lines as they are, without markup or highlighting; control characters in names are shown as escapes."""
    for line in lines:
        console.print(printable(line), highlight=False, soft_wrap=True, markup=False)


def cell(text: object) -> Text:
    """Text for a table, shown as it is: brackets are not markup, and control characters are escaped."""
    return Text(printable(text))
