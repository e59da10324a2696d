"""A log that was dropped on the page: read as data, from a temporary file that is removed afterwards."""

import base64
import binascii
import math
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loganneal import _checks, _limits
from loganneal._reading import size
from loganneal.diagnosis import Diagnosis, diagnose
from loganneal.diagnosis.logs.read import open_log
from loganneal.diagnosis.logs.reading import Reading
from loganneal.prediction import Prediction, Run, predict
from loganneal.prediction.judge_log import refuse
from loganneal.prediction.own_schedule import own_schedule
from loganneal.prediction.predict import setting_of
from loganneal.schedules import Schedule, from_dict
from loganneal.studies.declare.arms import ARMS, DEFAULT_ARMS
from loganneal.studio.fields import number_in
from loganneal.studio.log_choice import BY_NAMES, NO_OPTIONS, LogChoice, LogOptions, options_of
from loganneal.studio.state import Design

OWNER = "the page"


class UnreadLogError(ValueError):
    """A log that cannot be read as chosen; ``options`` is what there is to choose from."""

    def __init__(self, message: str, options: LogOptions) -> None:
        super().__init__(message)
        self.options = options


@dataclass(frozen=True)
class DroppedLog:
    """A log, what is wrong with its run, and what it says about other schedules.

    Args:
        name: The name of the file, for display.
        reading: What was read.
        diagnosis: What was found.
        prediction: What is predicted; None if the log has no learning rate.
        options: What else in the file could be read.
    """

    name: str
    reading: Reading
    diagnosis: Diagnosis
    prediction: Prediction | None
    options: LogOptions = NO_OPTIONS

    def proposals(self) -> dict[str, Design]:
        """Designs to open, by description: the schedule predicted best or the probe to train, and the log's own."""
        log = self.reading.log
        if not log.has_rate or not log.peak > 0 or len(log.step) < 2:
            return {}
        own, steps = own_schedule(log), Run(log).steps
        found: dict[str, Schedule] = {}
        best = None if self.prediction is None else self.prediction.best
        if best is not None and best.verdict == "better":  # the lowest mean alone is not a verdict
            found[f"the schedule predicted best, {best.name}"] = _asked(Run(log))[best.name]
        if self.prediction is not None and self.prediction.make is not None:
            found["the probe to train"] = from_dict(dict(self.prediction.make.schedule))
        found["the schedule of the log"] = own
        epoch = max(round(log.steps_per_epoch or 1), 1)
        return {
            what: Design(one.to_dict(), steps, epoch, kept=() if one == own else (own,)) for what, one in found.items()
        }


def read_dropped(name: Any, contents: Any, choice: LogChoice = BY_NAMES) -> DroppedLog:
    """Read a log, diagnose it, and predict from it.

    Args:
        name: The name of the file, as a browser sends it.
        contents: The file as a data URL.
        choice: The run and the columns to read.

    Raises:
        UnreadLogError: The log is ambiguous, or lacks something.
        ValueError: It is not a log.
        OSError: It cannot be read.
        ModuleNotFoundError: A package that reading it needs is not installed.
    """
    data = _decoded(contents)
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", str(name))[-80:].lstrip(".") or "log"
    options = NO_OPTIONS
    with tempfile.TemporaryDirectory(prefix="loganneal-studio-") as folder:
        path = Path(folder) / plain
        path.write_bytes(data)
        try:
            log = open_log(path)
            options = options_of(log, choice)
            reading = log.read(choice.columns, choice.run, _steps_per_epoch(choice.steps_per_epoch))
        except (ValueError, OSError) as error:
            raise UnreadLogError(str(error).replace(str(path), plain), options) from error
    return DroppedLog(plain, reading, diagnose(reading.log), _predicted(reading), options)


def _steps_per_epoch(text: str) -> float | None:
    number = number_in("steps per epoch", text)
    return None if number is None else _checks.number(OWNER, "steps per epoch", number, 0.0, math.inf, bounds="()")


def _decoded(contents: Any) -> bytes:
    _, _, text = str(contents).partition(";base64,")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        _checks.fail(OWNER, "file", "a file that a browser read", "something else")
    if len(data) > _limits.LOG_BYTES:
        _checks.fail(OWNER, "file", f"at most {size(_limits.LOG_BYTES)}", f"{len(data):,} bytes")
    return data


def _predicted(reading: Reading) -> Prediction | None:
    log = reading.log
    if not log.has_rate or not log.peak > 0:
        return None
    run = Run(log)
    return predict([run], {} if refuse([run]) else _asked(run))


def _asked(run: Run) -> dict[str, Schedule]:
    """The schedules that are predicted, with the peak, the budget and the warmup of the log's run."""
    return {name: ARMS[name].build_warmed(*setting_of([run])) for name in DEFAULT_ARMS}
