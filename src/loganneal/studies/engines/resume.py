"""Finding out which runs of a plan have a record, and running the rest. Finished runs are never repeated."""

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
"""After this many, the machine or the command is assumed to be broken, and the study stops."""

_AGAIN = ("failed", "invalid")
"""Outcomes that do not count: the run is repeated."""


class RunFailedError(RuntimeError):
    """Some runs raised an error; the records of the others are kept."""


class StudyStoppedError(RunFailedError):
    """Several runs failed in a row, so no further run is started."""


class RunInvalidError(StudyStoppedError):
    """A run did not train as asked, so nothing is concluded from it, and no further run is started."""


class Inventory(NamedTuple):
    """Which planned runs have a record. `take_inventory` makes one.

    Args:
        finished: The runs that have a record.
        missing: The runs that are still to be trained.
        corrupt: Damage that was found in the store, as sentences; its runs count as missing.
        failed: The missing runs that were tried and failed, with their records.
    """

    finished: list[FinishedRun]
    missing: list[PlannedRun]
    corrupt: list[str]
    failed: list[FinishedRun]

    @property
    def known(self) -> list[FinishedRun]:
        """The runs that have a record, including failed ones."""
        return [*self.finished, *self.failed]


def take_inventory(planned: Sequence[PlannedRun], store: ReadableStore) -> Inventory:
    """Find out which planned runs have a record. Nothing is written.

    Args:
        planned: The runs of a comparison or a study.
        store: The store of records.

    Returns:
        The inventory. Damaged records are named, and their runs count as missing.

    Example:
        >>> import tempfile
        >>> from loganneal.runs import Journal
        >>> from loganneal.studies.declare.comparison import declare
        >>> planned = declare("digits", arms=("cosine", "linear"), trials=2, replicates=3).plan()
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     inventory = take_inventory(planned, Journal(Path(folder)))
        >>> len(inventory.finished), len(inventory.missing)
        (0, 12)
    """
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

    Planned runs with the same specification are trained once. For a command, the recorded learning rates are compared
    with the schedule. A run that failed is recorded but not yielded.

    Args:
        planned: The runs of a comparison or a study, including those that have a record.
        store: The store of records; other processes may write to it meanwhile. A damaged record is replaced.
            `hold_study_folder` keeps a second process from running the same study.
        engine: The engine that executes the runs.
        folder: Folder in which the runs of commands have their folders; None for the current folder.
        besides: Keys of runs that are not trained even though they have no record.

    Yields:
        Each planned run with its record, as it ends.

    Raises:
        RunFailedError: Immediately if a command did not follow its schedule, and after three failures in a row;
            otherwise at the end if any run failed. The other runs were yielded.

    Example:
        >>> import tempfile
        >>> from loganneal.runs import Journal
        >>> from loganneal.studies.declare.comparison import declare
        >>> from loganneal.studies.engines import InProcess
        >>> tiny = declare("digits", arms=("cosine", "linear"), trials=1, replicates=1, steps=2, train_examples=64)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     [run.planned.arm for run in run_missing(tiny.plan(), Journal(Path(folder)), InProcess())]
        ['cosine', 'linear']
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
    """Why a run does not count; "" if it does."""
    if isinstance(outcome, Failure):
        return outcome.message
    return record.reason if record is not None and record.status in _AGAIN else ""


def _stop(record: Record | None, failures: Sequence[str], in_a_row: int, total: int) -> None:
    """Raise if no further run is worth its time."""
    if record is not None and record.status == "invalid":
        raise RunInvalidError(f"Stopped, because nothing can be concluded: {failures[-1]}.")
    if in_a_row == FAILURES_IN_A_ROW and total > FAILURES_IN_A_ROW:
        raise StudyStoppedError(f"Stopped, because {in_a_row} runs failed in a row. The last: {failures[-1]}")


def _read(spec: Spec, store: ReadableStore, corrupt: list[str]) -> Record | None:
    try:
        return store.read(spec)
    except CorruptRecordError as error:
        corrupt.append(str(error))
        return None


def _name(run: PlannedRun) -> str:
    return f"replicate {run.replicate + 1}, {run.arm}, trial {run.trial + 1}"
