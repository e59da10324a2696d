"""A parser for commands, some of which end in a command of the user's own."""

import argparse
from collections.abc import Sequence
from typing import Any

SEPARATOR = "--"


class CommandParser(argparse.ArgumentParser):
    """A parser that can leave what follows ``--`` alone, as the words of the user's command.

    argparse assigns positional words to the first positional argument that takes several, wherever ``--`` is.
    """

    keeps_command = False
    """Whether what follows ``--`` is kept as ``script``; by default argparse parses it."""

    def parse_known_args(  # type: ignore[override]  # argparse has overloads for other kinds of namespaces
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        """Parse as argparse does, but keep the words of the user's command apart.

        Args:
            args: The arguments; by default those of the process.
            namespace: The namespace to add them to.
        """
        if not self.keeps_command or args is None:
            return super().parse_known_args(args, namespace)
        words = list(args)
        end = words.index(SEPARATOR) if SEPARATOR in words else len(words)
        found, rest = super().parse_known_args(words[:end], namespace)
        found.script = words[end + 1 :]
        return found, rest
