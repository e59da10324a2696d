"""What is asked of a training run, what came out, and how both are kept on disk. Torch-free."""

from loganneal.runs.record import CorruptRecordError, MetricsRow, Record, RecordStore
from loganneal.runs.spec import RunSpec

__all__ = ["CorruptRecordError", "MetricsRow", "Record", "RecordStore", "RunSpec"]
