"""What a few logs say about other learning-rate schedules; needs NumPy and SciPy, but nothing from the lab."""

from loganneal.prediction.curves import Run
from loganneal.prediction.predict import predict
from loganneal.prediction.prediction import Choice, Prediction, ProbeRun, SchedulePrediction

__all__ = ["Choice", "Prediction", "ProbeRun", "Run", "SchedulePrediction", "predict"]
