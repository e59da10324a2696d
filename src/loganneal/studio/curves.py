"""The picture of a design: curves for Plotly, as plain values. The rates come from the schedules alone."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from loganneal._palette import PALETTE
from loganneal.plot import drawn_rates, drawn_steps, marked_restarts
from loganneal.schedules import Schedule
from loganneal.studio.state import Design

POINTS = 1_200
"""Steps that a long curve is drawn through, plus restarts and ends of cycles: as many as its picture has columns."""

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "dash", "dot", "dashdot")
"""Line styles that tell curves apart without their colours."""

GRID = {"gridcolor": "rgba(128,136,144,0.25)", "zerolinecolor": "rgba(128,136,144,0.5)", "automargin": True}
"""Settings of both axes."""

Figure = dict[str, Any]


def figure(design: Design) -> Figure:
    """The curves of a design over its budget, with restarts and the end of the budget marked.

    Raises:
        ValueError: Its schedule is invalid.
    """
    curves = design.curves()
    traces = [
        trace
        for number, (name, schedule) in enumerate(curves.items())
        for trace in _traces(name, schedule, design, number)
    ]
    return {"data": traces, "layout": layout(design.total_steps, "learning rate")}


def _traces(name: str, schedule: Schedule, design: Design, number: int) -> list[Figure]:
    total, colour = design.total_steps, PALETTE[number]
    steps, starts = drawn_steps(schedule, total, POINTS), marked_restarts(schedule, total)
    line = {"color": colour, "width": 2.5 if number == 0 else 1.5, "dash": DASHES[number]}
    common = {"type": "scatter", "name": name, "legendgroup": name}
    curve = {
        **common,
        "mode": "lines",
        "x": steps.tolist(),
        "y": _values(drawn_rates(schedule, steps, 1.0)),
        "line": line,
        **_hover(schedule, steps, design, number),
    }
    marks = {
        **common,
        "mode": "markers",
        "x": starts.tolist(),
        "y": _values(drawn_rates(schedule, starts, 1.0)),
        "marker": {"color": colour, "size": 9, "symbol": "circle-open", "line": {"width": 2}},
        "showlegend": False,
        "hoverinfo": "skip",
    }
    return [curve, marks]


def _hover(schedule: Schedule, steps: NDArray[np.int64], design: Design, number: int) -> Figure:
    """What a curve shows under the pointer: the rate, and for the design itself also the epoch and the cycle."""
    if number:
        return {"hovertemplate": "%{y:.4g}"}
    epochs = np.round(steps / design.steps_per_epoch, 2).tolist()
    cycles = ["none" if one < 0 else one + 1 for one in cycle_numbers(schedule, steps).tolist()]
    return {
        "customdata": [list(pair) for pair in zip(epochs, cycles, strict=True)],
        "hovertemplate": "%{y:.4g}<br>epoch %{customdata[0]}, cycle %{customdata[1]}",
    }


def cycle_numbers(schedule: Schedule, steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """The cycle that each step belongs to, counted from 0; -1 outside any cycle.

    >>> from loganneal import CyclicalLogAnnealing
    >>> schedule = CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10, warmup_steps=5, cycles=2)
    >>> cycle_numbers(schedule, np.array([4, 5, 14, 15, 25])).tolist()
    [-1, 0, 0, 1, -1]
    """
    spans = schedule.cycle_spans(int(steps.max(initial=0)) + 1)
    if not len(spans):
        return np.full(len(steps), -1, dtype=np.int64)
    number = np.searchsorted(spans[:, 0], steps, side="right") - 1
    inside = (number >= 0) & (steps < spans[np.maximum(number, 0), 1])
    return np.where(inside, number, -1)


def layout(end: float, title: str, **more: Any) -> Figure:
    """The layout of a picture over steps whose budget ends at ``end``; its colours are those of the page."""
    mark = {"type": "line", "x0": end, "x1": end, "y0": 0, "y1": 1, "yref": "paper"}
    note = {"x": end, "y": 1, "yref": "paper", "text": "end of the budget", "showarrow": False}
    return {
        "margin": {"l": 64, "r": 16, "t": 40, "b": 48},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "autosize": True,
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": "#1f2328", "font": {"color": "#ffffff"}, "namelength": -1},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "xaxis": {
            "title": {"text": "step (optimizer updates)"},
            "range": [0, end * 1.02],
            **GRID,
            "hoverformat": ",d",
        },
        "yaxis": {"title": {"text": title}, "rangemode": "tozero", **GRID},
        "shapes": [{**mark, "line": {"color": "#808890", "width": 1.5, "dash": "dot"}}],
        "annotations": [{**note, "xanchor": "right", "yanchor": "top", "textangle": 0}],
        "uirevision": "kept",  # zoom and hidden curves are kept while parameters change
        **more,
    }


def _values(rates: NDArray[np.float64]) -> list[float | None]:
    """Numbers for JSON, which can only represent finite ones."""
    finite = np.isfinite(rates)
    return (
        rates.tolist()
        if finite.all()
        else [rate if ok else None for rate, ok in zip(rates.tolist(), finite, strict=True)]
    )


def reading(design: Design, step: int) -> str:
    """A sentence on one step of the design: its epoch, rate and cycle.

    Raises:
        ValueError: The schedule or the step is invalid.
    """
    schedule = design.schedule
    cycle = schedule.locate(step)
    where = (
        "outside any cycle" if cycle is None else f"cycle {cycle.index + 1}, from step {cycle.start:,} to {cycle.end:,}"
    )
    return f"Step {step:,}: epoch {step / design.steps_per_epoch:.2f}, rate {schedule(step):.6g}, {where}."


def pictured(design: Design) -> tuple[list[Schedule], list[str]]:
    """The schedules of a design and their names, for the library's own plot."""
    curves = design.curves()
    return list(curves.values()), list(curves)
