"""Logs of runs whose loss follows a law exactly, with noise if asked for."""

import numpy as np

import loganneal as la
from loganneal.diagnosis import Log
from loganneal.prediction.laws import LAWS
from loganneal.prediction.rates import rates_of

PEAK, STEPS, WARMUP = 0.1, 400, 20
AMPLITUDES = (1.0, 0.3, 8.0)
PARAMETERS = (0.4, 0.02)

COSINE = la.Warmup(la.Cosine(PEAK, STEPS - WARMUP), WARMUP)
WSD = la.WarmupStableDecay(PEAK, STEPS, WARMUP, STEPS // 5)


def true_loss(schedule: la.Schedule, steps: int = STEPS, unit: int = STEPS) -> np.ndarray:
    """The loss after each update under the functional scaling law with b = 1.5."""
    times = np.arange(1.0, steps + 1) / unit
    return LAWS[0].columns(rates_of(schedule, steps, PEAK, unit), times, PARAMETERS) @ AMPLITUDES


def lawful_log(schedule: la.Schedule, steps: int = STEPS, noise: float = 0.0, every: int = 1) -> Log:
    """The log of a run; its first losses are capped at 3, since a network's loss starts somewhere."""
    loss = np.minimum(true_loss(schedule, steps), 3.0)
    loss = loss * (1 + noise * np.random.default_rng(0).standard_normal(steps))
    rows = slice(every - 1, None, every)
    return Log(np.arange(1.0, steps + 1)[rows], schedule.curve(steps)[rows], loss[rows])


def write_csv(log: Log, path) -> None:
    """The log as a CSV file."""
    rows = [
        f"{step:g},{lr!r},{loss!r}" for step, lr, loss in zip(log.step, log.lr.tolist(), log.loss.tolist(), strict=True)
    ]
    path.write_text("\n".join(["step,lr,loss", *rows]) + "\n")
