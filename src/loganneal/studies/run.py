"""Running a study: take inventory, train what is missing, judge, and keep the result."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from loganneal._disk import replace_file
from loganneal.data import find_workload
from loganneal.runs import Journal, ReadableStore, RunSpec, Store, default_records
from loganneal.studies.check import check_study
from loganneal.studies.declare.code_facts import keep_facts
from loganneal.studies.declare.command import study_command
from loganneal.studies.declare.comparison import FinishedRun, PlannedRun
from loganneal.studies.declare.kept_study import KeptStudy, keep_study
from loganneal.studies.declare.study import Study
from loganneal.studies.engines import Engine, Inventory, LocalProcesses, RunFailedError, run_missing, take_inventory
from loganneal.studies.engines.resume import StudyStoppedError
from loganneal.studies.engines.writer_lock import hold_study_folder
from loganneal.studies.judge.conclude import conclude_study
from loganneal.studies.judge.stopping import due_runs, followed, staged
from loganneal.studies.result import StudyResult, write_result
from loganneal.studies.tables import study_markdown

RESULT = "result.json"
TABLE = "table.md"
RUNS = "runs"
"""Name of the folder in which each run of a command gets its own folder."""


class Stage(NamedTuple):
    """The runs of a study that are trained next: all of them, or, in a plan with looks, what the next look needs.

    Args:
        study: The study as far as it is known. With a screening, its duel is known once the screening is complete.
        inventory: Which of these runs have a record.
    """

    study: Study
    inventory: Inventory

    @property
    def planned(self) -> list[PlannedRun]:
        """The runs of this stage, those with a record first."""
        return [*(run.planned for run in self.inventory.finished), *self.inventory.missing]


Event = Stage | FinishedRun
"""What is reported while a study runs: each stage with its inventory, then each run as it ends."""

OnEvent = Callable[[Event], None]


class StudyFailedError(RuntimeError):
    """Some runs of a study raised an error.

    Args:
        message: Which runs failed, and how the first of them did.
        result: What the other runs show.
    """

    def __init__(self, message: str, result: StudyResult) -> None:
        super().__init__(message)
        self.result = result


def run_study(
    study: Study,
    folder: str | Path,
    *,
    engine: Engine | None = None,
    records: str | Path | None = None,
    command: str | None = None,
    on_event: OnEvent | None = None,
    check: bool = True,
    say: Callable[[str], None] | None = None,
) -> StudyResult:
    """Train the runs of a study that have no record yet, and judge all of them.

    A study that was interrupted is continued by the same call: each run is recorded as it ends, and a run that is in
    the journal is not trained again, whichever study asked for it. The folder has the declaration, ``study.json``, from
    the start; ``result.json`` and ``table.md`` are written to it at the end, and `loganneal.reports.write_report` draws
    the page.

    Args:
        study: The declaration.
        folder: The study's own folder, created if missing. Only one process at a time can run a study there.
        engine: The engine that executes the runs; None for two local processes.
        records: Folder of the journal of runs, which studies share; None for `loganneal.runs.default_records`.
        command: The command that repeats the study, for the result; None for ``loganneal study run``.
        on_event: Called with each `loganneal.studies.run.Stage` before its runs, then with each
            `loganneal.studies.declare.comparison.FinishedRun`.
        check: Whether commands are probed before their first run; see ``loganneal.studies.check``.
        say: Called with each finding of the probes, as a sentence.

    Returns:
        The result, which equals the one that ``result.json`` holds.

    Raises:
        StudyInUseError: Another process runs a study in the folder.
        DataNotFoundError: A data set is not there.
        StudyFailedError: Some runs raised an error. The others are kept, and its ``result`` is what they show.
        ValueError: A network or an optimizer cannot be made, or a command ignores its seed or its schedule
            (``CheckFailedError``); nothing has been trained.

    Example:
        >>> import tempfile
        >>> from loganneal.studies import Study, run_study
        >>> from loganneal.studies.declare.comparison import declare
        >>> from loganneal.studies.engines import InProcess
        >>> tiny = declare("digits", arms=("cosine", "linear"), trials=1, replicates=1, steps=2, train_examples=64)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     result = run_study(Study(name="tiny", title="Tiny", comparisons=(tiny,)), folder,
        ...                        engine=InProcess(), records=f"{folder}/runs")
        >>> result.is_complete, [arm.name for arm in result.comparisons[0].arms]
        (True, ['cosine', 'linear'])
    """
    store, folder = open_records(records), Path(folder)
    kept = KeptStudy(study, command or study_command(study), str(store.folder.absolute()))
    stage, failure = current_stage(study, store), None
    _tell(on_event, stage)
    keep_facts((comparison.data for comparison in study.comparisons), folder)
    if stage.inventory.missing:
        engine = LocalProcesses() if engine is None else engine
        _check_trainable(study)
        if engine.trains_here:  # on a cluster the data are on its nodes
            _check_data(study, engine.data_root)
        with hold_study_folder(folder), engine.kept() as running:
            keep_study(kept, folder)
            if check:
                check_study(study, running, folder / RUNS / "check", say or _nothing, stage.inventory.finished)
            stage, failure = _train(study, stage, folder, store, running, on_event)
    else:
        keep_study(kept, folder)
    result = keep_result(_conclude(study, stage, command), folder)
    if failure is not None:
        raise StudyFailedError(str(failure), result) from failure
    return result


def judge_study(
    study: Study,
    folder: str | Path,
    *,
    records: str | Path | None = None,
    command: str | None = None,
    on_event: OnEvent | None = None,
) -> StudyResult:
    """Judge the recorded runs of a study without training anything.

    Args:
        study: The declaration.
        folder: Folder to which ``result.json`` and ``table.md`` are written; created if missing.
        records: Folder of the journal of runs; None for `loganneal.runs.default_records`.
        command: The command that repeats the study, for the result; None for ``loganneal study run``.
        on_event: Called once, with the `loganneal.studies.run.Stage` that the study has reached.

    Returns:
        The result, which equals the one that ``result.json`` holds.

    Example:
        >>> import tempfile
        >>> from loganneal.studies import study_of
        >>> from loganneal.studies.declare.comparison import declare
        >>> study = study_of(declare("digits", arms=("cosine", "linear"), trials=4, replicates=10))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     result = judge_study(study, folder, records=f"{folder}/runs")
        >>> result.is_complete, result.comparisons[0].replicates_done
        (False, 0)
    """
    stage = current_stage(study, open_records(records))
    _tell(on_event, stage)
    return keep_result(_conclude(study, stage, command), Path(folder))


def current_stage(study: Study, store: ReadableStore) -> Stage:
    """The stage that a study has reached according to its records.

    Args:
        study: The declaration.
        store: The store of records.
    """
    known = first = staged(study)
    inventory = take_inventory(first.plan(), store)
    if first is not study and (known := followed(study, inventory.known)) is not first:
        inventory = take_inventory(known.plan(), store)
    due = due_runs(known, inventory.known)
    return Stage(known, inventory if len(due) == known.total else take_inventory(due, store))


def _conclude(study: Study, stage: Stage, command: str | None) -> StudyResult:
    return conclude_study(stage.study, stage.inventory.known, command or study_command(study))


def open_records(records: str | Path | None = None) -> Journal:
    """Open the journal of runs in a folder.

    Args:
        records: The folder, which need not exist; None for `loganneal.runs.default_records`.

    Returns:
        The journal.

    Example:
        >>> open_records("runs").folder.name
        'runs'
    """
    return Journal(default_records() if records is None else Path(records))


def _tell(on_event: OnEvent | None, event: Event) -> None:
    if on_event is not None:
        on_event(event)


def _train(
    study: Study, stage: Stage, folder: Path, store: Store, engine: Engine, on_event: OnEvent | None
) -> tuple[Stage, RunFailedError | None]:
    """Train stage after stage until nothing is missing; return the last stage, and the first error if runs failed.

    A run that failed is tried again by the next call, not by the next stage.
    """
    tried, failure = set[str](), None
    while missing := {run.spec.key for run in stage.inventory.missing} - tried:
        if tried:
            _tell(on_event, stage)
        try:
            with closing(run_missing(stage.planned, store, engine, folder / RUNS, besides=tried)) as runs:
                for run in runs:
                    _tell(on_event, run)
        except StudyStoppedError as error:
            return current_stage(study, store), error
        except RunFailedError as error:
            failure = failure or error
        tried |= missing
        stage = current_stage(study, store)
    return stage, failure


def _check_trainable(study: Study) -> None:
    """Build each network and optimizer once, so that errors in them are reported before the first run."""
    from loganneal.training.check import check_trainable  # imports torch, which a finished study does not need

    checked = set()
    for comparison in study.comparisons:
        spec = next(comparison.replicate(0)).spec
        if not isinstance(spec, RunSpec):
            continue
        of_images = spec.crop, spec.flip, spec.channels_last
        choices = (spec.workload, spec.model, spec.optimizer, str(spec.optimizer_options), of_images)
        if choices not in checked:
            check_trainable(spec, comparison.data)
        checked.add(choices)


def _check_data(study: Study, data_root: Path | None) -> None:
    """Load the examples once, so that errors in them are reported before the first run."""
    checked = set()
    for comparison in study.comparisons:
        spec = next(comparison.replicate(0)).spec
        if not isinstance(spec, RunSpec):
            continue
        wanted = (spec.workload, spec.train_examples, spec.validation_examples, spec.test_examples)
        if wanted not in checked:
            find_workload(comparison.workload, data_root).load(spec.split_seed, *wanted[1:])
        checked.add(wanted)


def keep_result(result: StudyResult, folder: Path) -> StudyResult:
    """Write ``result.json`` and ``table.md``; a file that already holds this result is left unchanged.

    Returns:
        The result that ``result.json`` holds.
    """
    kept, table = write_result(result, folder / RESULT), study_markdown(result).encode()
    if not (folder / TABLE).is_file() or (folder / TABLE).read_bytes() != table:
        replace_file(folder / TABLE, table)
    return kept


def _nothing(_: str) -> None:
    pass
