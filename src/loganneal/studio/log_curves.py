"""The picture of a log: learning rate, loss and norm of the gradient over the same steps, for Plotly."""

from typing import Any

import numpy as np

from loganneal._palette import AMBER, BLUE, GREEN, GREY, PURPLE, RED
from loganneal.diagnosis import Diagnosis, Log
from loganneal.diagnosis.log import Numbers
from loganneal.studio.curves import GRID, Figure, layout

ROWS = 3_000
"""Maximum number of rows that are drawn; of a longer log, only some are."""

MARKS = 200
"""Maximum number of restarts that are marked."""


def log_figure(log: Log, diagnosis: Diagnosis) -> Figure:
    """Three panels above each other over one axis of steps; restarts are lines, and the evidence is shaded."""
    panels = [
        ("learning rate", [("learning rate", log.step, log.lr, BLUE)]),
        ("loss", [("loss", log.step, log.loss, RED), ("validation", log.validation_step, log.validation_loss, GREEN)]),
        ("gradient norm", [("gradient norm", log.step, log.grad_norm, PURPLE)]),
    ]
    shown = [(title, [one for one in curves if len(one[2])]) for title, curves in panels]
    shown = [(title, curves) for title, curves in shown if curves]
    data, axes = [], {}
    for number, (title, curves) in enumerate(shown):
        data += [_trace(*curve, number) for curve in curves]
        axes[_axis(number, "yaxis")] = {"title": {"text": title}, "domain": _domain(number, len(shown)), **GRID}
    drawn = layout(float(log.step[-1]), "", **axes, shapes=_shapes(diagnosis), annotations=[])
    drawn["xaxis"]["anchor"] = _axis(len(shown) - 1, "y")
    return {"data": data, "layout": drawn}


def _axis(number: int, name: str) -> str:
    return name if number == 0 else f"{name}{number + 1}"


def _domain(number: int, count: int) -> list[float]:
    height = 1 / count
    return [max(1 - (number + 1) * height + 0.04, 0), 1 - number * height]


def _trace(name: str, steps: Numbers, values: Numbers, colour: str, number: int) -> Figure:
    every = -(-len(values) // ROWS)
    drawn = [value if np.isfinite(value) else None for value in values[::every].tolist()]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": steps[::every].tolist(),
        "y": drawn,
        "line": {"color": colour, "width": 1.5},
        "yaxis": _axis(number, "y"),
        "hovertemplate": "%{y:.4g}",
    }


def _shapes(diagnosis: Diagnosis) -> list[Figure]:
    line: dict[str, Any] = {"type": "line", "yref": "paper", "y0": 0, "y1": 1}
    dotted = {"color": GREY, "width": 1, "dash": "dot"}
    shapes = [{**line, "x0": step, "x1": step, "line": dotted} for step in diagnosis.restarts[:MARKS]]
    if diagnosis.span is not None:
        first, last = diagnosis.span
        area = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "x0": first, "x1": last}
        shapes.append({**area, "fillcolor": AMBER, "opacity": 0.18, "line": {"width": 0}})
    return shapes
