"""Logs that people already have, as a `Log`: run folders, CSV, JSON, TensorBoard, Transformers' trainer_state.json."""

from loganneal.diagnosis.logs.read import read_log
from loganneal.diagnosis.logs.reading import Reading
from loganneal.diagnosis.logs.text import LogError

__all__ = ["LogError", "Reading", "read_log"]
