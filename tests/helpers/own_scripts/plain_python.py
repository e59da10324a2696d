"""A training script without a framework: it fits a line to noisy data, and reports the rate of each update itself."""

import numpy as np
from sabotage import SABOTAGE, misbehave, rate_of, seed_of

import loganneal as la


def main() -> None:
    trial = la.trial(la.Cosine(0.1, 60), seed=1)
    draw = np.random.default_rng(seed_of(trial))
    inputs = np.linspace(-1, 1, 64)
    if SABOTAGE == "split-used":
        inputs = np.random.default_rng(trial.split_seed).permutation(inputs)
    targets = 3 * inputs + 1 + 0.1 * draw.standard_normal(64)
    weights, rate = draw.standard_normal(2), rate_of(trial)
    for step in range(trial.steps or 60):
        lr, rows = rate(step), draw.integers(0, 48, 8)
        errors = weights[0] * inputs[rows] + weights[1] - targets[rows]
        weights = weights - lr * 2 * np.array([(errors * inputs[rows]).mean(), errors.mean()])
        held_out = float(((weights[0] * inputs[48:] + weights[1] - targets[48:]) ** 2).mean())
        scores = {"validation": held_out} if SABOTAGE != "no-result" and step % 10 == 9 else {}
        trial.report(step + 1, lr=None if SABOTAGE == "unseen" else lr, loss=float((errors**2).mean()), **scores)
        misbehave(step)


if __name__ == "__main__":
    main()
