"""The macros of a training command, such as `${seed}`: replaced within its words, never by a shell."""

import re
from collections.abc import Mapping, Sequence

from loganneal import _checks

MACROS = {
    "rates": "file with the learning rates, one per line, the first update's first",
    "seed": "seed of the run",
    "split_seed": "seed of the split of the data",
    "peak_lr": "highest learning rate",
    "steps": "number of updates",
    "out": "folder for what the script writes",
    "trial": "file that loganneal.trial reads",
}
"""What each macro stands for."""

_MACRO = re.compile(r"\$\{([^}]*)\}")


def check_macros(command: Sequence[str]) -> None:
    """Reject an unknown macro.

    Raises:
        ValueError: A word contains an unknown macro; the message names the nearest known one.

    Example:
        >>> check_macros(["python", "train.py", "--seed=${sede}"])
        Traceback (most recent call last):
        ValueError: The 'command' parameter of a comparison must be one of '${rates}', '${seed}', '${split_seed}', \
'${peak_lr}', '${steps}', '${out}', '${trial}'. Got '${sede}' instead. Did you mean '${seed}'?
    """
    for word in command:
        for name in _MACRO.findall(word):
            _checks.one_of("a comparison", "command", f"${{{name}}}", [f"${{{known}}}" for known in MACROS])


def fill(command: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """The words of a command with its macros replaced.

    Args:
        command: The words of the command.
        values: Values by the names in `MACROS`.

    Example:
        >>> fill(["train", "--seed=${seed}", "$HOME"], {"seed": "3"})
        ['train', '--seed=3', '$HOME']
    """
    return [_MACRO.sub(lambda found: values[found[1]], word) for word in command]


def used(command: Sequence[str]) -> frozenset[str]:
    """The macros that a command uses.

    >>> sorted(used(["train", "--seed=${seed}", "--out=${out}/${seed}"]))
    ['out', 'seed']
    """
    return frozenset(name for word in command for name in _MACRO.findall(word))
