"""A trial of a study within the Trainer of Transformers: `TrialCallback`."""

from typing import Any

from loganneal._trial import REPORTED, Trial

try:
    from transformers import TrainerCallback
except ModuleNotFoundError as error:
    raise ModuleNotFoundError("loganneal.transformers needs Transformers: pip install transformers") from error

__all__ = ["TrialCallback"]


class TrialCallback(TrainerCallback):
    """Watches the Trainer's optimizer, and reports what the Trainer evaluates.

    The schedule itself is passed as Transformers documents it: ``optimizers=(optimizer, scheduler)``. Each evaluation
    is reported under its own names, and ``eval_loss`` as ``validation`` too.

    Args:
        trial: What `loganneal.trial` returned.
        validation: The name of the value that is reported as ``validation``.

    >>> import loganneal as la
    >>> callback = TrialCallback(la.trial(la.Cosine(5e-5, 1000)), validation="eval_accuracy")
    """

    def __init__(self, trial: Trial, validation: str = "eval_loss") -> None:
        self.trial, self.validation = trial, validation

    def on_train_begin(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Watch the optimizer."""
        self.trial.watch(others["optimizer"])

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **others: Any) -> None:
        """Report the training loss."""
        if logs and "loss" in logs:
            self.trial.report(state.global_step, loss=float(logs["loss"]))

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: Any = None, **others: Any) -> None:
        """Report an evaluation."""
        values = {name: float(value) for name, value in (metrics or {}).items() if isinstance(value, int | float)}
        more = {name: value for name, value in values.items() if name not in REPORTED}
        self.trial.report(state.global_step, validation=values.get(self.validation), **more)
