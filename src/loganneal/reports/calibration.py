"""Tables and figures of a calibration: how often verdicts are right if the truth is known."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from loganneal._disk import replace_file
from loganneal._palette import BLUE, RED
from loganneal.reports.figures import INK, STYLE, WIDTH, save
from loganneal.reports.tables import csv_text
from loganneal.studies.calibrate.tables import (
    Calibration,
    PlantedRow,
    SameRow,
    SequentialRow,
    SizedRow,
    TieRow,
    UsualRow,
)
from loganneal.studies.tables import markdown

Row = SizedRow | UsualRow | SequentialRow

OURS, USUAL = BLUE, RED


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading and the text of its cells."""

    heading: str
    text: Callable[[Row], str]


def _whole(name: str, heading: str) -> Column:
    return Column(heading, lambda row: f"{getattr(row, name)}")


def _share(name: str, heading: str) -> Column:
    return Column(heading, lambda row: f"{100 * getattr(row, name):.1f}%")


def _number(name: str, heading: str) -> Column:
    return Column(heading, lambda row: f"{getattr(row, name):.2f}")


def _optional_share(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.1f}%"


_SEEDS = Column("Seeds of the two names", lambda row: "shared" if row.shared_seeds else "separate")
_SIZE = (_whole("replicates", "Replicates"), _whole("trials", "Trials"), _whole("rivals", "Rivals"))

TABLES: dict[str, tuple[Column, ...]] = {
    "same": (
        *_SIZE,
        _SEEDS,
        _number("sd", "Deviation of a difference"),
        _share("decided", "Win or loss"),
        _share("rejected", "Test alone, after Holm"),
        _share("tie", "Tie"),
        _share("tie_predicted", "Tie, predicted"),
    ),
    "planted": (
        *_SIZE,
        _number("difference", "Difference planted"),
        _number("difference_sd", "In deviations"),
        _share("found", "Found"),
        _share("predicted", "Found, predicted"),
        _share("win", "Win"),
        _share("tie", "Tie"),
        _share("tie_predicted", "Tie, predicted"),
        _share("loss", "Loss"),
    ),
    "ties": (
        *_SIZE,
        _number("margin", "Margin"),
        _number("margin_sd", "In deviations"),
        _share("tie", "Tie where there is no difference"),
        _share("tie_predicted", "Predicted"),
        _share("tie_at_margin", "Tie where the difference is the margin"),
    ),
    "usual": (
        _whole("trials", "Trials"),
        _whole("reruns", "Fresh seeds"),
        _SEEDS,
        _share("different", "Different by the sign-flip test"),
        _share("different_t", "Different by the paired t test"),
    ),
    "sequential": (
        _whole("arms", "Arms"),
        _SEEDS,
        _number("difference_sd", "Planted, in deviations"),
        _number("sd", "Deviation of a difference"),
        _share("win", "Win"),
        _share("loss", "Loss"),
        _share("tie", "Tie"),
        Column("Found by the fixed plan", lambda row: _optional_share(getattr(row, "fixed_found", None))),
        _number("replicates", "Replicates"),
        _number("runs", "Runs"),
    ),
}
"""The columns of each table of a calibration."""


def to_markdown(result: Calibration, name: str) -> str:
    """One table as GitHub Markdown.

    Args:
        result: The calibration.
        name: A key of `TABLES`.
    """
    columns = TABLES[name]
    return markdown(
        [one.heading for one in columns], [[one.text(row) for one in columns] for row in _rows(result, name)]
    )


def to_csv(result: Calibration, name: str) -> str:
    """One table's numbers, unrounded."""
    found = _rows(result, name)
    return csv_text(list(vars(found[0])), [list(vars(row).values()) for row in found])


