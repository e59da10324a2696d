"""One self-contained HTML page of a study."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from loganneal.reports.caveats import caveats, how_tested, warnings
from loganneal.reports.figures import INK
from loganneal.reports.headline import headline, sentences, study_headline
from loganneal.reports.study_tables import Table, budget_table, overview_table
from loganneal.studies.declare.sequential import IMPORTED
from loganneal.studies.judge.budgets import budgets
from loganneal.studies.judge.verdicts import counted
from loganneal.studies.result import ComparisonResult, StudyResult
from loganneal.studies.tables import header, rows, score_title

Figures = list[tuple[str, Markup]]
"""Captions and figures."""

CAPTIONS = {
    "overview": (
        "Every rival in every comparison: mean difference with its 95% interval, in units of the margin of a tie, "
        "so that different metrics can be shown side by side. Comparisons are never pooled."
    ),
    "budget": (
        "Final score against the training budget: median over replicates, with the middle half. A schedule is made "
        "for one budget, so each point was trained to its own end. The dotted line is the reference's median at the "
        "largest budget."
    ),
    "differences": (
        "Paired differences. A dot is one replicate; the diamond is their mean, with its 95% interval. "
        "The band is the margin within which two schedules count as equal."
    ),
    "curves": (
        "Training curves of the runs that validation chose: mean over replicates, and one standard deviation. "
        "A run is scored at its last step; the curve shows how it got there."
    ),
    "rates": "The schedules: learning rate over peak rate at every step.",
    "winners": (
        "Left: the schedules, as learning rate over peak rate. Right: the rates of the runs that validation chose, one "
        "line for each replicate; the thick line has the median peak rate."
    ),
    "sensitivity": (
        "Validation score of every trial, with medians: left against the peak rate, right against the mean rate, which "
        "compares schedules at equal mean rates. Exploratory."
    ),
    "trials": "Mean test score if only the first trials are used and validation chooses the best of them. Exploratory.",
    "dynamics": "Norm of the gradient and validation loss of the runs that validation chose.",
}
"""The caption of each figure; "budget-2" has the caption of "budget"."""


@dataclass(frozen=True)
class Part:
    """A comparison with its figures and further tables.

    Args:
        result: What was found.
        svgs: Figures as SVG, by the names in `CAPTIONS`.
        tables: Further tables by their headings.
    """

    result: ComparisonResult
    svgs: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)


@dataclass(frozen=True)
class Section:
    """What the template shows of a comparison."""

    id: str
    result: ComparisonResult
    figures: Figures
    tables: Mapping[str, Table]

    @property
    def header(self) -> tuple[str, ...]:
        """The header of its table."""
        return header(self.result)

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The rows of its table."""
        return rows(self.result)

    @property
    def headline(self) -> str:
        """Its verdicts in a sentence or two."""
        return headline(self.result)

    @property
    def warnings(self) -> list[str]:
        """The warnings above its table."""
        return warnings(self.result)

    @property
    def sentences(self) -> list[str]:
        """One sentence for each rival."""
        return sentences(self.result)

    @property
    def scored(self) -> str:
        """What its runs are scored by."""
        return score_title(self.result)

    @property
    def tested(self) -> str:
        """How its differences are tested."""
        return how_tested(self.result.declaration)

    @property
    def lines(self) -> list[str]:
        """What it can detect, and how far its claim reaches."""
        return [self.result.power.sentence, *caveats(self.result)]


def render(study: StudyResult, svgs: Mapping[str, str], parts: Sequence[Part]) -> str:
    """The page of a study: its verdicts first, then tables, figures, caveats, command and versions.

    Args:
        study: What was found.
        svgs: The figures over its comparisons as SVG, by name.
        parts: The comparisons, in their order. A single one fills the page by itself.

    Returns:
        HTML without any reference to another file.
    """
    environment = Environment(
        loader=PackageLoader("loganneal.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    several = len(parts) > 1
    sections = [
        Section(f"c{number}", part.result, _figures(part.svgs, f"c{number}"), part.tables)
        for number, part in enumerate(parts, 1)
    ]
    return environment.get_template("page.html").render(
        study=study,
        title=study.title,
        eyebrow=_eyebrow(study),
        headline=study_headline(study),
        several=several,
        sections=sections,
        overview=overview_table(study),
        budgets=[(task.title, budget_table(task)) for task in budgets(study)],
        figures=_figures(svgs, "study"),
        shared=shared_lines(sections),
        fingerprint=fingerprint(study),
    )


def fingerprint(study: StudyResult) -> str:
    """A digest of a result, by which its page says which result it shows.

    Returns:
        64 hexadecimal digits of the SHA-256 of the result's JSON.
    """
    return hashlib.sha256(study.to_json().encode()).hexdigest()


def shows(page: str, study: StudyResult) -> bool:
    """Whether the text of a page is whole and shows this result."""
    return page.rstrip().endswith("</html>") and f'content="{fingerprint(study)}"' in page


def inline_svg(svg: str, name: str, description: str) -> Markup:
    """The text of an SVG file as part of a page: with identifiers of its own, and its ink in the reader's colour.

    Args:
        svg: What `loganneal.reports.figures.to_svg` returns.
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


def shared_lines(sections: Sequence[Section]) -> list[str]:
    """The lines that all comparisons have in common, which a page says once."""
    first, *others = [section.lines for section in sections]
    return [line for line in first if all(line in other for other in others)]


def _figures(svgs: Mapping[str, str], prefix: str) -> Figures:
    """Captions and figures in the order of the captions."""
    captions = {name: CAPTIONS[re.sub(r"-\d+$", "", name)] for name in svgs}
    ordered = sorted(svgs, key=lambda name: list(CAPTIONS.values()).index(captions[name]))
    return [(captions[name], inline_svg(svgs[name], f"{prefix}-{name}", captions[name])) for name in ordered]


def _eyebrow(study: StudyResult) -> str:
    first, *others = study.comparisons
    trials = counted(first.declaration.trials, "trial")
    size = f"{counted(first.replicates_done, 'replicate')} of {trials}"
    if first.declaration.stage == IMPORTED:
        return f"{first.declaration.workload} · {size}"
    if first.declaration.stage:
        done = [(counted(one.replicates_done, "replicate"), one.declaration.stage) for one in study.comparisons]
        stages = " and ".join(f"{replicates} of the {stage}" for replicates, stage in done)
        return f"{study.title} · {stages}, {trials} in each"
    if others:
        return f"{study.title} · {counted(len(study.comparisons), 'comparison')}, {size}"
    return f"{first.declaration.workload_title} · {size}, {first.declaration.steps:,} steps"
