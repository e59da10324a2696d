"""Numbers of the documentation, read from the committed results; cog calls it (see CONTRIBUTING.md).

Every function takes the name of a study's folder in records/, and where a study has several comparisons, words of the
label of one.
"""

import json
import textwrap
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

from loganneal.reports.calibration import to_markdown as calibration_markdown
from loganneal.studies import ArmResult, ComparisonResult, StudyResult, read_result
from loganneal.studies.calibrate.tables import Calibration
from loganneal.studies.tables import markdown, to_markdown

RECORDS = Path(__file__).parents[1] / "records"
WIDTH = 120


@cache
def study(name: str) -> StudyResult:
    """The result of a study."""
    return read_result(RECORDS / name / "result.json")


def comparison(name: str, words: str = "") -> ComparisonResult:
    """One comparison of a study: the one whose label has these words."""
    (found,) = (one for one in study(name).comparisons if words in one.label)
    return found


def arm(name: str, arm_name: str, words: str = "") -> ArmResult:
    """One arm of a comparison."""
    return comparison(name, words).arm(arm_name)


def difference(name: str, arm_name: str, words: str = "") -> str:
    """Mean difference of an arm to the reference, with its 95% interval."""
    found = arm(name, arm_name, words)
    assert found.judged is not None
    metric, paired = comparison(name, words).declaration.metric, found.judged.paired
    return metric.bracketed(paired.mean, paired.interval95)


def mean(name: str, arm_name: str, words: str = "") -> str:
    """Mean difference of an arm to the reference."""
    return difference(name, arm_name, words).split(" ")[0]


def verdict(name: str, arm_name: str, words: str = "") -> str:
    """The verdict on an arm."""
    return str(arm(name, arm_name, words).verdict)


def judged(name: str, arm_name: str, words: str = "") -> str:
    """Mean difference of an arm to the reference, with its 95% interval and the verdict."""
    return f"{difference(name, arm_name, words)} {verdict(name, arm_name, words)}"


def score(name: str, arm_name: str, words: str = "") -> str:
    """Mean test score of an arm."""
    scores = arm(name, arm_name, words).scores
    assert scores is not None
    return comparison(name, words).declaration.metric.number(scores.mean)


def between(name: str, first: str, second: str, words: str = "") -> str:
    """The exploratory difference of one rival to another, with its 95% interval."""
    found = comparison(name, words)
    for pair in found.exploratory:
        if {pair.first, pair.second} == {first, second}:
            sign = 1 if pair.first == first else -1
            ends = sorted(sign * end for end in pair.interval95 or ())
            return found.declaration.metric.bracketed(sign * pair.mean, ends)
    raise KeyError((name, first, second))


def runs(name: str) -> int:
    """How many different runs a study has."""
    found = study(name).comparisons
    return len({trial.record for one in found for result in one.arms for trial in result.trials})


def chosen_settings(name: str, arm_name: str, parameter: str) -> list[float]:
    """The values of a tuned parameter that validation chose, one a replicate."""
    return [trial.tuned[parameter] for trial in arm(name, arm_name).trials if trial.chosen]


def calibration(name: str = "calibration") -> Calibration:
    """A committed calibration, by the name of its folder."""
    return Calibration.from_dict(json.loads((RECORDS / name / "calibration.json").read_text()))


def half_time() -> None:
    """Print what rankings part of the way say of the end."""
    found = json.loads((RECORDS / "early-stopping" / "half_time.json").read_text())
    names = {"cifar10": "CIFAR-10", "digits": "Digits"}
    columns = [f"{names[name]}: {text}" for name in found for text in ("rank correlation", "best setting dropped")]
    lines = [_of_share([of_study[place] for of_study in found.values()]) for place in range(len(found["digits"]))]
    rows(["Share of the run", *columns], lines)


def _of_share(rows: Sequence[Mapping[str, float]]) -> list[str]:
    cells = [f"{100 * rows[0]['share']:.0f}%"]
    for row in rows:
        cells += [f"{row['rank_correlation']:.2f}", f"{row['best_dropped']} of {row['replicates']}"]
    return cells


def sequential(name: str) -> None:
    """Print the table of plans with looks of a calibration."""
    print(f"\n{calibration_markdown(calibration(name), 'sequential')}")


