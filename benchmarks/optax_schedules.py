"""What restarts cost in Optax: the traced program and its compilation, beside `optax.sgdr_schedule`.

    python benchmarks/optax_schedules.py

Both sides give the same rates: cosine cycles with a rise of a tenth, of equal length or each 1% longer than the one
before. The size is the number of characters of the traced program; the first time is that of tracing and compiling it,
the second that of one step in a compiled loop of many. Each ratio of times is the median, over rounds, of two measured
one right after the other.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

import loganneal as la
from loganneal.optax import as_optax

FIRST, RISE, PEAK = 100, 0.1, 0.1
COUNTS = (3, 30, 300, None)
STEPS = 10_000
Rate = Callable[[Any], Any]


def ours(growth: float, cycles: int | None) -> la.Schedule:
    """A number of loganneal's cycles, or endless ones."""
    return la.CyclicalCosineAnnealing(PEAK, FIRST, cycle_mult=growth, restart_warmup_share=RISE, cycles=cycles)


def theirs(growth: float, cycles: int) -> Rate:
    """The same cycles in Optax, each given by itself."""
    schedule = ours(growth, cycles)
    lengths = (schedule.cycle_ends(2**31) + 1 - schedule.restarts(2**31)).tolist()
    return optax.sgdr_schedule(
        [
            {
                "init_value": 0.0,
                "peak_value": PEAK,
                "warmup_steps": int(RISE * length + 0.5),
                "decay_steps": length,
                "end_value": 0.0,
            }
            for length in lengths
        ]
    )


def check(schedule: la.Schedule, rival: Rate) -> None:
    """Raise unless both have the same rates over the first cycles."""
    steps = jnp.arange(3 * FIRST)
    np.testing.assert_allclose(jax.vmap(rival)(steps), schedule(np.asarray(steps)), rtol=1e-4, atol=1e-6 * PEAK)


def size(rate: Rate) -> int:
    """The characters of the traced program; tables are constants beside it."""
    return len(str(jax.make_jaxpr(rate)(jnp.int32(0))))


def seconds(rate: Rate) -> float:
    """The time to trace and compile a function that was not seen before."""
    started = time.perf_counter()
    jax.jit(lambda count: rate(count)).lower(jnp.int32(0)).compile()
    return time.perf_counter() - started


def step_seconds(rate: Rate) -> Callable[[], float]:
    """A function that returns the time of one step in a compiled loop, where each step waits for the one before."""

    @jax.jit
    def loop() -> Any:
        return jax.lax.fori_loop(0, STEPS, lambda count, total: total + rate(count), jnp.float32(0))

    loop().block_until_ready()

    def measured() -> float:
        started = time.perf_counter()
        loop().block_until_ready()
        return (time.perf_counter() - started) / STEPS

    return measured


def measure(growth: float, cycles: int | None, rounds: int) -> list[str]:
    """The cells of one row: two sizes and their ratio, two times to compile, two of a step, each with their ratio."""
    schedule = ours(growth, cycles)
    own = as_optax(schedule)
    step = step_seconds(own)
    if cycles is None:
        took, stepped = (
            statistics.median(function() for _ in range(rounds)) for function in (lambda: seconds(own), step)
        )
        return ["", f"{size(own):,}", "", "", f"{1e3 * took:.0f}", "", "", f"{1e9 * stepped:.0f}", ""]
    rival = theirs(growth, cycles)
    check(schedule, rival)
    sizes, their_step = (size(rival), size(own)), step_seconds(rival)
    cells = [f"{sizes[0]:,}", f"{sizes[1]:,}", f"{sizes[1] / sizes[0]:.3f}"]
    cells += pair(lambda: seconds(rival), lambda: seconds(own), 1e3, rounds)
    return cells + pair(their_step, step, 1e9, rounds)


def pair(theirs_: Callable[[], float], ours_: Callable[[], float], unit: float, rounds: int) -> list[str]:
    """The medians of two times, and the median of their ratios."""
    times = [(theirs_(), ours_()) for _ in range(rounds)]
    other, own = (unit * statistics.median(column) for column in zip(*times, strict=True))
    return [f"{other:.0f}", f"{own:.0f}", f"{statistics.median(mine / rival for rival, mine in times):.3f}"]


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print(f"jax {jax.__version__}, optax {optax.__version__}, {jax.default_backend()}, {rounds} rounds; size in")
    print("characters, time to trace and compile in ms, a step in ns; ratios of loganneal to optax\n")
    print("| growth | cycles | size, optax | size | ratio | ms, optax | ms | ratio | ns, optax | ns | ratio |")
    print("| --- " * 11 + "|")
    seconds(ours(1.01, None))  # the very first compilation would include starting the compiler
    for growth in (1, 1.01):
        for cycles in COUNTS:
            print(f"| {growth} | {cycles or 'endless'} |", " | ".join(measure(growth, cycles, rounds)), "|")


if __name__ == "__main__":
    main()
