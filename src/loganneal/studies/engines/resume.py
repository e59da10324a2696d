"""What of a plan has a record, and running the rest. Finished runs are never repeated."""

import dataclasses
from collections.abc import Collection, Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from loganneal.runs.any_spec import Spec
from loganneal.runs.command_spec import CommandSpec
from loganneal.runs.journal import ReadableStore, Store
from loganneal.runs.record import CorruptRecordError, Record
from loganneal.studies.declare.comparison import FinishedRun, PlannedRun
from loganneal.studies.engines._base import Engine, Failure, Outcome
from loganneal.studies.engines.inspector import Inspector

FAILURES_IN_A_ROW = 3
"""After so many the machine or the command is broken, and the study stops."""

_AGAIN = ("failed", "invalid")
"""Outcomes that count as none: the run is done again."""


class RunFailedError(RuntimeError):
    """Some runs raised an error; the others are kept."""


class StudyStoppedError(RunFailedError):
    """Several runs failed one after the other: no further one is started."""


class RunInvalidError(StudyStoppedError):
    """A run did not train as it was asked to: nothing is concluded from it, and no further run is started."""


class Inventory(NamedTuple):
    """Which planned runs have a record.

    Args:
        finished: Those that have.
        missing: Those still to do.
        corrupt: What was found damaged, in sentences; its runs are missing.
        failed: Those of the missing that were tried, with what came of it.
    """

    finished: list[FinishedRun]
    missing: list[PlannedRun]
    corrupt: list[str]
    failed: list[FinishedRun]

    @property
    def known(self) -> list[FinishedRun]:
        """The runs that have a record, those that failed among them."""
        return [*self.finished, *self.failed]


def take_inventory(planned: Sequence[PlannedRun], store: ReadableStore) -> Inventory:
    """Read the records there are. What is damaged is named, and its run counts as missing; nothing is written."""
    stock, read = Inventory([], [], [], []), dict[str, Record | None]()
    for run in planned:
        key = run.spec.key
        if key not in read:
            read[key] = _read(run.spec, store, stock.corrupt)
        record = read[key]
        if record is not None and record.status in _AGAIN:
            stock.failed.append(FinishedRun(run, record))
        if record is None or record.status in _AGAIN:
            stock.missing.append(run)
        else:
            stock.finished.append(FinishedRun(run, record))
    if stock.missing:
        stock.corrupt.extend(store.damage())
    return stock


def run_missing(
    planned: Sequence[PlannedRun],
    store: Store,
    engine: Engine,
    folder: Path | None = None,
    besides: Collection[str] = (),
) -> Generator[FinishedRun]:
    """Train the planned runs that have no record, write each record, and yield it.

    Planned runs with the same specification are one run. Of a command the rates that were seen are compared with the
    schedule; a run that failed is recorded, but not yielded.

    Args:
        planned: The runs of a comparison or a study, those that are done among them.
        store: Where records are read and written, one at a time; other processes may write to it meanwhile. A damaged
            record is replaced. `hold_study_folder` keeps a second process from running the same study.
        engine: Where runs execute.
        folder: Where the runs of commands have their folders; the present folder by default.
        besides: Keys of runs that are not trained, though they have no record that counts.

    Raises:
        RunFailedError: At once where a command did not train with its schedule, and after three failures in a row; at
            the end where any run failed. The others were yielded.
    """
    inventory, same = take_inventory(planned, store), dict[str, list[PlannedRun]]()
    for run in (one for one in inventory.missing if one.spec.key not in besides):
        same.setdefault(run.spec.key, []).append(run)
    inspector, failures, in_a_row = Inspector(planned, inventory.finished), list[str](), 0
    specs = [_placed(runs[0].spec, folder) for runs in same.values()]
    with closing(engine.run(specs)) as results:
        for spec, outcome in results:
            runs = same[spec.key]
            record = inspector.inspect(runs[0], outcome) if isinstance(outcome, Record) else None
            if record is not None:
                store.write(record)
            failure = _failure(outcome, record)
            if failure:
                failures.append(f"{_name(runs[0])}: {failure}")
                in_a_row += 1
                _stop(record, failures, in_a_row, len(same))
                continue
            in_a_row = 0
            yield from (FinishedRun(run, record) for run in runs if record is not None)
    if failures:
        raise RunFailedError(f"{len(failures)} of {len(same)} runs failed. The first: {failures[0]}")


def _placed(spec: Spec, folder: Path | None) -> Spec:
    if isinstance(spec, CommandSpec):
        return dataclasses.replace(spec, folder=str((folder or Path()).absolute()))
    return spec


def _failure(outcome: Outcome, record: Record | None) -> str:
    """Why a run is none that counts; "" where it is."""
    if isinstance(outcome, Failure):
        return outcome.message
    return record.reason if record is not None and record.status in _AGAIN else ""


def _stop(record: Record | None, failures: Sequence[str], in_a_row: int, total: int) -> None:
    """Raise where no further run is worth its time."""
    if record is not None and record.status == "invalid":
        raise RunInvalidError(f"Stopped, since nothing can be concluded: {failures[-1]}.")
    if in_a_row == FAILURES_IN_A_ROW and total > FAILURES_IN_A_ROW:
        raise StudyStoppedError(f"Stopped, since {in_a_row} runs failed one after the other. The last: {failures[-1]}")


def _read(spec: Spec, store: ReadableStore, corrupt: list[str]) -> Record | None:
    try:
        return store.read(spec)
    except CorruptRecordError as error:
        corrupt.append(str(error))
        return None


def _name(run: PlannedRun) -> str:
    return f"replicate {run.replicate + 1}, {run.arm}, trial {run.trial + 1}"
