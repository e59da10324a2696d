"""How far a study is, in words: what the terminal and the studio say about one that is not finished."""

from collections import Counter
from typing import NamedTuple

from loganneal.reports.terminal.scoreboard import Scoreboard, duration, expected_seconds
from loganneal.studies.declare.comparison import Comparison, FinishedRun
from loganneal.studies.declare.sequential import DUEL
from loganneal.studies.declare.study import Study
from loganneal.studies.engines import Inventory
from loganneal.studies.judge.conclude import power, training_seconds
from loganneal.studies.judge.stopping import reached
from loganneal.studies.judge.verdicts import counted
from loganneal.studies.run import Stage

STATUS_HEADER = ("Comparison", "Arm", "Runs", "Best validation so far")
"""The column names of `status_rows`."""


def introduction(study: Study, stage: Stage) -> list[str]:
    """What a study is, what it can detect, and how far it is, in sentences.

    Args:
        study: The declaration.
        stage: How far it is.
    """
    first, inventory = study.comparisons[0], stage.inventory
    return [
        *(f"{comparison.title}: {runs_text(comparison)}." for comparison in study.comparisons),
        f"Arms: {', '.join(first.arms)}; {_plan_text(first)}, trials in each: {first.trials}.",
        *_shared(inventory),
        *_power(study, stage),
        *(f"{problem} Its run will be trained again." for problem in inventory.corrupt),
        *_done(stage),
    ]


def runs_text(comparison: Comparison) -> str:
    """How many runs a comparison has, from the fewest to the most."""
    most = f"{comparison.total} runs"
    return most if comparison.fewest == comparison.total else f"{comparison.fewest} to {most}"


def stage_sentence(stage: Stage) -> str:
    """What comes next under a plan that may end early."""
    comparison = stage.study.comparisons[-1]
    left = len(stage.planned) - len(stage.inventory.finished)
    if comparison.stage == DUEL and not any(run.planned.comparison for run in stage.inventory.finished):
        rival = f"The screening picked {comparison.tested}."
        return f"{rival} It is now compared with {comparison.reference} on fresh seeds: {left} runs."
    return f"No decision yet: {left} more runs{_until(stage)}."


def look_sentences(stage: Stage) -> list[str]:
    """For each comparison with looks, which look decided or took place last, and when the next one is."""
    parts = zip(stage.study.comparisons, stage.study.parts(stage.inventory.known), strict=True)
    return [_look_sentence(comparison, own) for comparison, own in parts if comparison.looks]


def trouble_sentences(inventory: Inventory) -> list[str]:
    """How many runs diverged or failed; nothing if none did."""
    diverged = sum(run.record.status == "diverged" for run in inventory.finished)
    said = [f"{counted(diverged, 'run')} diverged."] if diverged else []
    if inventory.failed:
        tried = f"{counted(len(inventory.failed), 'run')} failed; the same command tries again."
        said.append(f"{tried} The last: {inventory.failed[-1].record.reason}")
    return said


class Cost(NamedTuple):
    """What a study has cost, and what the rest is expected to cost, in seconds of training added up over the runs.

    Args:
        seconds: Seconds of training so far.
        runs: Different runs that are done; a run that arms share counts once.
        left: Seconds expected for the runs that are due, which are taken to be as long as the finished ones of the
            same comparison; None before the first.
        most_left: With looks, the same if none of them ends the study; None without looks.
    """

    seconds: float
    runs: int
    left: float | None
    most_left: float | None

    @property
    def mean(self) -> float:
        """Seconds per run."""
        return self.seconds / max(1, self.runs)


def cost(study: Study, stage: Stage) -> Cost:
    """What a study has cost so far.

    Args:
        study: The declaration.
        stage: How far it is.
    """
    finished = stage.inventory.finished
    seconds = [training_seconds(own) for own in stage.study.parts(finished)]
    done = Counter(run.planned.comparison for run in finished)
    left = Counter(run.comparison for run in stage.planned)
    left.subtract(done)
    places = range(len(seconds))
    expected = expected_seconds(seconds, [done[one] for one in places], [left[one] for one in places])
    spent, runs = training_seconds(finished), len({id(run.record) for run in finished})
    if not finished:
        return Cost(0.0, 0, None, None)
    return Cost(spent, runs, expected, _most_left(study, stage, spent / len(finished)))


