"""What of a plan has a record, and running the rest. Finished runs are never repeated."""

from collections.abc import Generator, Sequence
from contextlib import closing
from typing import NamedTuple

from loganneal.runs.journal import Store
from loganneal.runs.record import CorruptRecordError, Record
from loganneal.runs.spec import RunSpec
from loganneal.studies.declare.comparison import FinishedRun, PlannedRun
from loganneal.studies.engines._base import Engine, Failure


class RunFailedError(RuntimeError):
    """Some runs raised an error; the others are kept."""


class Inventory(NamedTuple):
    """Which planned runs have a record.

    Args:
        finished: Those that have.
        missing: Those still to do.
        corrupt: What was found damaged, in sentences; its runs are missing.
    """

    finished: list[FinishedRun]
    missing: list[PlannedRun]
    corrupt: list[str]


def take_inventory(planned: Sequence[PlannedRun], store: Store) -> Inventory:
    """Read the records there are. What is damaged is named, and its run counts as missing; nothing is written."""
    stock, read = Inventory([], [], []), dict[str, Record | None]()
    for run in planned:
        key = run.spec.key
        if key not in read:
            read[key] = _read(run.spec, store, stock.corrupt)
        record = read[key]
        if record is None:
            stock.missing.append(run)
        else:
            stock.finished.append(FinishedRun(run, record))
    if stock.missing:
        stock.corrupt.extend(store.damage())
    return stock


def run_missing(planned: Sequence[PlannedRun], store: Store, engine: Engine) -> Generator[FinishedRun]:
    """Train the planned runs that have no record, write each record, and yield it.

    Planned runs with the same specification are one run.

    Args:
        planned: The runs of a comparison or a study.
        store: Where records are read and written, one at a time; other processes may write to it meanwhile. A damaged
            record is replaced. `hold_study_folder` keeps a second process from running the same study.
        engine: Where runs execute.

    Raises:
        RunFailedError: At the end, when some runs raised an error; the others were yielded.
    """
    same: dict[str, list[PlannedRun]] = {}
    for run in take_inventory(planned, store).missing:
        same.setdefault(run.spec.key, []).append(run)
    failures, specs = [], [runs[0].spec for runs in same.values()]
    with closing(engine.run(specs)) as results:
        for spec, outcome in results:
            runs = same[spec.key]
            if isinstance(outcome, Failure):
                failures.append(f"{_name(runs[0])}: {outcome.message}")
                continue
            store.write(outcome)
            yield from (FinishedRun(run, outcome) for run in runs)
    if failures:
        raise RunFailedError(f"{len(failures)} of {len(same)} runs failed. The first: {failures[0]}")


def _read(spec: RunSpec, store: Store, corrupt: list[str]) -> Record | None:
    try:
        return store.read(spec)
    except CorruptRecordError as error:
        corrupt.append(str(error))
        return None


def _name(run: PlannedRun) -> str:
    return f"replicate {run.replicate + 1}, {run.arm}, trial {run.trial + 1}"
