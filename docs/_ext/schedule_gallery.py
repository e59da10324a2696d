"""The directive of the gallery: a schedule as the line that makes it, and as a curve."""

from pathlib import Path
from typing import Any

import matplotlib.style
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import loganneal

GROUNDS = {"light": ("default", "#0b6e99"), "dark": ("dark_background", "#5cb8dd")}
"""The style and the colour of the curve on a light and on a dark page."""

STEPS = 1_000
"""The budget that every curve is drawn over, so that they can be compared."""


class ScheduleCurve(SphinxDirective):
    """``{schedule}``: its content is an expression in which ``la`` is loganneal."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """The code, a link to the reference, and the curve."""
        code = "\n".join(self.content)
        schedule = eval(code, {"la": loganneal})
        name = type(schedule).__name__
        folder = Path(self.env.app.outdir) / "_images"
        folder.mkdir(parents=True, exist_ok=True)
        for ground in GROUNDS:
            draw(schedule, folder / file_name(name, ground), ground)
        block = nodes.literal_block(code, code, language="python")
        reference, _ = self.parse_inline(f"Reference: {{py:class}}`loganneal.{name}`")
        return [block, nodes.raw("", pictures(name), format="html"), nodes.paragraph("", "", *reference)]


def file_name(name: str, ground: str) -> str:
    """What a picture is called."""
    return f"schedule-{name}-{ground}.svg"


def draw(schedule: loganneal.Schedule, file: Path, ground: str) -> None:
    """Write the figure that `Schedule.plot` makes, without a legend: the heading has the name."""
    settings = {"svg.hashsalt": "gallery", "savefig.transparent": True, "font.size": 9}
    style, colour = GROUNDS[ground]
    with matplotlib.style.context([style, settings]):
        figure = schedule.plot(STEPS)
        axes = figure.axes[0]
        axes.get_legend().remove()
        for note in axes.texts:
            note.remove()
        if isinstance(schedule, loganneal.InverseMomentum):
            axes.set_ylabel("momentum")
        for line in axes.lines:
            line.set(color=colour, markerfacecolor="none")
        figure.set_size_inches(7, 2.4)
        figure.savefig(file, format="svg", metadata={"Date": None})


def pictures(name: str) -> str:
    """The HTML of both pictures, of which the theme shows one."""
    return "\n".join(
        f'<img class="only-{ground}" src="_images/{file_name(name, ground)}" alt="{name} over {STEPS:,} updates"/>'
        for ground in GROUNDS
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_directive("schedule", ScheduleCurve)
    return {"parallel_read_safe": True}
