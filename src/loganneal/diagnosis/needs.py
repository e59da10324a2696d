"""What rules need from a log: a learning rate, enough rows, a loss that has a scale."""

from collections.abc import Callable

import numpy as np

from loganneal.diagnosis import thresholds as limits
from loganneal.diagnosis.cycles import low_stretch
from loganneal.diagnosis.finding import Run
from loganneal.diagnosis.measures import halves
from loganneal.diagnosis.rule import Need

LOG, LOSS = "from this log, since", "from this loss, since"


def _rate(run: Run) -> str:
    return "" if run.log.has_rate else f"{LOG} no learning rate is logged"


def _scale(run: Run) -> str:
    if run.log.relative:
        return f"{LOSS} a loss relative to a reward has no scale of its own"
    if not run.first > 0 or run.log.loss.min() < 0:
        return f"{LOSS} it is not above 0 throughout, so that its size says nothing"
    return ""


def _finite(run: Run) -> str:
    return f"{LOSS} it is not finite throughout" if run.broken else ""


def _rows(run: Run) -> str:
    rows = len(run.log.step)
    return f"{LOG} it has only {rows} row{'s' * (rows > 1)}" if rows < limits.ROWS else ""


def _opening(run: Run) -> str:
    rows = max(cycle.stop - cycle.peak for cycle in run.cycles)
    few = f"{LOG} no cycle has {limits.CYCLE_ROWS} rows from its highest rate on"
    return "" if rows >= limits.CYCLE_ROWS else few


def _low_stretch(run: Run) -> str:
    rows = sum(len(low_stretch(run.log.lr, cycle, limits.LOW_RATE)) for cycle in run.cycles)
    enough = rows >= limits.TREND_ROWS or len(run.log.step) >= 2 * limits.TREND_ROWS
    return "" if enough else f"{LOG} it has only {rows} rows with a low rate, and a trend needs {limits.TREND_ROWS}"


def _epoch(run: Run) -> str:
    return "" if run.log.steps_per_epoch is not None else f"{LOG} it does not say how many steps an epoch has"


def _resolution(run: Run) -> str:
    epoch = run.log.steps_per_epoch
    coarse = epoch is not None and run.log.spacing > epoch / 2 and len(run.cycles) == 1
    return f"{LOG} it has fewer than two rows per epoch, too few to see cycles within one" if coarse else ""


def _falls(run: Run) -> str:
    later = run.log.lr[int(np.argmax(run.log.lr)) :]
    return "" if later.min() < run.log.peak else f"{LOG} its learning rate never falls"


def _end(run: Run) -> str:
    if run.begins_another:
        return f"{LOG} its last row alone begins another cycle, as where the rate is logged after scheduler.step()"
    rows = run.log.lr[run.cycles[-1].start :]
    next_rate = rows[-1] - max(rows[-2] - rows[-1], 0.0) if len(rows) > 1 else 0.0
    sooner = f"{LOG} at the pace of its last two rows the rate would be low one row later"
    return sooner if rows[-1] > limits.LOW_RATE * run.log.peak >= next_rate else ""


def _validations(run: Run) -> str:
    if not len(run.log.validation_step):
        return f"{LOG} it has no validation losses"
    late = halves(run.log).late
    few = f"{LOG} it has fewer than {limits.VALIDATIONS} validation losses in a half of the run"
    return few if min(np.sum(late), np.sum(~late)) < limits.VALIDATIONS else ""


RATE = Need("a learning rate", _rate)
SCALE = Need("a loss above 0 throughout", _scale)
FINITE = Need("a loss that is finite throughout", _finite)
ROWS = Need(f"{limits.ROWS} rows", _rows)
OPENING = Need(f"a cycle with {limits.CYCLE_ROWS} rows from its highest rate on", _opening)
LOW_STRETCH = Need(f"{limits.TREND_ROWS} rows with a low rate, or {2 * limits.TREND_ROWS} in all", _low_stretch)
EPOCH = Need("the number of steps per epoch", _epoch)
RESOLUTION = Need("two rows per epoch, or visible restarts", _resolution)
FALLS = Need("a learning rate that falls", _falls)
END = Need("rows close enough together to show the end of the schedule", _end)
VALIDATIONS = Need(f"{limits.VALIDATIONS} validation losses in each half of the run", _validations)


def unless(need: Need, certain: Callable[[Run], bool]) -> Need:
    """The need of a rule that is certain of what it finds in some runs without it."""
    return Need(need.words, lambda run: "" if certain(run) else need.lacks(run))
