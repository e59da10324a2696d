"""Logs that people already have, as a `Log`: run folders, CSV, TensorBoard, Transformers' trainer_state.json."""

from loganneal.diagnosis.logs.names import LogError
from loganneal.diagnosis.logs.read import read_log
from loganneal.diagnosis.logs.series import Reading

__all__ = ["LogError", "Reading", "read_log"]
