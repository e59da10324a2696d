"""Logs that people already have, as a `loganneal.diagnosis.Log`.

Run folders, CSV, JSON, TensorBoard, and the ``trainer_state.json`` of Transformers.
"""

from loganneal.diagnosis.logs.read import read_log
from loganneal.diagnosis.logs.reading import Reading
from loganneal.diagnosis.logs.text import LogError

__all__ = ["LogError", "Reading", "read_log"]
