"""One self-contained HTML page of a comparison, or of a study with several."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from loganneal.reports.figures import INK
from loganneal.reports.study_tables import Table, budget_table, overview_table
from loganneal.reports.tables import header, rows
from loganneal.studies.judge.verdicts import counted

Summary = dict[str, Any]

CAPTIONS = {
    "overview": (
        "Every rival in every comparison: mean difference with its 95 % interval, in margins of a tie, so that "
        "different metrics can stand side by side. Comparisons are never pooled."
    ),
    "budget": (
        "Final score against the trained budget: median over replicates, with the middle half. A schedule is for one "
        "budget, so each point is trained to its own end. The dotted line is the reference's median at the largest."
    ),
    "differences": (
        "Paired differences. A dot is one replicate; the diamond is their mean, with its 95 % interval. "
        "The band is the margin within which two schedules count as equal."
    ),
    "curves": (
        "Training of the runs that validation chose: mean over replicates, and one standard deviation. "
        "A run is measured at its last step; before it, a curve shows how it got there."
    ),
    "rates": "The schedules: rate over peak rate at every step.",
    "winners": (
        "Left: the schedules, rate over peak rate. Right: the rates of the runs that validation chose, one line a "
        "replicate; thick is the one with the median peak rate."
    ),
    "sensitivity": (
        "Validation score of every trial with medians, left against its peak rate, right against its mean rate, which "
        "compares schedules at equal area. Exploratory."
    ),
    "trials": "Mean test score when only the first trials are used, the best chosen by validation. Exploratory.",
    "dynamics": "Norm of the gradient and validation loss of the runs that validation chose.",
}
"""What stands beneath each figure; "budget-2" has the caption of "budget"."""


@dataclass(frozen=True)
class Part:
    """A comparison with what is drawn of it.

    Args:
        summary: What `loganneal.studies.result.conclude.conclude` makes.
        svgs: SVG texts by the names of `CAPTIONS`.
        tables: Further tables by their headings.
    """

    summary: Summary
    svgs: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)


def render(part: Part) -> str:
    """The page of one comparison: verdict first, then the table, figures, caveats, command and versions.

    Returns:
        HTML without any reference to another file.
    """
    summary = part.summary
    eyebrow = f"{_replicates(summary)}, {summary['declaration']['steps']:,} steps"
    title = summary["declaration"]["workload_title"]
    return _page(summary, f"{title}: schedules compared", f"{title} · {eyebrow}", [_section(part, "")])


def render_study(study: Summary, svgs: Mapping[str, str], parts: Sequence[Part]) -> str:
    """The page of a study: the verdicts side by side, then each comparison.

    Args:
        study: What `loganneal.studies.result.conclude.conclude_study` makes.
        svgs: SVG texts of the figures over the comparisons.
        parts: The comparisons, in their order.
    """
    sections = [_section(part, f"c{number}") for number, part in enumerate(parts, 1)]
    eyebrow = f"{study['title']} · {counted(len(parts), 'comparison')}, {_replicates(parts[0].summary)}"
    more = {
        "overview": overview_table(study),
        "links": [section["id"] for section in sections],
        "budgets": [(_task_title(task), budget_table(task)) for task in study["budgets"]],
        "figures": _figures(svgs, "study"),
    }
    return _page(study, study["title"], eyebrow, sections, more)


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


def _page(summary: Summary, title: str, eyebrow: str, sections: Sequence[Summary], study: Summary | None = None) -> str:
    environment = Environment(
        loader=PackageLoader("loganneal.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shared = shared_caveats([section["summary"] for section in sections])
    return environment.get_template("page.html").render(
        summary=summary, title=title, eyebrow=eyebrow, sections=sections, study=study, shared=shared
    )


def shared_caveats(summaries: Sequence[Summary]) -> list[str]:
    """The lines that every comparison says, which a page says once."""
    first, *others = [[one["power"]["sentence"], *one["caveats"]] for one in summaries]
    return [line for line in first if all(line in other for other in others)]


def _section(part: Part, name: str) -> Summary:
    return {
        "id": name,
        "summary": part.summary,
        "header": header(part.summary),
        "rows": rows(part.summary),
        "figures": _figures(part.svgs, name or "f"),
        "tables": part.tables,
    }


def _figures(svgs: Mapping[str, str], prefix: str) -> list[tuple[str, Markup]]:
    """Captions and figures in the order of the captions."""
    captions = {name: CAPTIONS[re.sub(r"-\d+$", "", name)] for name in svgs}
    ordered = sorted(svgs, key=lambda name: list(CAPTIONS.values()).index(captions[name]))
    return [(captions[name], inline_svg(svgs[name], f"{prefix}-{name}", captions[name])) for name in ordered]


def _replicates(summary: Summary) -> str:
    trials = counted(summary["declaration"]["trials"], "trial")
    return f"{counted(summary['replicates_done'], 'replicate')} of {trials}"


def _task_title(task: Summary) -> str:
    return f"{task['workload_title']}, {task['model']}, {task['optimizer']}"