def replayed() -> None:
    """Print what plans with looks make of the comparisons of committed studies, by the verdict of the fixed plan."""
    found = _looks()["replay"]
    lines = [
        (
            one["verdict"],
            str(one["comparisons"]),
            *(f"{100 * one[name]:.0f}%" for name in _REPLAYED),
            f"{one['runs']:.0f}",
        )
        for one in sorted(found, key=lambda one: _REPLAYED.index(one["verdict"]))
    ]
    rows(["Fixed plan", "Comparisons", *map(str.capitalize, _REPLAYED), "Runs instead of 80"], lines)


_REPLAYED = ("win", "loss", "tie", "inconclusive")


def mean_runs() -> float:
    """Mean number of runs of the replayed comparisons."""
    found = _looks()["replay"]
    return float(sum(one["comparisons"] * one["runs"] for one in found) / sum(one["comparisons"] for one in found))


def errors_of_looks() -> None:
    """Print where plans with looks err more often than in 5%, beside the fixed plan."""
    lines = [[one["case"], *(f"{100 * one[name]:.1f}%" for name in ("decided", "fixed"))] for one in _looks()["errors"]]
    rows(["Two arms that are equal on average", "With looks", "Fixed plan"], lines)


def _looks() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = json.loads((RECORDS / "early-stopping" / "looks.json").read_text())
    return found


def equal_rates_change() -> float:
    """The largest change of a difference to cosine on CIFAR-10 where arms are tuned within equal mean rates."""
    found = [
        abs(one.judged.paired.mean - one.equal_mean_rate.mean)
        for name in ("bases", "shape-and-restarts")
        for one in comparison(name, "CIFAR").rivals
        if one.judged and one.equal_mean_rate
    ]
    return max(found)


def say(text: str, **values: object) -> None:
    """Print a paragraph with its values, filled to the width of a page."""
    filled = text.format_map({key: str(value) for key, value in values.items()})
    filled = textwrap.fill(" ".join(filled.split()), WIDTH, break_long_words=False, break_on_hyphens=False)
    print(f"\n{filled}\n")


def table(name: str, words: str = "") -> None:
    """Print the table of a comparison."""
    print(f"\n{to_markdown(comparison(name, words))}")


