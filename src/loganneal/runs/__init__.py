"""What a training run is asked to do, what came out of it, and how both are kept on disk. Torch-free.

The names here are loaded on first use, so that declaring a run does not need what keeping its record needs.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loganneal.runs.command_spec import CommandSpec
    from loganneal.runs.journal import Journal, ReadableStore, Store, default_records
    from loganneal.runs.record import CorruptRecordError, MetricsRow, Record
    from loganneal.runs.spec import RunSpec

__all__ = [
    "CommandSpec",
    "CorruptRecordError",
    "Journal",
    "MetricsRow",
    "ReadableStore",
    "Record",
    "RunSpec",
    "Store",
    "default_records",
]

_HOMES = {
    "CommandSpec": "command_spec",
    **dict.fromkeys(("Journal", "ReadableStore", "Store", "default_records"), "journal"),
    **dict.fromkeys(("CorruptRecordError", "MetricsRow", "Record"), "record"),
    "RunSpec": "spec",
}


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
