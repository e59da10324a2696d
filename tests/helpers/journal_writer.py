"""A process that writes records into a journal, for the tests of journals.

    python journal_writer.py FOLDER FIRST COUNT

It writes records with the seeds from FIRST on and prints one line for each, when the record is on the disk.
"""

import sys
from pathlib import Path

import loganneal as la
from loganneal.data import WORKLOADS
from loganneal.runs import Journal, MetricsRow, Record, RunSpec

STEPS = 50


def spec_of(seed: int) -> RunSpec:
    """A run that is identified by its seed."""
    return WORKLOADS["digits"].spec(schedule=la.Cosine(0.3, STEPS), seed=seed, split_seed=0, steps=STEPS)


def record_of(seed: int) -> Record:
    """A completed record, with a curve and numbers that its seed determines."""
    spec = spec_of(seed)
    curve = (MetricsRow(step, spec.schedule(step - 1), 1 / (seed + step)) for step in range(1, STEPS + 1))
    return Record(spec, "completed", 1 / (seed + 3), 1 / (seed + 7), tuple(curve), 1.5, {"threads": 1})


def main() -> None:
    """Write them."""
    folder, first, count = sys.argv[1:]
    journal = Journal(Path(folder))
    for seed in range(int(first), int(first) + int(count)):
        journal.write(record_of(seed))
        print(seed, flush=True)


if __name__ == "__main__":
    main()
