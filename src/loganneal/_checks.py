"""The wording of parameter errors, in one place, and the checks that raise them.

Every message has the same form: the parameter, its owner, what is allowed, the value passed and, if there is one, the
remedy.
"""

import difflib
import math
import numbers
from collections.abc import Iterable
from typing import Any, NoReturn

SHOWN = 400
"""Maximum number of characters of a refused value that a message repeats."""


def fail(owner: str, name: str, allowed: str, value: object, remedy: str = "") -> NoReturn:
    """Raise the error for a parameter whose value is not allowed.

    >>> fail("Constant", "max_lr", "a number in (0, inf)", -1)
    Traceback (most recent call last):
    ...
    ValueError: The 'max_lr' parameter of Constant must be a number in (0, inf). Got -1 instead.
    """
    sentence = f"The {name!r} parameter of {owner} must be {allowed}. Got {_shown(value)} instead."
    raise ValueError(f"{sentence} {remedy}".strip())


def missing(owner: str, name: str) -> NoReturn:
    """Raise the error for a parameter that is needed and was not given.

    >>> missing("Cosine", "total_steps")
    Traceback (most recent call last):
    ...
    ValueError: The 'total_steps' parameter of Cosine must be given.
    """
    raise ValueError(f"The {name!r} parameter of {owner} must be given.")


def _shown(value: object) -> str:
    """The value as a message shows it: shortened, since it may come from an untrusted file."""
    try:
        text = repr(value)
    except (RecursionError, ValueError):  # nested too deeply, or an int with more digits than Python converts
        return f"{type(value).__name__} that cannot be shown"
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def printable(text: object) -> str:
    r"""Text that is safe to show in a terminal, a page or a figure: control characters are replaced by their escapes.

    Names and titles come from untrusted files and arguments. `str.isprintable` rules out control characters, escape
    sequences, line breaks, and the invisible characters that change the direction of writing.

    >>> print(printable("late\x1b[31m\n"))
    late\x1b[31m\n
    """
    shown = (one if one.isprintable() else one.encode("unicode_escape").decode() for one in str(text))
    return "".join(shown)


def title(owner: str, name: str, value: Any, most: int) -> str:
    """Return ``value``, or raise unless it is a single printable line of 1 to ``most`` characters."""
    if isinstance(value, str) and value.strip() and value.isprintable() and len(value) <= most:
        return value
    shown = value[:most] if isinstance(value, str) else value
    fail(owner, name, f"one line of text, without control characters, of at most {most} characters", shown)


def is_number(value: object) -> bool:
    """Whether ``value`` is a real, finite Python or NumPy number; a bool does not count as one."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an int beyond the largest float
        return False


def number(
    owner: str,
    name: str,
    value: Any,
    low: float,
    high: float,
    *,
    bounds: str = "[]",
    remedy: str = "",
) -> float:
    """Return ``value`` as a float, or raise unless it is between ``low`` and ``high``.

    Args:
        owner: The class or function that the parameter belongs to.
        name: The parameter.
        value: The value passed.
        low: The lower end of the allowed range.
        high: The upper end of the allowed range; ``inf`` is never itself allowed.
        bounds: Which ends belong to the range: ``"[]"``, ``"[)"``, ``"(]"`` or ``"()"``.
        remedy: What to do instead; "" if there is nothing to suggest.
    """
    if is_number(value):
        above = low <= value if bounds[0] == "[" else low < value
        below = value <= high if bounds[1] == "]" else value < high
        if above and below:
            return float(value)
    end = bounds[1] if math.isfinite(high) else ")"
    fail(owner, name, f"a number in {bounds[0]}{low:g}, {high:g}{end}", value, remedy)


def whole(owner: str, name: str, value: Any, low: int, high: int | None = None, *, remedy: str = "") -> int:
    """Return ``value`` as an int, or raise unless it is a whole number from ``low`` to ``high``; 5.0 is 5."""
    if is_number(value) and value == int(value) and low <= value and (high is None or value <= high):
        return int(value)
    end = "inf)" if high is None else f"{high}]"
    fail(owner, name, f"a whole number in [{low}, {end}", value, remedy)


def one_of(owner: str, name: str, value: Any, allowed: Iterable[str]) -> str:
    """Return ``value``, or raise unless it is one of the ``allowed`` names; the error suggests the closest one."""
    names = list(allowed)
    if value in names:
        return str(value)
    near = difflib.get_close_matches(str(value), names, n=1)
    remedy = f"Did you mean {near[0]!r}?" if near else ""
    fail(owner, name, "one of " + ", ".join(map(repr, names)), value, remedy)
