"""Schedules in Keras 3, on its JAX, PyTorch and TensorFlow backends: `ScheduleLR` and `CycleSnapshots`."""

try:
    import keras as keras
except ModuleNotFoundError as error:
    raise ModuleNotFoundError("loganneal.keras needs Keras and a backend: pip install 'loganneal[keras]'") from error

from loganneal.keras._learning_rate import ScheduleLR
from loganneal.keras._snapshots import CycleSnapshots
from loganneal.keras._trial_callback import TrialCallback

__all__ = ["CycleSnapshots", "ScheduleLR", "TrialCallback"]
