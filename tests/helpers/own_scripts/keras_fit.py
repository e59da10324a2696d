"""A Keras fit, whose optimizer keeps a constant learning rate if it is sabotaged."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from sabotage import SABOTAGE

import loganneal as la
from loganneal.keras import ScheduleLR, TrialCallback


def main() -> None:
    trial = la.trial(la.Cosine(0.1, 60), seed=1)
    keras.utils.set_random_seed(trial.seed)
    draw = np.random.default_rng(trial.seed)
    training, validation = draw.standard_normal((40, 4)), draw.standard_normal((40, 4))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    rate = trial.peak_lr if SABOTAGE == "schedule-ignored" else ScheduleLR(trial.schedule)
    model.compile(keras.optimizers.SGD(rate), "mse")
    kept = {"validation_data": (validation, np.zeros((40, 1))), "callbacks": [TrialCallback(trial, "val_loss")]}
    model.fit(training, np.zeros((40, 1)), batch_size=4, epochs=trial.steps // 10, verbose=0, **kept)


if __name__ == "__main__":
    main()
