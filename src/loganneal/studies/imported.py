"""Scores of runs that were made without loganneal, judged as if a study had made them."""

import csv
import io
import itertools
import math
from collections.abc import Collection, Sequence
from pathlib import Path

from loganneal import _checks, _limits
from loganneal._palette import PALETTE
from loganneal._reading import read_text
from loganneal.runs.record import Record
from loganneal.studies.declare.arms import Arm
from loganneal.studies.declare.comparison import Comparison, FinishedRun, PlannedRun
from loganneal.studies.declare.script import Script
from loganneal.studies.declare.sequential import IMPORTED, checked_looks
from loganneal.studies.declare.study import study_of
from loganneal.studies.judge.conclude import conclude_study
from loganneal.studies.result import StudyResult

COLUMNS = ("arm", "replicate", "validation")
"""The columns that the file needs."""

OPTIONAL = ("trial", "peak", "test")
"""Without ``trial``, each arm has one run in a replicate; without ``test``, runs are scored by what chose them."""

SHOWN = 3
"""The number of missing runs that a message names."""

_Key = tuple[str, int, int]


def judge_scores(
    file: str | Path,
    *,
    reference: str,
    higher_is_better: bool,
    margin: float,
    relative_margin: bool = False,
    metric: str = "score",
    looks: Sequence[int] = (),
    primary: str | None = None,
    command: str = "",
) -> StudyResult:
    r"""Judge the scores of your own runs, from a CSV file with a row for each run.

    The columns are ``arm``, ``replicate``, ``trial``, ``peak``, ``validation`` and ``test``. The columns ``trial`` and
    ``peak`` are needed only if tuning tried several runs, and without ``test``, runs are scored by the value that chose
    them. In each replicate the trial with the best validation value is chosen for every arm, and the test values of the
    chosen trials are compared. A replicate counts if every arm has all its trials in it. An empty cell or "nan" is a
    run that diverged; it counts as the worst score there is. The file does not show whether the runs of a replicate
    shared their seed, nor which learning rates they had, and the result says so.

    Args:
        file: The CSV file.
        reference: Name of the arm that the others are compared with.
        higher_is_better: Whether larger validation and test values are better.
        margin: Difference within which two arms tie, above 0: in hundredths of the metric's unit, or with
            ``relative_margin`` in hundredths of the reference's score.
        relative_margin: Whether the margin is relative to the reference's score.
        metric: Name of the values in the report.
        looks: Numbers of replicates after which the study was allowed to end, as declared before the first run; empty
            if all replicates were declared.
        primary: With looks, the rival that is tested; None if there is only one.
        command: The command that repeats the judging, for the report.

    Returns:
        The result of the study.

    Raises:
        ValueError: A column is missing, a row is wrong, or a trial occurs twice; the message names the line. Or no
            replicate is complete; the message names runs that are missing.
        OSError: The file cannot be read.

    Example:
        >>> import tempfile
        >>> runs = [f"{arm},{number},1,0.1,{score + number / 100}" for arm, score in (("now", 0.8), ("new", 0.9))
        ...         for number in range(6)]
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "scores.csv")
        ...     _ = file.write_text("\n".join(["arm,replicate,trial,peak,validation", *runs]))
        ...     result = judge_scores(file, reference="now", higher_is_better=True, margin=1.0)
        >>> result.comparisons[0].replicates_done
        6
    """
    path = Path(file)
    rows = _read(path)
    script = Script(command=(path.name,), metric="validation", test_metric=metric, higher_is_better=higher_is_better)
    comparison = _declare(path.name, rows, script, reference, margin, relative_margin, tuple(looks), primary)
    finished = [_finished(key, peak, values, comparison) for key, (peak, values) in rows.items()]
    return conclude_study(study_of(comparison), finished, command or f"loganneal study judge {path.name}")


