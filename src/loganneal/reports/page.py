"""One self-contained HTML page of a comparison."""

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from loganneal.reports.figures import INK
from loganneal.reports.tables import header, rows

Summary = dict[str, Any]

CAPTIONS = {
    "differences": (
        "Paired differences. A dot is one replicate; the diamond is their mean, with its 95 % interval. "
        "The band is the margin within which two schedules count as equal."
    ),
    "rates": "The schedules: rate over peak rate at every step.",
    "curves": (
        "Training of the runs that validation chose: mean over replicates, and one standard deviation. "
        "A run is measured at its last step; before it, a curve shows how it got there."
    ),
    "sensitivity": (
        "Left: validation accuracy of every trial against its peak rate, with medians. "
        "Right: mean test accuracy when only the first trials are used. Both are exploratory."
    ),
}


def render(summary: Summary, svgs: Mapping[str, str]) -> str:
    """The page: verdict first, then the table, figures, caveats, command and versions.

    Args:
        summary: What `loganneal.studies.conclude.conclude` makes.
        svgs: SVG texts by the names of `CAPTIONS`, shown in that order.

    Returns:
        HTML without any reference to another file.
    """
    environment = Environment(
        loader=PackageLoader("loganneal.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    figures = [(CAPTIONS[name], inline_svg(svgs[name], name, CAPTIONS[name])) for name in CAPTIONS if name in svgs]
    return environment.get_template("page.html").render(
        summary=summary, header=header(summary), rows=rows(summary), figures=figures
    )


def inline_svg(svg: str, name: str, description: str) -> Markup:
    """An SVG file's text as part of a page: its own names for identifiers, the reader's colour for its ink.

    Args:
        svg: What `loganneal.reports.figures.to_svg` gives.
        name: Prefix of its identifiers, so that two figures on a page do not share any.
        description: What a screen reader says.
    """
    body = svg[svg.index("<svg") :]
    body = re.sub(r'<svg ([^>]*?)\bwidth="[^"]*"', r"<svg \1", body, count=1)
    body = re.sub(r'<svg ([^>]*?)\bheight="[^"]*"', r"<svg \1", body, count=1)
    body = re.sub(r'\bid="', f'id="{name}-', body).replace("url(#", f"url(#{name}-")
    body = body.replace('href="#', f'href="#{name}-').replace(INK, "currentColor")
    label = Markup('<svg role="img" aria-label="{}" ').format(description)
    # The text comes from matplotlib, which escapes what it writes.
    return Markup(body.replace("<svg ", str(label), 1))