def cost_sentences(found: Cost, stage: Stage | None = None) -> list[str]:
    """The cost in words: what has been spent, and an estimate of what is left, if anything is.

    Args:
        found: The cost.
        stage: How far the study is; None if only its result is known.
    """
    if not found.runs:
        return ["Nothing has been spent yet, and how long a run takes is not known before the first one."]
    spent = (
        f"{duration(found.seconds)} of training in {counted(found.runs, 'run')}, {found.mean:.3g} s a run on average."
    )
    return [spent, *_left_sentences(found, stage)]


def _left_sentences(found: Cost, stage: Stage | None) -> list[str]:
    if stage is None or not stage.inventory.missing or found.left is None:
        return []
    lines = [f"About {duration(found.left)} of training left{_until(stage)}, at the pace of the finished runs."]
    if found.most_left is not None and found.most_left > found.left:
        lines.append(f"At most about {duration(found.most_left)}, if no look ends it.")
    return lines


def status_rows(stage: Stage) -> list[tuple[str, str, str, str]]:
    """One row per arm of each comparison: its runs done and due, and how well it does so far; not a verdict."""
    scoreboard = Scoreboard(stage.study, stage.inventory.finished, planned=stage.planned)
    return [
        row
        for number, comparison in enumerate(stage.study.comparisons)
        for row in _rows(scoreboard, number, comparison)
    ]


def _rows(scoreboard: Scoreboard, number: int, comparison: Comparison) -> list[tuple[str, str, str, str]]:
    each, label = scoreboard.due(number) // len(comparison.arms), scoreboard.label(number)
    return [
        (
            "" if place else comparison.title,
            arm,
            f"{scoreboard.runs(number, arm)}/{each}",
            f"{label} {scoreboard.shown(number, arm)}",
        )
        for place, arm in enumerate(comparison.arms)
    ]


def _done(stage: Stage) -> list[str]:
    done, left = len(stage.inventory.finished), len(stage.planned) - len(stage.inventory.finished)
    return [f"{done} runs are done, and {left} are left{_until(stage) if left else ''}."] if done else []


def _plan_text(comparison: Comparison) -> str:
    if not comparison.looks:
        return f"replicates: {comparison.replicates}"
    screened = f"replicates: {comparison.screen} to pick the rival, then " if comparison.screen else "replicates: "
    return f"{screened}looks after {', '.join(map(str, comparison.looks))}"


def _until(stage: Stage) -> str:
    return " until the next look" if any(comparison.looks for comparison in stage.study.comparisons) else ""


def _shared(inventory: Inventory) -> list[str]:
    """How many runs there are to train, if an arm and its average share theirs."""
    keys = {run.spec.key for run in (*(run.planned for run in inventory.finished), *inventory.missing)}
    total = len(inventory.finished) + len(inventory.missing)
    if len(keys) == total:
        return []
    return [f"{len(keys)} of these runs are different; an arm and its average share their runs."]


def _power(study: Study, stage: Stage) -> list[str]:
    """What each comparison can detect; those that say the same say it once."""
    finished = study.parts(stage.inventory.finished) if stage.study is study else [[] for _ in study.comparisons]
    parts = zip(study.comparisons, finished, strict=True)
    return list(dict.fromkeys(power(comparison, own).sentence for comparison, own in parts))


def _look_sentence(comparison: Comparison, finished: list[FinishedRun]) -> str:
    state, count = reached(comparison, finished), len(comparison.looks)
    if state.ended:
        return f"Look {state.look.number} of {count} ended it." if state.look else "It ended without a look."
    done = min(len(state.replicates), state.due)
    before = f"Look {state.look.number} of {count} decided nothing. " if state.look else ""
    number = comparison.looks.index(state.due) + 1
    return f"{before}Look {number} of {count} is due after {state.due} replicates; {done} are complete."


def _most_left(study: Study, stage: Stage, each: float) -> float | None:
    """Seconds of training left if no look ends a plan with looks; None without looks."""
    if not any(comparison.looks for comparison in study.comparisons):
        return None
    return each * (study.total - len(stage.inventory.finished))
