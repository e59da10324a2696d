"""A trial of a study within `fit`."""

from typing import Any

import keras

from loganneal._trial import REPORTED, Trial


class TrialCallback(keras.callbacks.Callback):  # type: ignore[misc] # Keras has no types
    """Records the learning rate of each update of a trial, and reports what Keras evaluates at the end of an epoch.

    Each value is reported under its own name, and the one that ``validation`` names as ``validation`` too.

    Args:
        trial: What `loganneal.trial` returned.
        validation: The name of the value that trials are chosen by.

    >>> import loganneal as la
    >>> callback = TrialCallback(la.trial(la.Cosine(0.1, 700)), validation="val_accuracy")
    """

    def __init__(self, trial: Trial, validation: str = "val_loss") -> None:
        super().__init__()
        self.trial, self.validation = trial, validation

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Record the rate that the optimizer has for the coming update."""
        if self.trial.active:
            self.trial.saw([float(self.model.optimizer.learning_rate)])

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Report what has been evaluated."""
        values = {name: float(value) for name, value in (logs or {}).items()}
        more = {name: value for name, value in values.items() if name not in REPORTED}
        step = int(self.model.optimizer.iterations)
        self.trial.report(step, loss=values.get("loss"), validation=values.get(self.validation), **more)
