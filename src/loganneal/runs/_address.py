"""The address of a run: a hash of everything that decides its outcome."""

import hashlib
import json
from typing import Any

DIGITS = 10
"""Significant digits of a number that count. The last bits of a power or a logarithm depend on the processor and its
mathematical library, so a study declares the same runs everywhere only up to these bits."""


def address(values: dict[str, Any]) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the canonical JSON of a specification.

    Args:
        values: The specification as JSON values. Specifications whose numbers agree to `DIGITS` significant digits have
            the same address.

    Example:
        >>> address({"lr": 0.1}) == address({"lr": 0.1 + 1e-16 / 3}) == address({"lr": 0.10000000000000002})
        True
        >>> address({"lr": 0.1}) == address({"lr": 0.100000001})
        False
    """
    canonical = json.dumps(_rounded(values), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS - 1}e}")
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return value
