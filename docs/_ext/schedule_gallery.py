"""The directive of the gallery: a schedule as its code, its curve and a link to its reference."""

from pathlib import Path
from typing import Any

import matplotlib.style
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import loganneal

STYLES = {"light": "default", "dark": "dark_background"}


class ScheduleCurve(SphinxDirective):
    """``{schedule}`` with one expression as its content, which may use ``la``."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """The code, and the curve on a light and on a dark ground."""
        code = "\n".join(self.content)
        schedule = eval(code, {"la": loganneal})
        name = type(schedule).__name__
        folder = Path(self.env.app.outdir) / "_images"
        folder.mkdir(parents=True, exist_ok=True)
        for ground in STYLES:
            draw(schedule, folder / file_name(name, ground), ground)
        block = nodes.literal_block(code, code, language="python")
        return [block, nodes.raw("", pictures(name), format="html")]


def file_name(name: str, ground: str) -> str:
    """What a picture is called."""
    return f"schedule-{name}-{ground}.svg"


def draw(schedule: loganneal.Schedule, file: Path, ground: str) -> None:
    """Write the curve, in the figure that `Schedule.plot` makes."""
    settings = {"svg.hashsalt": schedule.__class__.__name__, "savefig.transparent": True, "legend.loc": "upper right"}
    with matplotlib.style.context([STYLES[ground], settings]):
        figure = schedule.plot()
        axes = figure.axes[0]
        axes.get_legend().remove()  # the heading says the name
        figure.set_size_inches(7, 2.6)
        figure.savefig(file, format="svg", metadata={"Date": None})


def pictures(name: str) -> str:
    """The HTML of both pictures, of which the theme shows one."""
    return "\n".join(
        f'<img class="schedule-curve only-{ground}" src="_images/{file_name(name, ground)}" alt="The curve of {name}"/>'
        for ground in STYLES
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_directive("schedule", ScheduleCurve)
    return {"parallel_read_safe": True}
