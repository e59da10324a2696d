"""Which kind of log a file or a folder is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from loganneal.diagnosis.logs.columns import choose
from loganneal.diagnosis.logs.csv_rows import csv_table
from loganneal.diagnosis.logs.events import events_table
from loganneal.diagnosis.logs.json_rows import json_table
from loganneal.diagnosis.logs.long_form import refuse_long_form
from loganneal.diagnosis.logs.reading import Reading
from loganneal.diagnosis.logs.run_folder import METRICS, log_within, run_facts
from loganneal.diagnosis.logs.runs import choose_run, run_names
from loganneal.diagnosis.logs.series import assemble
from loganneal.diagnosis.logs.table import Table, split_lists
from loganneal.diagnosis.logs.text import LogError, read_text


def read_log(
    path: str | Path,
    columns: Mapping[str, str] | None = None,
    run: str | None = None,
    steps_per_epoch: float | None = None,
) -> Reading:
    r"""Read the log of a training run from a file or a folder.

    Columns are recognized by what their names mean. The result says which columns were taken, and why; nothing is
    dropped without a note.

    Args:
        path: A run folder of ``loganneal train``; a CSV file; JSON, as one dictionary per line or a list of
            dictionaries; the ``trainer_state.json`` of Transformers or the folder of one of its checkpoints; a
            TensorBoard event file or a folder of event files.
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
    return open_log(path).read(columns, run, steps_per_epoch)


@dataclass(frozen=True)
class OpenLog:
    """A log whose cells have been read, but not interpreted yet.

    Args:
        file: Where it was read.
        table: Its cells.
    """

    file: Path
    table: Table

    @property
    def runs(self) -> tuple[str, ...]:
        """The names of its runs; none if it has one without a name."""
        return run_names(self.table)

    def columns(self, run: str | None = None) -> tuple[str, ...]:
        """The columns with numbers, in the order of the file; none if a run has to be chosen first.

        Args:
            run: The run, if there are several.
        """
        try:
            table = self._of_run(run)[0]
        except LogError:
            return ()
        found = ((name, table.numeric(name)) for name in table.columns)
        return tuple(name for name, values in found if values is not None and len(values.finite))

    def read(
        self, columns: Mapping[str, str] | None = None, run: str | None = None, steps_per_epoch: float | None = None
    ) -> Reading:
        """The log; parameters and errors are those of `read_log`."""
        table, passed_over, notes = self._of_run(run)
        epoch, diverged = run_facts(self.file.parent) if self.file.name == METRICS else (None, False)
        reading = assemble(table, choose(table, columns), steps_per_epoch or epoch, diverged=diverged)
        return replace(reading, passed_over=(*reading.passed_over, *passed_over), notes=(*notes, *reading.notes))

    def _of_run(self, run: str | None) -> tuple[Table, tuple[str, ...], tuple[str, ...]]:
        table, passed_over, notes = choose_run(self.table, run)
        refuse_long_form(table)
        return split_lists(table), passed_over, notes


def open_log(path: str | Path) -> OpenLog:
    r"""A log as cells, for choosing a run or columns of it.

    Args:
        path: As for `read_log`.

    Raises:
        LogError: It is not a log.
        OSError: There is no such file, it is not a regular file, or it is too large.
        ModuleNotFoundError: Event files need the package tensorboard.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder) / "log.csv"
        ...     _ = file.write_text("step,G,D,comment\n1,0.4,2.3,first\n2,0.5,2.0,\n")
        ...     log = open_log(file)
        >>> log.columns(), log.read({"loss": "G"}).taken
        (('step', 'G', 'D'), {'loss': 'G', 'step': 'step'})
    """
    path = Path(path)
    file = log_within(path) if path.is_dir() else path
    return OpenLog(file, _table(file))


def _table(file: Path) -> Table:
    if "tfevents" in file.name or file.is_dir():
        return events_table(file)
    text = read_text(file)
    table = json_table(file, text)
    return csv_table(file, text) if table is None else table
