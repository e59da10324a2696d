"""Logs that people already have, as a `Log`: run folders, CSV, TensorBoard, Transformers' trainer_state.json."""

from loganneal.lab.logs.names import LogError
from loganneal.lab.logs.read import log_of, log_of_rows, read_log
from loganneal.lab.logs.series import Reading

__all__ = ["LogError", "Reading", "log_of", "log_of_rows", "read_log"]
