"""One run of the user's training command: it is started, watched, ended, tried again, and recorded."""

import platform
import socket
import time
from collections.abc import Sequence

import numpy as np

import loganneal
from loganneal._trial import RATES
from loganneal.runs.command_spec import REPORT, STDOUT, CommandSpec
from loganneal.runs.launch import Attempt, Launch
from loganneal.runs.record import MetricsRow, Record
from loganneal.studies.declare.script import digest_of, newest_file
from loganneal.studies.engines._base import Probe
from loganneal.studies.engines.child_environment import child_environment
from loganneal.studies.engines.child_process import ChildProcess
from loganneal.studies.engines.reported import Row, is_lost, loss_of, rate_of, read_rows
from loganneal.studies.engines.run_place import RunPlace
from loganneal.studies.engines.seen_rates import count_updates, seen_rates

LOOK_SECONDS = 0.5
"""Seconds between checks of a running command; its end is noticed at once."""

PROBE_LOOK_SECONDS = 0.05
"""The same for a probe, which should end soon after its last update."""

CURVE_ROWS = 400
"""Largest number of rows of a curve that a record keeps, half of them reserved for rows with a score."""

PROBE_SECONDS = 120.0
"""Seconds that a probe waits for the first watched update."""

NOT_FINITE = "the loss or the score was no longer finite"
PROBED = "the probe has seen enough"
CHANGED = (
    "the code has changed since the study was declared; start the study again, and let a script that copies its code "
    "copy it to ${out}"
)


def run_command(spec: CommandSpec, *, devices: Sequence[str] = (), threads: int = 1, kind: str = "cpu") -> Record:
    """Run a command until it yields a result, has failed too often, or has diverged.

    Args:
        spec: The run.
        devices: GPUs of its own; if empty, it sees those that this process sees.
        threads: Number of processors for it.
        kind: Kind of its devices, for the record: runs on different kinds are never paired.

    Returns:
        A record that is "completed", "diverged" or "failed". Whether its rates are those of the schedule is decided by
        `loganneal.studies.judge.rates`.
    """
    place, attempts = RunPlace(spec), list[Attempt]()
    argv: list[str] = []
    while len(attempts) <= spec.retries:
        argv = place.prepare()
        attempts.append(start(place, argv, devices, threads))
        if attempts[-1].reason in ("", NOT_FINITE):
            break
    return _record(place, argv, attempts, kind)


def probe_command(spec: CommandSpec, *, devices: Sequence[str] = (), threads: int = 1) -> Probe:
    """Run a command until `probe` updates have been seen, or none within `PROBE_SECONDS`.

    Args:
        spec: The run, with `probe` set.
        devices: As for `run_command`.
        threads: Number of processors for it.
    """
    place = RunPlace(spec)
    for _ in range(1 + spec.retries):
        one = start(place, place.prepare(), devices, threads)
        if one.reason in ("", PROBED, NOT_FINITE) or one.reason.startswith(CHANGED):
            break
    rows = _rows(place)
    return Probe(
        reason="" if one.reason == PROBED else one.reason,
        rates=seen_rates(place.path / RATES, rows, spec.log),
        rows=tuple(rows),
        observed=tuple(place.observed()),
        seconds=one.seconds,
        complete=one.exit is not None,
    )


def start(place: RunPlace, argv: Sequence[str], devices: Sequence[str], threads: int) -> Attempt:
    """Start the command once, and wait for its end.

    Args:
        place: The prepared folder of the run.
        argv: The words of the command, with macros replaced.
        devices: GPUs of its own.
        threads: Number of processors for it.
    """
    began = time.monotonic()
    changed = place.spec.code and digest_of(place.spec.command, place.cwd) != place.spec.code
    if changed:
        newest = newest_file(place.spec.command, place.cwd)
        return Attempt(0.0, None, f"{CHANGED}; the file that was changed last is {newest}")
    environment = child_environment(argv, place.trial, devices, threads)
    with ChildProcess(argv, place.cwd, environment, place.path) as child:
        exit_status, reason = _watch(child, place, began)
    return Attempt(time.monotonic() - began, exit_status, reason or _verdict(exit_status, place))


def _watch(child: ChildProcess, place: RunPlace, began: float) -> tuple[int | None, str]:
    """The exit status and "", or None and why the command has to be ended."""
    started = time.time()
    while True:
        status = child.wait(PROBE_LOOK_SECONDS if place.spec.probe else LOOK_SECONDS)
        if status is not None:
            return status, ""
        reason = _cause_to_end(place, time.monotonic() - began, started)
        if reason:
            return None, reason


def _cause_to_end(place: RunPlace, seconds: float, started: float) -> str:
    spec = place.spec
    if spec.timeout is not None and seconds > spec.timeout:
        return f"it took longer than the timeout of {spec.timeout:g} s"
    if place.is_silent(started, spec.silence):
        return f"it hangs: nothing was written for {spec.silence / 60:g} minutes; `silence` (--silence) allows more"
    rows = _rows(place)
    if spec.probe:
        seen = max(count_updates(place.path / RATES), sum(rate_of(row) is not None for row in rows))
        if seen >= spec.probe or (not seen and seconds > PROBE_SECONDS):
            return PROBED
    return NOT_FINITE if any(is_lost(row, spec.metric) for row in rows) else ""


