"""Studies that are watched: their files are read again only once they have changed."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from loganneal.runs import Journal, Record
from loganneal.runs.any_spec import Spec
from loganneal.runs.journal import default_records, file_name
from loganneal.runs.lock import NAME as LOCK
from loganneal.runs.lock import holder
from loganneal.studies.declare.code_facts import NAME as FACTS
from loganneal.studies.declare.kept_study import NAME as DECLARATION
from loganneal.studies.run import RESULT
from loganneal.studio.study_places import Place, Places
from loganneal.studio.study_snapshot import Snapshot, State, glance, read_snapshot

FILES = (DECLARATION, RESULT, FACTS, LOCK)
"""Files of a study's own folder that are watched."""

RESTS = 10
"""After a study is read, it is not read again for this many times as long, so that training is not held up."""

Mark = tuple[object, ...]

Listed = tuple[str, str, State, float]
"""Name, title and state of a study, and when it last changed, in seconds since 1970."""


class Studies:
    """The studies that a page may show, and what was last read of each.

    Args:
        given: Folders and files, see `loganneal.studio.study_places.Places`.
        records: The journal of runs; None for the default one.
        clock: A clock in seconds.
    """

    def __init__(
        self,
        given: Sequence[str | Path] = (),
        records: str | Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.records = default_records() if records is None else Path(records)
        self.store = ReadStore(Journal(self.records))
        self._places, self._clock = Places(given), clock
        self._watched: dict[str, _Watched] = {}
        self._glances: dict[str, tuple[Mark, tuple[str, State]]] = {}
        self._lock = threading.Lock()  # requests come from several threads; only one of them reads a study

    def listed(self) -> list[Listed]:
        """The studies, most recently changed first."""
        rows = [(name, *self._glance(place), changed(place)) for name, place in self._places.all().items()]
        return sorted(rows, key=lambda row: -row[3])

    def look(self, name: str) -> tuple[str, Snapshot] | None:
        """A study as it is now, with a version that changes whenever it does; None if there is none of that name."""
        place = self._places.all().get(name)
        if place is None:
            return None
        with self._lock:
            watched = self._watched.setdefault(name, _Watched(place))
            return watched.look(self.store, self.records, self._clock)

    def _glance(self, place: Place) -> tuple[str, State]:
        mark, before = _mark(place, ()), self._glances.get(place.name)
        if before is None or before[0] != mark:
            before = self._glances[place.name] = (mark, glance(place))
        return before[1]


class _Watched:
    """One study, and when it is read again."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._mark: Mark = ()
        self._last: tuple[str, Snapshot] | None = None
        self._rests_until = 0.0

    def look(self, store: "ReadStore", records: Path, clock: Callable[[], float]) -> tuple[str, Snapshot]:
        mark, start = _mark(self._place, self._journals(records)), clock()
        if self._last is not None and (mark == self._mark or start < self._rests_until):
            return self._last
        snapshot = read_snapshot(self._place, store, records)
        end = clock()
        self._rests_until = end + RESTS * (end - start)
        self._mark, self._last = mark, (str(time.time_ns()), snapshot)
        return self._last

    def _journals(self, records: Path) -> list[Path]:
        """The files of the journal that the study's runs are in."""
        kept = None if self._last is None else self._last[1].kept
        names = dict.fromkeys(file_name(one.workload) for one in kept.study.comparisons) if kept else {}
        return [records / name for name in names]


class ReadStore:
    """The records of a journal, for several threads; an outcome is unpacked once, since it does not change.

    Args:
        journal: The journal.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal, self._lock = journal, threading.Lock()
        self._known: dict[str, Record] = {}

    def read(self, spec: Spec) -> Record | None:
        """The record of a run, or None if there is none."""
        return self._remembered(spec.key, lambda: self._journal.read(spec))

    def find(self, workload: str, key: str) -> Record | None:
        """The record that a workload has under a key, or None."""
        return self._remembered(key, lambda: self._journal.find(workload, key))

    def damage(self) -> Sequence[str]:
        """What is damaged, in sentences."""
        with self._lock:
            return self._journal.damage()

    def _remembered(self, key: str, read: Callable[[], Record | None]) -> Record | None:
        with self._lock:
            record = self._known.get(key) or read()
            if record is not None and record.status in ("completed", "diverged"):
                self._known[key] = record
            return record


def changed(place: Place) -> float:
    """When a file of the study's own folder last changed, in seconds since 1970; 0 if there is none."""
    return max((_times(path)[0] / 1e9 for path in _watched_files(place)), default=0.0)


def _mark(place: Place, journals: Sequence[Path]) -> Mark:
    """A mark that changes whenever the files of a study do, or the process that runs it starts or ends."""
    files = (*_watched_files(place), *journals)
    return (*(_times(path) for path in files), holder(place.folder))


def _watched_files(place: Place) -> list[Path]:
    own = [] if place.file is None else [place.file]
    return [*own, *(place.folder / name for name in FILES)]


def _times(path: Path) -> tuple[int, int, int]:
    try:
        found = path.lstat()
    except OSError:
        return 0, 0, 0
    return found.st_mtime_ns, found.st_size, found.st_ino
