"""Progress of one run: a live display on a terminal, lines of a log elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress
from rich.text import Text

from loganneal._checks import printable
from loganneal.data import Workload
from loganneal.reports.terminal.console import print_lines
from loganneal.reports.terminal.progress import duration
from loganneal.runs.record import MetricsRow
from loganneal.runs.spec import RunSpec
from loganneal.schedules import Schedule, Warmup

BLOCKS = "▁▂▃▄▅▆▇█"
CURVE_WIDTH = 60


class Display:
    """What is known of a run while it trains; subclasses show it.

    Args:
        console: Where to print.
        spec: The run.
        workload: What it learns.
        clock: A clock in seconds, for the time left.
    """

    def __init__(
        self, console: Console, spec: RunSpec, workload: Workload, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.console, self.spec, self.workload = console, spec, workload
        self.done = 0
        self.last: MetricsRow | None = None
        self.evaluated: MetricsRow | None = None
        self._clock, self._start, self._before = clock, clock(), 0

    def step(self, step: int) -> None:
        """Take note of a finished update."""
        if not self.done:
            self._start, self._before = self._clock(), step
            if step > 1:
                self.note(f"Continuing after step {step - 1:,}.")
        self.done = step

    def row(self, row: MetricsRow) -> None:
        """Take note of a new point of the curve, or of one from before an interruption."""
        self.last = row
        if row.validation_score is not None:
            self.evaluated = row

    def note(self, sentence: str) -> None:
        """Print something that the user should know."""
        print_lines(self.console, [sentence])

    def facts(self) -> list[tuple[str, str]]:
        """What there is to show, each with its name."""
        facts = []
        if self.last is not None:
            facts += [("rate", f"{self.last.lr:.4g}"), ("loss", f"{self.last.loss:.4f}")]
        if self.evaluated is not None and self.evaluated.validation_score is not None:
            metric = self.workload.metric
            facts.append((f"validation {metric.title}", metric.shown(self.evaluated.validation_score)))
        if self.last is not None and self.last.examples_per_s is not None:
            unit = "images/s" if self.workload.kind == "images" else "examples/s"
            facts.append((unit, f"{self.last.examples_per_s:,.0f}"))
        return [*facts, ("time left", self.time_left())]

    def time_left(self) -> str:
        """Time left at the pace of this session, as text."""
        here = self.done - self._before
        if here < 1:
            return "not known yet"
        return f"about {duration((self._clock() - self._start) / here * (self.spec.steps - self.done))}"


class Lines(Display):
    """One line for each validation score."""

    def row(self, row: MetricsRow) -> None:
        """Print a new point of the curve; one from before an interruption is not printed again."""
        super().row(row)
        if self.done and row.validation_score is not None:
            facts = ", ".join(f"{name} {value}" for name, value in self.facts())
            print_lines(self.console, [f"step {row.step:,}/{self.spec.steps:,}: {facts}"])


class Screen(Display):
    """A bar, the facts, and the curve of the rate with the part that is done; drawn a few times a second."""

    def __rich__(self) -> Group:
        bar = Progress(BarColumn(bar_width=CURVE_WIDTH), MofNCompleteColumn(), console=self.console)
        bar.add_task("", total=self.spec.steps, completed=self.done)
        facts = Text("   ").join(
            Text(f"{printable(name)} ", style="dim").append(value, style="bold") for name, value in self.facts()
        )
        curve = Text(rate_curve(self.spec))
        curve.stylize("dim", CURVE_WIDTH * self.done // self.spec.steps)
        return Group(bar, curve, facts)


@contextmanager
def run_display(console: Console, spec: RunSpec, workload: Workload, folder: Path) -> Iterator[Display]:
    """The display of a run, for a terminal or for a log.

    Args:
        console: Where to print.
        spec: The run.
        workload: What it learns.
        folder: The run's folder.
    """
    print_lines(console, [introduction(spec, workload, folder)])
    if not console.is_terminal:
        yield Lines(console, spec, workload)
        return
    screen = Screen(console, spec, workload)
    with Live(screen, console=console, transient=True, refresh_per_second=4):
        yield screen


def introduction(spec: RunSpec, workload: Workload, folder: Path) -> str:
    """What is run, as a sentence."""
    return (
        f"{workload.title}: {spec.model}, {spec.steps:,} updates of {spec.batch_size}, {spec.optimizer}, "
        f"peak rate {spec.schedule.max_lr:g}, {_named(spec.schedule)}, seed {spec.seed}; in {folder}"
    )


def _named(schedule: Schedule) -> str:
    """The class of a schedule, and whether it has a warmup around it."""
    if isinstance(schedule, Warmup):
        return f"{_named(schedule.schedule)} after a warmup"
    return type(schedule).__name__


def rate_curve(spec: RunSpec, width: int = CURVE_WIDTH) -> str:
    """The schedule over the run as a line of blocks, of which the highest is its peak.

    >>> import loganneal as la
    >>> from loganneal.data import find_workload
    >>> spec = find_workload("digits").spec(schedule=la.Linear(0.1, 100), seed=0, split_seed=0)
    >>> rate_curve(spec, 8)
    '█▇▆▅▅▄▃▂'
    """
    curve = spec.schedule(np.arange(width) * spec.steps // width)
    heights = (curve / spec.schedule.max_lr).tolist()
    return "".join(BLOCKS[min(round(height * (len(BLOCKS) - 1)), len(BLOCKS) - 1)] for height in heights)
