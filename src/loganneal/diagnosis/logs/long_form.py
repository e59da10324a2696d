"""Logs with a row for each value: refused, since they do not have a column for each quantity."""

from loganneal._checks import printable
from loganneal.diagnosis.logs.table import Table
from loganneal.diagnosis.logs.text import LogError, listed

_KEYS = ("key", "metric", "metric_name", "tag", "name", "variable", "_key")
_VALUES = ("value", "_value", "metric_value")


def refuse_long_form(table: Table) -> None:
    """Refuse a table with a row for each value.

    Raises:
        LogError: It is one; the message lists its columns and says what to do.
    """
    plain = {name.strip().lower(): name for name in table.columns}
    value = next((plain[name] for name in _VALUES if name in plain), None)
    if value is None:
        return
    there = f"{printable(table.file)} has the columns {listed(table.columns)}"
    key = next((plain[name] for name in _KEYS if name in plain), None)
    if key is not None:
        raise LogError(
            f"{there}: one row for each value, as MLflow and W&B export them. Write one column for each quantity, with "
            f"pandas: table.pivot_table(index='step', columns={key!r}, values={value!r}).to_csv('log.csv')."
        )
    if {"wall time", "step"} <= plain.keys():
        raise LogError(
            f"{there}: TensorBoard's download of a single scalar. Give the folder with the event files themselves, or "
            "join the downloads of the learning rate and the loss into one CSV with the columns step, lr and loss."
        )
