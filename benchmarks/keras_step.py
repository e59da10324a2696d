"""What the rate of a step costs in Keras, as a ratio to its CosineDecayRestarts measured beside it.

    KERAS_BACKEND=jax python benchmarks/keras_step.py

A rate is asked for in two ways: read outside a graph, as PyTorch's training and every callback do, and in a graph that
is made once, as the training steps of JAX and TensorFlow do. The time to make the graph is reported too. Each ratio is
the median, over rounds, of two times measured one right after the other. PyTorch has no graph here.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

import loganneal as la
from loganneal.keras import ScheduleLR

FIRST = 50
Rate = Callable[[Any], Any]


def contenders() -> dict[str, Rate]:
    """The schedules that are measured, the reference first."""
    return {
        "keras": keras.optimizers.schedules.CosineDecayRestarts(0.1, FIRST, t_mul=2.0),
        "cosine": ScheduleLR(la.CyclicalCosineAnnealing(0.1, FIRST, cycle_mult=2)),
        "log": ScheduleLR(la.CyclicalLogAnnealing(0.1, FIRST, cycle_mult=2)),
        "log, equal cycles": ScheduleLR(la.CyclicalLogAnnealing(0.1, FIRST)),
        "log, growth 1.001": ScheduleLR(la.CyclicalLogAnnealing(0.1, FIRST, cycle_mult=1.001)),
    }


def graph(rate: Rate) -> Rate:
    """The rate, compiled as the backend compiles a training step."""
    if keras.backend.backend() == "jax":
        import jax

        return jax.jit(lambda step: rate(step))  # a new function, so that nothing is cached
    import tensorflow as tf

    return tf.function(lambda step: rate(step), jit_compile=True, autograph=False)


def whole(step: int) -> Any:
    """A step in the type in which Keras counts."""
    return keras.ops.convert_to_tensor(np.int64(step), keras.backend.standardize_dtype("int"))


def seconds(rate: Rate, step: Any, calls: int) -> float:
    """The time of a call, each rate read, as the mean over many."""
    started = time.perf_counter()
    for _ in range(calls):
        float(rate(step))
    return (time.perf_counter() - started) / calls


def row(rounds: int, measure: Callable[[Rate], float], rates: dict[str, Rate]) -> str:
    """The microseconds of the reference, and the median ratio of each other contender to it."""
    times = [{name: measure(rate) for name, rate in rates.items()} for _ in range(rounds)]
    ratios = {name: statistics.median(each[name] / each["keras"] for each in times) for name in rates}
    ratios["keras"] = 1e6 * statistics.median(each["keras"] for each in times)
    return " | ".join(f"{value:.3g}" for value in ratios.values())


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    backend, rates = keras.backend.backend(), contenders()
    print(f"keras {keras.__version__} on {backend}; keras in microseconds, the others as ratios to it\n")
    print("| rate | step |", " | ".join(rates), "|")
    print("| --- " * (2 + len(rates)) + "|")
    ways = {"read": rates}
    if backend != "torch":
        ways["in a graph"] = {name: graph(rate) for name, rate in rates.items()}
    for way, asked in ways.items():
        for start in (10, 10**9):
            at = whole(start)
            for rate in asked.values():
                rate(at)
            print(f"| {way} | {start:g} |", row(rounds, lambda rate, at=at: seconds(rate, at, 20), asked), "|")
    if backend != "torch":
        print("| making the graph | |", row(5, lambda rate: seconds(graph(rate), whole(10), 1), rates), "|")


if __name__ == "__main__":
    main()
