"""A parser of commands, some of which end in a command of the user's own."""

import argparse
from collections.abc import Sequence
from typing import Any

SEPARATOR = "--"


class CommandParser(argparse.ArgumentParser):
    """A parser that can leave what follows ``--`` alone, as the words of a command.

    argparse gives positional words to the first positional that takes several, wherever ``--`` stands.
    """

    keeps_command = False
    """Whether what follows ``--`` is kept as `script`; as it stands, argparse reads it."""

    def parse_known_args(  # type: ignore[override]  # argparse has overloads for other kinds of namespaces
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        """As argparse does, with the words of the user's command apart.

        Args:
            args: The words; those of the process by default.
            namespace: What they are added to.
        """
        if not self.keeps_command or args is None:
            return super().parse_known_args(args, namespace)
        words = list(args)
        end = words.index(SEPARATOR) if SEPARATOR in words else len(words)
        found, rest = super().parse_known_args(words[:end], namespace)
        found.script = words[end + 1 :]
        return found, rest