def _declare(
    name: str,
    rows: dict[_Key, tuple[float, tuple[float, float]]],
    script: Script,
    reference: str,
    margin: float,
    relative_margin: bool,
    looks: tuple[int, ...],
    primary: str | None,
) -> Comparison:
    names = tuple(dict.fromkeys(arm for arm, _, _ in rows))
    _checks.one_of("the scores", "reference", reference, names)
    if len({one.casefold() for one in names}) < len(names):
        _checks.fail("the scores", "arm", "names that differ in more than upper and lower case", names)
    arms = tuple(Arm(one, one, PALETTE[place % len(PALETTE)], "Constant") for place, one in enumerate(names))
    peaks = sorted({peak for peak, _ in rows.values()})
    workload = script.workload(1, margin, (peaks[0], peaks[-1]))
    replicates = 1 + max(replicate for _, replicate, _ in rows)
    return Comparison(
        workload=name,
        model=workload.model,
        optimizer=workload.optimizer,
        arms=names,
        own_arms=arms,
        steps=1,
        train_examples=1,
        margin=margin,
        relative_margin=relative_margin,
        peak_range=(peaks[0], peaks[-1]),
        peak_lr=math.sqrt(peaks[0] * peaks[-1]),
        trials=len({trial for _, _, trial in rows}),
        replicates=checked_looks(looks)[-1] if looks else replicates,
        reference=reference,
        looks=looks,
        primary=primary,
        stage=IMPORTED,
        script=script,
        data=workload,
    )


def _finished(key: _Key, peak: float, values: tuple[float, float], comparison: Comparison) -> FinishedRun:
    arm, replicate, trial = key
    assert comparison.script is not None
    spec = comparison.script.spec(comparison.arm(arm).build(peak, 1), 1, replicate, replicate)
    finite = all(map(math.isfinite, values))
    validation, test = values if finite else (None, None)
    record = Record(spec, "completed" if finite else "diverged", validation, test, (), 0.0, {})
    return FinishedRun(PlannedRun(replicate, arm, trial, peak, spec), record)


def _read(path: Path) -> dict[_Key, tuple[float, tuple[float, float]]]:
    """Peak and values of each run; replicates and trials counted from 0 in the order of their numbers."""
    text = read_text(path, _limits.CURVE_BYTES).removeprefix("\ufeff")  # Excel marks UTF-8 in this way
    reader = csv.DictReader(io.StringIO(text, newline=""))
    names = [name.strip() for name in reader.fieldnames or ()]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        remedy = f"Missing: {', '.join(missing)}."
        _checks.fail(str(path), "columns", f"{', '.join(COLUMNS)}, and if needed {', '.join(OPTIONAL)}", names, remedy)
    one_run = {name: "1" for name in ("trial", "peak") if name not in names}
    found: dict[tuple[str, int, int], tuple[float, tuple[float, float]]] = {}
    for line, cells in enumerate(reader, 2):
        written = {name.strip(): (cell or "").strip() for name, cell in cells.items() if isinstance(name, str)}
        row = one_run | written
        key = row["arm"], _whole(path, line, "replicate", row), _whole(path, line, "trial", row)
        if key in found:
            _checks.fail(f"{path}, line {line}", "arm, replicate, trial", "different in every row", key)
        test = "test" if "test" in names else "validation"
        found[key] = _peak(path, line, row), (_value(path, line, "validation", row), _value(path, line, test, row))
    if not found:
        _checks.fail(str(path), "rows", "at least one run", 0)
    _check_complete(path, found)
    places = [{old: new for new, old in enumerate(sorted({key[part] for key in found}))} for part in (1, 2)]
    return {(arm, places[0][number], places[1][trial]): one for (arm, number, trial), one in found.items()}


def _check_complete(path: Path, found: Collection[_Key]) -> None:
    """Refuse scores of which no replicate has every trial of every arm."""
    arms, trials = (sorted({key[part] for key in found}) for part in (0, 2))
    wanted = list(itertools.product(arms, trials))
    missing = {
        number: [(arm, trial) for arm, trial in wanted if (arm, number, trial) not in found]
        for number in sorted({number for _, number, _ in found})
    }
    if all(missing.values()):
        lacking = [
            f"replicate {number} lacks trial {pairs[0][1]} of {pairs[0][0]!r}" for number, pairs in missing.items()
        ]
        more = ", ..." if len(lacking) > SHOWN else ""
        remedy = f"Replicates count if all arms have the same trials in them; {', '.join(lacking[:SHOWN])}{more}."
        _checks.fail(str(path), "rows", "complete in at least one replicate", f"{len(found)} rows", remedy)


def _whole(path: Path, line: int, name: str, row: dict[str, str]) -> int:
    try:
        return int(row[name])
    except ValueError:
        _checks.fail(f"{path}, line {line}", name, "a whole number", row[name])


def _peak(path: Path, line: int, row: dict[str, str]) -> float:
    return _checks.number(f"{path}, line {line}", "peak", _value(path, line, "peak", row), 0.0, math.inf, bounds="()")


def _value(path: Path, line: int, name: str, row: dict[str, str]) -> float:
    try:
        return float(row[name] or "nan")
    except ValueError:
        _checks.fail(f"{path}, line {line}", name, "a number", row[name])
