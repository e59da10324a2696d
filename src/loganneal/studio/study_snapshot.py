"""What the files of a study say at one moment, read as data: nothing that they name is run."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from loganneal.runs import ReadableStore
from loganneal.runs.lock import holder
from loganneal.studies.declare.code_facts import find_without_code
from loganneal.studies.declare.kept_study import NAME, KeptStudy, read_kept_study
from loganneal.studies.declare.study_file import read_study
from loganneal.studies.judge.conclude import conclude_study
from loganneal.studies.result import StudyResult, read_result
from loganneal.studies.run import RESULT, Stage, current_stage
from loganneal.studio.study_places import Place

State = Literal["declared", "not started", "running", "stopped", "complete", "not complete", "unreadable"]

STATES: dict[State, str] = {
    "declared": "Declared; its progress is not known here.",
    "not started": "Declared; no run is done.",
    "running": "Running.",
    "stopped": "Not running; some runs are left. The same command continues.",
    "complete": "Complete.",
    "not complete": "Not complete, according to its result.",
    "unreadable": "It cannot be read.",
}
"""Each state in a sentence."""

WRONG = (OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError)
"""Errors that reading untrusted files may raise."""

Read = TypeVar("Read")


@dataclass(frozen=True)
class Snapshot:
    """A study at one moment.

    Args:
        place: Where it is.
        kept: Its declaration; None if the folder has none that can be read.
        stage: How far it is by its records; None if that is not known.
        result: What it shows so far; None if that is not known.
        process: The process on this machine that runs it; None if there is none.
        notes: What is missing or damaged, one sentence each.
    """

    place: Place
    kept: KeptStudy | None
    stage: Stage | None
    result: StudyResult | None
    process: int | None
    notes: tuple[str, ...]

    @property
    def title(self) -> str:
        """The title of the study, or its name if that is not known."""
        if self.kept is not None:
            return self.kept.study.title
        return self.place.name if self.result is None else self.result.title

    @property
    def state(self) -> State:
        """The state of the study."""
        if self.stage is None:
            return self._state_by_result()
        if not self.stage.inventory.missing:
            return "complete"
        if self.process is not None:
            return "running"
        return "stopped" if self.stage.inventory.finished or self.stage.inventory.failed else "not started"

    def _state_by_result(self) -> State:
        if self.result is not None and self.result.is_complete:
            return "complete"
        if self.process is not None:
            return "running"
        if self.result is not None:
            return "not complete"
        return "unreadable" if self.kept is None else "declared"


def read_snapshot(place: Place, store: ReadableStore, records: Path) -> Snapshot:
    """Read a study; what cannot be read is reported in a note.

    Args:
        place: Where it is.
        store: The records of its runs.
        records: The folder of these records.
    """
    notes: list[str] = []
    kept = _attempted(lambda: _kept(place), notes)
    found = _attempted(lambda: _found(place), notes)
    stage = result = None
    if kept is not None and not _is_elsewhere(kept, records, notes):
        stage, result = _attempted(lambda: _judged(kept, store), notes) or (None, None)
    if found is not None and (result is None or found.seconds_of_training > result.seconds_of_training):
        notes += [_unknown_runs(records)] if result is not None else []
        stage, result = None, found
    if kept is None and found is None and not notes:
        notes.append(f"{place.name} no longer contains a study.")
    return Snapshot(place, kept, stage, result, holder(place.folder), tuple(notes))


def glance(place: Place) -> tuple[str, State]:
    """The title and the state of a study according to its own folder, without its records."""
    notes: list[str] = []
    kept, found = _attempted(lambda: _kept(place), notes), _attempted(lambda: _found(place), notes)
    one = Snapshot(place, kept, None, found, holder(place.folder), ())
    return one.title, one.state


def _judged(kept: KeptStudy, store: ReadableStore) -> tuple[Stage, StudyResult]:
    """How far a study is by its records, and what they show."""
    stage = current_stage(kept.study, store)
    return stage, conclude_study(stage.study, stage.inventory.known, kept.command)


def _kept(place: Place) -> KeptStudy | None:
    if place.file is not None:
        study = read_study(place.file, find_without_code(place.folder))
        return KeptStudy(study, f"loganneal study run {place.file}", "")
    return read_kept_study(place.folder) if _exists(place.folder / NAME) else None


def _found(place: Place) -> StudyResult | None:
    file = place.folder / RESULT
    return read_result(file, follow=False) if _exists(file) else None


def _exists(file: Path) -> bool:
    return file.is_symlink() or file.exists()


def _is_elsewhere(kept: KeptStudy, records: Path, notes: list[str]) -> bool:
    """Whether the study keeps its records in another folder of this machine, which a note then says."""
    if not kept.records or not Path(kept.records).is_dir() or Path(kept.records).resolve() == records.resolve():
        return False
    notes.append(
        f"Its records are in {kept.records}, and the studio reads those in {records}. To see how far it is, start "
        f"`loganneal studio` with --records {kept.records}."
    )
    return True


def _unknown_runs(records: Path) -> str:
    return f"{records} does not have the records of all its runs. The result is shown as it is in result.json."


def _attempted(read: Callable[[], Read], notes: list[str]) -> Read | None:
    """What a function returns; if it raises, None, with the message added to the notes."""
    try:
        return read()
    except WRONG as error:
        notes.append(str(error) or type(error).__name__)
        return None
