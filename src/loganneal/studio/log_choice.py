"""How a dropped log is read: the runs and columns to choose from, the length of an epoch, and what was chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dash import dcc, html

from loganneal.diagnosis.logs.columns import ASKED
from loganneal.diagnosis.logs.read import OpenLog
from loganneal.studio.panel import chosen, labelled

MOST = 200
"""Maximum number of runs and of columns that are listed; the others can be named on the command line."""

BY_NAME = "found by its name"

LABELS = {
    "step": "step",
    "lr": "learning rate",
    "loss": "training loss",
    "validation_loss": "validation loss",
    "grad_norm": "gradient norm",
    "epoch": "epoch",
}
"""What each quantity is called on the page."""

RUN, EPOCH = "log-run", "log-steps-per-epoch"
CHOICES = (RUN, *(f"log-column-{quantity}" for quantity in ASKED), EPOCH)
"""The ids of the controls; each has a store for what was chosen, see assets/studio.js."""


@dataclass(frozen=True)
class LogChoice:
    """What was chosen to be read from a log.

    Args:
        run: The run; None if none was chosen.
        columns: Columns by quantity; those of other quantities are found by their names.
        steps_per_epoch: Updates per epoch, as entered; "" for what the log says.
    """

    run: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    steps_per_epoch: str = ""


BY_NAMES = LogChoice()
"""Nothing is chosen: columns are found by their names."""


@dataclass(frozen=True)
class LogOptions:
    """What there is to choose from.

    Args:
        runs: Names of runs.
        columns: Names of columns with numbers.
        choice: What was chosen.
    """

    runs: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    choice: LogChoice = BY_NAMES


NO_OPTIONS = LogOptions()
"""There is nothing to choose from."""


def options_of(log: OpenLog, choice: LogChoice) -> LogOptions:
    """What there is to choose from in a log, given the run that was chosen."""
    return LogOptions(log.runs, log.columns(choice.run), choice)


def stores() -> list[Any]:
    """Where the page keeps what was chosen."""
    return [dcc.Store(id=f"{one}-chosen") for one in CHOICES]


def from_page(values: tuple[Any, ...]) -> LogChoice:
    """The choice in the stores of the page, given their values in the order of ``CHOICES``."""
    run, *columns, epoch = (value if isinstance(value, str) else "" for value in values)
    return LogChoice(run or None, {name: value for name, value in zip(ASKED, columns, strict=True) if value}, epoch)


def to_page(choice: LogChoice) -> tuple[str, ...]:
    """The values of these stores for a choice; `from_page` reads them."""
    return choice.run or "", *(choice.columns.get(one, "") for one in ASKED), choice.steps_per_epoch


def choosers(options: LogOptions, taken: Mapping[str, str]) -> list[Any]:
    """A choice for the run and for each quantity; nothing if there is nothing to choose from.

    Args:
        options: What there is to choose from.
        taken: The columns that were read, by quantity.
    """
    if not options.runs and not options.columns:
        return []
    rows = [_of_run(options)] if len(options.runs) > 1 else []
    if options.columns:
        rows += [_of_column(options, quantity, taken.get(quantity, "")) for quantity in ASKED]
        rows.append(_of_epoch(options))
    return [html.Fieldset([html.Legend("Change what is read"), *rows, *_too_many(options)], className="choice")]


def _of_run(options: LogOptions) -> html.Div:
    entries = {"": "choose a run", **{name: name for name in options.runs[:MOST]}}
    select = html.Select(chosen(entries, options.choice.run or ""), id=RUN)
    return html.Div(labelled("run", select), className="row")


def _of_column(options: LogOptions, quantity: str, taken: str) -> html.Div:
    found = f"{BY_NAME}: {taken}" if taken and quantity not in options.choice.columns else BY_NAME
    entries = {"": found, **{name: name for name in options.columns[:MOST]}}
    select = html.Select(chosen(entries, options.choice.columns.get(quantity, "")), id=f"log-column-{quantity}")
    return html.Div(labelled(LABELS[quantity], select), className="row")


def _of_epoch(options: LogOptions) -> html.Div:
    field = dcc.Input(
        id=EPOCH,
        value=options.choice.steps_per_epoch,
        type="text",
        inputMode="decimal",
        placeholder="as the log says",
        autoComplete="off",
    )
    return html.Div(labelled("steps per epoch", field), className="row")


def _too_many(options: LogOptions) -> list[html.P]:
    lists = {"runs": options.runs, "columns": options.columns}
    return [
        html.P(f"The first {MOST} of {len(names):,} {what} are listed; `loganneal diagnose` takes the others by name.")
        for what, names in lists.items()
        if len(names) > MOST
    ]