def _rows(place: RunPlace) -> list[Row]:
    """The rows reported so far; none if the log cannot be read yet."""
    try:
        return read_rows(place.path, place.out, place.spec.log)
    except (ValueError, OSError):
        return []


def _verdict(status: int | None, place: RunPlace) -> str:
    """Why a command that has ended by itself did not succeed; "" if it did."""
    if status:
        lines = place.tail().strip().splitlines()
        said = f": {lines[-1].strip()}" if lines else ""
        return f"it ended with {_status(status)}{said}"
    rows = _rows(place)
    if any(is_lost(row, place.spec.metric) for row in rows):
        return NOT_FINITE
    lacking = [name for name in _metrics(place.spec) if not any(name in row for row in rows)]
    if not lacking:
        return ""
    found = ", ".join(sorted({name for row in rows for name in row} - {"time"}))
    why = _unreadable(place) or (f"found {found}" if found else _nowhere(place))
    return f"it ended without a result: {' and '.join(map(repr, lacking))} was never reported; {why}"


def _unreadable(place: RunPlace) -> str:
    """Why the log of a run that has ended cannot be read; "" if it can."""
    try:
        read_rows(place.path, place.out, place.spec.log)
    except (ValueError, OSError) as error:
        return f"its log cannot be read: {str(error).rstrip('.')}"
    return ""


def _nowhere(place: RunPlace) -> str:
    """Where values were looked for in a run that reported none, and how to report them."""
    log = place.spec.log
    if log.startswith(STDOUT):
        return f"no part of its output, {place.path / 'stdout.txt'}, matches the expression"
    if log != REPORT:
        return f"there is no file {log!r} with rows below its output folder, {place.out}"
    return "call trial.report(step, validation=...), write report.csv to ${out}, or name another file with `log`"


def _status(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"exit status {status}"


def _metrics(spec: CommandSpec) -> list[str]:
    return [spec.metric] if spec.test_metric in (None, spec.metric) else [spec.metric, str(spec.test_metric)]


def _record(place: RunPlace, argv: Sequence[str], attempts: Sequence[Attempt], kind: str) -> Record:
    spec, rows, last = place.spec, _rows(place), attempts[-1]
    status = {"": "completed", NOT_FINITE: "diverged"}.get(last.reason, "failed")
    validation, test = (_last(rows, name) for name in (spec.metric, spec.test_metric or spec.metric))
    done = status == "completed"
    return Record(
        spec=spec,
        status=status,
        validation_score=validation if done else None,
        test_score=test if done else None,
        metrics=_curve(spec, rows),
        seconds=last.seconds,
        environment=_environment(spec, kind),
        reason=last.reason,
        launch=Launch(
            argv=tuple(argv),
            attempts=tuple(attempts),
            rates=seen_rates(place.path / RATES, rows, spec.log),
            host=socket.gethostname(),
            tail="" if done else place.tail(),
        ),
    )


def _environment(spec: CommandSpec, kind: str) -> dict[str, str]:
    return {
        "device": kind,
        "machine": platform.machine(),
        "python": platform.python_version(),
        "loganneal": loganneal.__version__,
        "code": spec.code,
    }


def _last(rows: Sequence[Row], name: str) -> float | None:
    return next((row[name] for row in reversed(rows) if name in row), None)


def _curve(spec: CommandSpec, rows: Sequence[Row]) -> tuple[MetricsRow, ...]:
    """The curve in order of steps, each step once; a long curve is thinned."""
    by_step: dict[int, Row] = {}
    for row in rows:
        by_step[int(row["step"])] = {**by_step.get(int(row["step"]), {}), **row}
    points = [_point(spec, step, by_step[step]) for step in sorted(by_step) if step >= 0]
    return tuple(_thinned(points))


def _point(spec: CommandSpec, step: int, row: Row) -> MetricsRow:
    rate, loss = rate_of(row), loss_of(row)
    asked = float(spec.schedule(max(step - 1, 0)))
    return MetricsRow(
        step,
        asked if rate is None else rate,
        float("nan") if loss is None else loss,
        validation_score=row.get(spec.metric),
        validation_loss=row.get("validation_loss", row.get("eval_loss")),
    )


def _thinned(points: list[MetricsRow]) -> list[MetricsRow]:
    if len(points) <= CURVE_ROWS:
        return points
    kept = {int(place) for place in np.linspace(0, len(points) - 1, CURVE_ROWS // 2)}
    scored = [place for place, point in enumerate(points) if point.validation_score is not None]
    if scored:
        kept |= {scored[int(place)] for place in np.linspace(0, len(scored) - 1, CURVE_ROWS // 2)}
    return [points[place] for place in sorted(kept)]
