"""What the core costs: its import on top of numpy's, and a rate at small and large steps.

python benchmarks/core.py
"""

import statistics
import subprocess
import sys
import time
import timeit

import loganneal as la


def import_cost(rounds: int = 15) -> float:
    """What importing loganneal adds to importing numpy, in milliseconds, the median over pairs."""
    code = "import time, numpy; t = time.perf_counter(); import loganneal; print(time.perf_counter() - t)"
    times = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(rounds)
    ]
    return 1e3 * statistics.median(times)


def call_cost(schedule: la.Schedule, step: int) -> float:
    """Microseconds of one call, the best of several rounds."""
    schedule(step)
    return 1e6 * min(timeit.repeat(lambda: schedule(step), number=20_000, repeat=7)) / 20_000


def main() -> None:
    """Print the numbers."""
    print(f"import loganneal after numpy: {import_cost():.1f} ms")
    for schedule in (la.CyclicalLogAnnealing(0.1, 50), la.CyclicalLogAnnealing(0.1, 50, cycle_mult=1.001)):
        started = time.perf_counter()
        schedule(0)
        print(f"\n{schedule}\n  first call {1e3 * (time.perf_counter() - started):.2f} ms")
        for step in (10, 10**6, 10**9, 10**12):
            print(f"  step {step:.0e}: {call_cost(schedule, step):.2f} us")


if __name__ == "__main__":
    main()