def write_calibration(result: Calibration, folder: Path) -> None:
    """Write the tables, the figures and `calibration.json`, which comes last."""
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    for name in (name for name in TABLES if getattr(result, name)):
        replace_file(folder / f"{name}.md", to_markdown(result, name).encode())
        replace_file(folder / f"{name}.csv", to_csv(result, name).encode())
    save(false_alarms_figure(result), folder / "figures" / "false-alarms")
    save(power_figure(result), folder / "figures" / "power")
    replace_file(folder / "calibration.json", (json.dumps(result.to_dict(), indent=1) + "\n").encode())


def false_alarms_figure(result: Calibration) -> Figure:
    """Studies of an arm against itself that find a difference: the protocol here and the usual one."""
    with mpl.rc_context(STYLE):
        ours = [(_sized(row), row.decided) for row in result.same]
        usual = [(_rerun(row), row.worst) for row in result.usual]
        bars = [*((label, value, OURS) for label, value in ours), *((label, value, USUAL) for label, value in usual)]
        figure = Figure(figsize=(WIDTH, 0.8 + 0.21 * len(bars)), layout="constrained")
        _bars(figure.subplots(), bars, result.limit)
        handles = [mpl.patches.Patch(color=OURS, label="replicated tuning: win or loss")]
        handles.append(mpl.patches.Patch(color=USUAL, label="tuned once, winner trained again: different"))
        figure.legend(handles=handles, loc="outside upper center", ncols=2)
        return figure


def power_figure(result: Calibration) -> Figure:
    """How often a planted difference is found, and a tie if there is none, beside what was predicted."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 2.9), layout="constrained")
        left, right = figure.subplots(1, 2)
        for rivals, colour in ((1, OURS), (4, USUAL)):
            rows = [row for row in result.planted if row.rivals == rivals]
            _beside(left, rows, "difference_sd", ("found", "predicted"), f"{rivals} rival" + "s" * (rivals > 1), colour)
        _beside(right, result.ties, "margin_sd", ("tie", "tie_predicted"), "tie", OURS)
        left.set(xlabel="planted difference, in deviations of a difference", ylabel="share of studies that find it")
        right.set(xlabel="margin, in deviations of a difference", ylabel="share of studies with a tie")
        for axes in (left, right):
            axes.set_ylim(0, 1.03)
            axes.legend(loc="lower right")
        return figure


def _bars(axes: Axes, bars: Sequence[tuple[str, float, str]], limit: float) -> None:
    places = range(len(bars))[::-1]
    axes.barh(places, [100 * value for _, value, _ in bars], color=[colour for _, _, colour in bars], height=0.7)
    axes.set_yticks(places, [label for label, _, _ in bars], fontsize=7.5)
    axes.axvline(5, color=INK, lw=0.8)
    axes.axvline(100 * limit, color=INK, lw=0.8, ls=":")
    axes.set_xlabel("studies of an arm against itself that find a difference, %")
    axes.tick_params(axis="y", length=0)
    axes.margins(y=0.01)


def _beside(
    axes: Axes, rows: Sequence[PlantedRow | TieRow], x: str, ys: tuple[str, str], label: str, colour: str
) -> None:
    found, predicted = ys
    places = [getattr(row, x) for row in rows]
    axes.plot(places, [getattr(row, predicted) for row in rows], color=colour, label=f"{label}, predicted")
    axes.plot(places, [getattr(row, found) for row in rows], "o", color=colour, label=f"{label}, counted")


def _rows(result: Calibration, name: str) -> Sequence[Row]:
    rows: Sequence[Row] = getattr(result, name)
    return rows


def _sized(row: SameRow) -> str:
    seeds = "shared seeds" if row.shared_seeds else "own seeds"
    rivals = f"{row.rivals} rival" + ("s" if row.rivals > 1 else "")
    return f"{row.replicates} replicates of {row.trials} trials, {rivals}, {seeds}"


def _rerun(row: UsualRow) -> str:
    seeds = "shared seeds" if row.shared_seeds else "own seeds"
    return f"{row.trials} trials once, {row.reruns} fresh seeds, {seeds}"
