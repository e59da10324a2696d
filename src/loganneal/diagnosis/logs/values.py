"""Cells of a log as numbers."""

import math
import re
from typing import Any

from loganneal import _limits

HOLES = frozenset({"", "na", "n/a", "#n/a", "<na>", "none", "null", "nil", "-", "--"})
"""What stands for a missing value; "nan" may be a value, and the rest of the row decides."""

_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")
DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
"""A number with a comma for its decimal point."""

_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([.,' ])\d{3}(?:\1\d{3})*")
_WRAPPED = re.compile(r"(?:tensor|array|float\d*|np\.float\d*|numpy\.float\d*)\((.*)\)", re.DOTALL)
_OPTIONS = re.compile(r",\s*(?:device|dtype|grad_fn|requires_grad)\s*=.*", re.DOTALL)


def number(cell: Any, *, comma: bool = False) -> float | None:
    """A cell as a number; None for a hole.

    Args:
        cell: A JSON value, or the text of a cell.
        comma: Whether a comma may be the decimal point.

    Raises:
        ValueError: It is something else, or several numbers.

    Example:
        >>> number("tensor(2.5, device='cuda:0')"), number("[0.1]"), number("NA"), number("0,25", comma=True)
        (2.5, 0.1, None, 0.25)
        >>> number("93.2%")
        93.2
    """
    if type(cell) is str and _PLAIN.fullmatch(cell):  # nearly all cells, and ten times as fast
        return float(cell)
    values = numbers(cell, comma=comma)
    if len(values) > 1:
        raise ValueError(f"{len(values)} numbers")
    return values[0] if values else None


def is_grouped(cell: Any) -> bool:
    """Whether a cell looks like an integer with a separator of thousands.

    >>> is_grouped("1,000"), is_grouped("12.500.000"), is_grouped("1000"), is_grouped("0.5")
    (True, True, False, False)
    """
    return isinstance(cell, str) and _GROUPED.fullmatch(cell.strip()) is not None


def numbers(cell: Any, *, comma: bool = False) -> list[float]:
    """A cell as a list of numbers, such as the rates of several groups; empty for a hole."""
    if cell is None or cell == []:
        return []
    if isinstance(cell, list):
        return [_float(item) for item in cell]
    if isinstance(cell, str):
        return _numbers_of_text(cell, comma)
    return [_float(cell)]


def _numbers_of_text(cell: str, comma: bool) -> list[float]:
    text = cell.strip()
    if len(text) > _limits.LOG_CELL_LETTERS:
        raise ValueError("text")
    if text.lower() in HOLES:
        return []
    if wrapped := _WRAPPED.fullmatch(text):
        text = _OPTIONS.sub("", wrapped[1]).strip()
    if text[0:1] in {"[", "("} and text[-1:] in {"]", ")"}:
        return [_float(part) for part in re.split(r"[,\s]+", text[1:-1].strip(" ,"))]
    if comma and DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    return [_float(text.removesuffix("%"))]


def _float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)) or "_" in str(value)[:50]:
        raise ValueError("no number")
    try:
        return float(value)
    except OverflowError:  # a whole number beyond the largest float
        return math.inf
