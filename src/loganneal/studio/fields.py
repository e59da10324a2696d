"""What the text of a field means."""

from typing import Any

from loganneal import _checks

OWNER = "the field"


def number_in(name: str, text: Any) -> float | None:
    """The number in a field, in which thousands may be separated; None if it is empty.

    Args:
        name: The name of the field.
        text: Its text.

    Raises:
        ValueError: It is not a finite number.

    Example:
        >>> number_in("budget", " 10,000"), number_in("cycles", "")
        (10000.0, None)
    """
    words = str("" if text is None else text).strip().replace(",", "").replace("_", "")
    if not words:
        return None
    try:
        number = float(words)
    except ValueError:
        _checks.fail(OWNER, name, "a number", words)
    if not _checks.is_number(number):
        _checks.fail(OWNER, name, "a finite number", words)
    return number


def required_number(name: str, text: Any) -> float:
    """The number in a field that must not be empty.

    Raises:
        ValueError: It is not a finite number, or the field is empty.
    """
    number = number_in(name, text)
    return _checks.fail(OWNER, name, "a number", "nothing") if number is None else number