def rows(header: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """Print a table; its last column is right-aligned if it has numbers."""
    numbers_last = all(cells[-1][:1] in "+-0123456789" for cells in lines)
    print(f"\n{markdown(header, lines, numbers_last=numbers_last)}")


def headline() -> None:
    """Print the five findings of the front page."""
    found = {
        "Cyclical Log Annealing, base 10, two cycles": ("cifar10", "cla"),
        "a second cycle for cosine itself (SGDR)": ("cifar10", "sgdr"),
        "one cycle of base 0.3, which decays late": ("bases", "base-0.3", "CIFAR"),
        "linear decay, on fresh seeds": ("late-fall", "linear"),
        "warmup-stable-decay, linear over the last 20%": ("data-sets", "wsd", "CIFAR"),
    }
    rows(
        ("On CIFAR-10, a small network, 480 updates, against tuned cosine", "Points [95%]", "Verdict"),
        [(title, difference(*place), verdict(*place)) for title, place in found.items()],
    )


def restarts() -> None:
    """Print what a second cycle does to each shape."""
    shapes = {
        "cosine": ("cosine", "sgdr"),
        "linear": ("linear", "saw"),
        "logarithm, base 10": ("cla-1", "cla"),
        "logarithm, base 0.1": ("cla-late", "cla-late-2"),
    }
    rows(
        ("Decay", "CIFAR-10, one cycle", "Two cycles", "Effect of the restart", "Digits, effect of the restart"),
        [_restart(title, *names) for title, names in shapes.items()],
    )


def _restart(title: str, once: str, twice: str) -> tuple[str, ...]:
    one = "0" if once == "cosine" else mean("shape-and-restarts", once, "CIFAR")
    costs = [_cost(once, twice, words) for words in ("CIFAR", "digits")]
    return (title, one, mean("shape-and-restarts", twice, "CIFAR"), *costs)


def _cost(once: str, twice: str, words: str) -> str:
    if once == "cosine":
        return difference("shape-and-restarts", twice, words)
    return between("shape-and-restarts", twice, once, words)


def restarts_at_length() -> None:
    """Print what further cycles change in long runs, against one cycle of the same base."""
    name = "restarts-at-length"
    titles = {
        "cla-2": "two cycles",
        "cla-4": "four cycles",
        "cla-2-averaged": "two cycles, snapshots averaged",
        "cla-4-averaged": "four cycles, snapshots averaged",
        "cosine": "cosine, one cycle",
    }
    found = study(name).comparisons
    budgets = [f"{one.declaration.workload_title.split(' (')[0]}, {one.declaration.steps:,} updates" for one in found]
    rows(
        ("Against one cycle of base 10", *budgets),
        [
            *((title, *(judged(name, rival, one.label) for one in found)) for rival, title in titles.items()),
            *((f"{titles[arm]}, snapshots as an ensemble", *ensembles(arm, "one_cycle")) for arm in ("cla-2", "cla-4")),
        ],
    )


def ensembles(arm_name: str, against: str) -> list[str]:
    """What the ensemble of a run's snapshots scores more than something else, in each comparison; exploratory."""
    name = "restarts-at-length"
    found = json.loads((RECORDS / name / "ensembles.json").read_text())
    return [
        comparison(name, one["comparison"]).declaration.metric.bracketed(
            one[against]["mean"], one[against]["interval95"]
        )
        for one in found
        if one["arm"] == arm_name
    ]


def part_of_the_way(name: str, titles: Mapping[str, str], shares: Sequence[int], words: str = "") -> None:
    """Print how far arms are from the reference after shares of the updates, in hundredths, by validation scores."""
    found = comparison(name, words)
    lines = [
        (title, *(on_the_way(name, rival, share, found.label) for share in shares)) for rival, title in titles.items()
    ]
    against = f"Against {found.reference.title.lower()}, validation score after"
    rows((against, *(f"{share}% of the updates" for share in shares)), lines)


def paper_table(name: str = "paper-networks") -> None:
    """Print a table like that of the paper: one line for each network that has been trained."""
    rivals = {"cla": "CLA", "log-decay": "`log_decay`", "linear": "Linear"}
    against = (f"{title} against cosine" for title in rivals.values())
    lines = [
        (
            one.declaration.model,
            *(score(name, arm_name, one.label) for arm_name in ("cosine", "cla")),
            *(judged(name, rival, one.label) for rival in rivals),
        )
        for one in study(name).comparisons
    ]
    rows(("Network", "Cosine, %", "CLA, %", *against), lines)


def on_the_way(name: str, arm_name: str, share: int, words: str = "") -> str:
    """The difference of an arm to the reference after a share of the updates, in hundredths, with its 95% interval."""
    found = comparison(name, words)
    step = found.declaration.steps * share // 100
    for one in json.loads((RECORDS / name / "part-of-the-way.json").read_text()):
        if (one["comparison"], one["arm"], one["updates"]) == (found.label, arm_name, step):
            return found.declaration.metric.bracketed(one["mean"], one["interval95"])
    raise KeyError((name, arm_name, step))


def benchmark(name: str, keep: Mapping[int, str] | None = None, picked: Sequence[str] = (), heading: str = "") -> None:
    """Print a table of records/benchmarks, or some of its columns and rows.

    Args:
        name: The file, without its ending.
        heading: Words that are followed by the table, in a file with several.
        keep: Columns by number, with their headings; None for all.
        picked: The first cells of the rows, joined by commas, of those that are kept; none for all.
    """
    text = (RECORDS / "benchmarks" / f"{name}.md").read_text()
    below = text[text.index(heading) :].splitlines()[1:] if heading else text.splitlines()
    table = takewhile(lambda line: heading == "" or not line[:1].isalpha(), below)
    found = [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in table if line.startswith("|")]
    header, *body = [cells for cells in found if set("".join(cells)) - set("-: ")]
    columns = keep or dict(enumerate(header))
    chosen = [cells for cells in body if not picked or any(",".join(cells).startswith(start) for start in picked)]
    rows(list(columns.values()), [[cells[place] for place in columns] for cells in chosen])
