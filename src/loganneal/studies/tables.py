"""The tables of a result as text: one for each comparison, and one that shows them side by side."""

from collections.abc import Sequence

from loganneal.data.metric import Metric
from loganneal.studies.declare.sequential import IMPORTED, SCREENING
from loganneal.studies.judge.verdicts import p_text
from loganneal.studies.result import ArmResult, ArmScores, ComparisonResult, StudyResult

Rows = list[tuple[str, ...]]


def header(comparison: ComparisonResult) -> tuple[str, ...]:
    """The column names of `rows`."""
    metric = comparison.declaration.metric
    against = f"Against {comparison.reference.title}{_unit(metric)} [95%]"
    return ("Arm", "Best peak rate", score_title(comparison), against, "p", "Verdict")


def rows(comparison: ComparisonResult) -> Rows:
    """One row per arm: the best setting, mean ± standard deviation, difference [95% interval], verdict."""
    return [_row(arm, comparison) for arm in comparison.arms]


def scored_by(comparison: ComparisonResult) -> str:
    """What runs are scored by: the metric on the test set, or the value that chose them if that is all there is.

    Scores from a file have the metric's name alone.
    """
    launched, metric = comparison.launched, comparison.declaration.metric
    if _by_test(comparison):
        return f"test {metric.title}"
    if launched is None:
        return metric.title
    return "validation score" if launched.metric == "validation" else launched.metric


def _by_test(comparison: ComparisonResult) -> bool:
    """Whether runs are scored by something that did not choose them; not known of scores from a file."""
    if comparison.launched is not None:
        return not comparison.launched.one_held_out
    return comparison.declaration.stage != IMPORTED


def score_title(comparison: ComparisonResult) -> str:
    """The same as the heading of a column, with the unit."""
    words = scored_by(comparison)
    unit = ", %" if comparison.declaration.metric.unit == "points" else ""
    return f"{words[0].upper()}{words[1:]}{unit}"


def overview_header(study: StudyResult) -> tuple[str, ...]:
    """The column names of `overview_rows`."""
    first = study.comparisons[0]
    scored = "test score" if _by_test(first) else "score"
    return ("Comparison", f"{first.reference.title}, {scored}", *(arm.title for arm in first.rivals))


def overview_rows(study: StudyResult) -> Rows:
    """One row per comparison: the reference's score, then each rival's verdict and difference."""
    return [_overview_row(one, study.comparisons[0]) for one in study.comparisons]


def to_markdown(comparison: ComparisonResult) -> str:
    """The table of one comparison in GitHub's Markdown."""
    return markdown(header(comparison), rows(comparison))


def study_markdown(study: StudyResult) -> str:
    """Every table of a study in GitHub's Markdown; with several comparisons, the overview comes first."""
    if len(study.comparisons) == 1:
        return to_markdown(study.comparisons[0])
    overview = markdown(overview_header(study), overview_rows(study))
    parts = [f"## {one.label}\n\n{to_markdown(one)}" for one in study.comparisons]
    return "\n".join([f"# {study.title}\n", overview, *parts])


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]], *, numbers_last: bool = False) -> str:
    r"""A table in GitHub's Markdown; the first and the last column are left-aligned, the others right-aligned.

    With `numbers_last` the last column is right-aligned too.

    >>> markdown(("Arm", "p", "Verdict"), [("a|b", "0.1", "tie")])
    '| Arm | p | Verdict |\n| --- | ---: | --- |\n| a\\|b | 0.1 | tie |\n'
    """
    rule = ["---", *["---:"] * (len(header) - 2), "---:" if numbers_last else "---"]
    lines = [[_escaped(cell) for cell in header], rule, *([_escaped(cell) for cell in row] for row in rows)]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def score_text(scores: ArmScores, metric: Metric) -> str:
    """Mean and standard deviation of an arm's test scores, with how many of its runs diverged."""
    spread = "" if scores.sd is None else f" ± {metric.number(scores.sd)}"
    diverged = f" ({scores.diverged} diverged)" if scores.diverged else ""
    return f"{metric.number(scores.mean)}{spread}{diverged}"


def _peak(comparison: ComparisonResult, scores: ArmScores) -> str:
    """The best peak rate of an arm; "" if scores from a file come with one rate, or with none."""
    low, high = comparison.declaration.peak_range
    told = comparison.declaration.stage != IMPORTED or low < high
    return f"{scores.best_setting['peak_lr']:#.2g}" if told else ""


def _row(arm: ArmResult, comparison: ComparisonResult) -> tuple[str, ...]:
    if arm.scores is None:
        return (arm.title, "", "", "", "", "")
    metric = comparison.declaration.metric
    start = (arm.title, _peak(comparison, arm.scores), score_text(arm.scores, metric))
    if arm.judged is None:
        return (*start, "", "", "reference")
    declared, paired = comparison.declaration, arm.judged.paired
    tested = arm.judged.verdict.name != "no verdict" or not (declared.looks or declared.stage)
    p = p_text(arm.judged.p_holm).removeprefix("= ") if tested else ""
    return (*start, metric.bracketed(paired.mean, paired.interval95), p, arm.judged.verdict.name)


def _overview_row(comparison: ComparisonResult, first: ComparisonResult) -> tuple[str, ...]:
    metric, scores = comparison.declaration.metric, comparison.reference.scores
    score = score_text(scores, metric) if scores else ""
    found, screened = {arm.name: arm for arm in comparison.rivals}, comparison.declaration.stage == SCREENING
    cells = [_cell(found.get(arm.name), metric, screened=screened) for arm in first.rivals]
    return (comparison.label, score, *cells)


def _cell(arm: ArmResult | None, metric: Metric, *, screened: bool) -> str:
    if arm is None or arm.judged is None:
        return ""
    paired = arm.judged.paired
    if screened:
        return metric.bracketed(paired.mean, None)
    return f"{arm.judged.verdict.name} {metric.bracketed(paired.mean, paired.interval95)}"


def _unit(metric: Metric) -> str:
    return f", {metric.unit}" if metric.unit else ""


def _escaped(cell: str) -> str:
    """The text of a cell, escaped so that it neither ends the cell or the line nor is read as markup."""
    text = cell.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return " ".join(text.split())
