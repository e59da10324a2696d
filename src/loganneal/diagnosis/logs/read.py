"""Which kind of log a file or a folder is."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from loganneal.diagnosis.logs.columns import choose
from loganneal.diagnosis.logs.csv_rows import csv_table
from loganneal.diagnosis.logs.events import events_table
from loganneal.diagnosis.logs.json_rows import json_table
from loganneal.diagnosis.logs.long_form import refuse_long_form
from loganneal.diagnosis.logs.reading import Reading
from loganneal.diagnosis.logs.run_folder import METRICS, log_within, run_facts
from loganneal.diagnosis.logs.runs import choose_run
from loganneal.diagnosis.logs.series import assemble
from loganneal.diagnosis.logs.table import Table, split_lists
from loganneal.diagnosis.logs.text import read_text


def read_log(
    path: str | Path,
    columns: Mapping[str, str] | None = None,
    run: str | None = None,
    steps_per_epoch: float | None = None,
) -> Reading:
    r"""Read the log of a training run from a file or a folder.

    Columns are recognized by what their names mean. The answer says which columns were taken, and why; nothing is
    dropped without a note.

    Args:
        path: A run folder of ``loganneal train``; a CSV file; JSON, as one dictionary a line or a list of
            dictionaries; the ``trainer_state.json`` of Transformers or the folder of one of its checkpoints; an event
            file of TensorBoard or a folder of event files.
        columns: The column to take for a quantity, by the quantity's name: "step", "lr", "loss", "validation_loss",
            "grad_norm" or "epoch". Several losses to be summed are joined by plus signs.
        run: Name of the run to read if the log has several; None if it has one.
        steps_per_epoch: Updates in an epoch, above 0; None for what the log says, if it says anything.

    Returns:
        The log, with every decision that was made in reading it.

    Raises:
        ValueError: There is no such quantity.
        LogError: Something needed is missing, or the log is ambiguous; the message says what to do.
        OSError: There is no such file, it is not a regular file, or it is too large.
        ModuleNotFoundError: The log is an event file, and the package tensorboard is not installed.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder) / "log.csv"
        ...     _ = file.write_text("iteration,learning_rate,train_loss\n1,0.1,2.3\n2,0.05,2.0\n")
        ...     read_log(file).taken
        {'step': 'iteration', 'lr': 'learning_rate', 'loss': 'train_loss'}
    """
    path = Path(path)
    file = log_within(path) if path.is_dir() else path
    table, passed_over, notes = choose_run(_table(file), run)
    refuse_long_form(table)
    table = split_lists(table)
    epoch, diverged = run_facts(file.parent) if file.name == METRICS else (None, False)
    reading = assemble(table, choose(table, columns), steps_per_epoch or epoch, diverged=diverged)
    return replace(reading, passed_over=(*reading.passed_over, *passed_over), notes=(*notes, *reading.notes))


def _table(file: Path) -> Table:
    if "tfevents" in file.name or file.is_dir():
        return events_table(file)
    text = read_text(file)
    table = json_table(file, text)
    return csv_table(file, text) if table is None else table
