"""What a training run is asked to do, what came out of it, and how both are kept on disk. Torch-free."""

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
