"""What the diagnosis makes of the runs of `diagnosis_runs.py`: hits, confusions and false alarms, as Markdown.

python experiments/diagnosis.py

A planted failure counts only if its run ends clearly worse than its healthy control, Cyclical Log Annealing with two
cycles on the same task at the same budget: with a validation loss more than three standard deviations of the controls
above their mean.
"""

import csv
import itertools
import math
import statistics
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from diagnosis_runs import CASES, Case, log_path
from diagnosis_tasks import FIRST, FRESH, SECOND, TASKS
from planted_logs import unpack_logs

from loganneal.diagnosis import RULES, diagnose
from loganneal.diagnosis.logs import read_log

CONTROL = "healthy-cla"
LOW = "too-low"
CLEARLY = 3.0


class Judged(NamedTuple):
    """A run, what it ended with, and what the diagnosis says."""

    task: str
    case: Case
    seed: int
    loss: float
    score: float
    found: str
    notes: tuple[str, ...]

    @property
    def planted(self) -> str:
        """What was planted, in the words of a diagnosis."""
        return "healthy" if self.case.healthy or self.case.name == LOW else self.case.name.replace("-", " ")


class Control(NamedTuple):
    """Mean and standard deviation of the validation losses of a task's healthy controls."""

    mean: float
    sd: float

    def distance(self, loss: float) -> float:
        """How many standard deviations worse a loss is; infinite if it is not finite."""
        return (loss - self.mean) / self.sd if math.isfinite(loss) else math.inf


def judge_all(logs: Path) -> list[Judged]:
    """Every run whose log is in a folder."""
    cases = itertools.product(TASKS, CASES)
    runs = ((task, case, seed) for task, case in cases for seed in range(case.seeds))
    return [judge(logs, *run) for run in runs if log_path(logs, *run).exists()]


def judge(logs: Path, task: str, case: Case, seed: int) -> Judged:
    """Read one log as a user's would be read, and diagnose it."""
    setting, file = TASKS[task], log_path(logs, task, case, seed)
    epoch = max(1, setting.tiny // setting.batch_size) if case.tiny else setting.steps_per_epoch
    found = diagnose(read_log(file, steps_per_epoch=epoch).log)
    with file.open(newline="") as lines:
        last = list(csv.DictReader(lines))[-1]
    ended = (float(last[name] or "inf") for name in ("validation_loss", "validation_score"))
    return Judged(task, case, seed, *ended, found.name, found.notes)


def control(runs: Iterable[Judged], task: str) -> Control:
    """The healthy controls of a task."""
    losses = [run.loss for run in runs if run.task == task and run.case.name == CONTROL]
    return Control(statistics.mean(losses), statistics.stdev(losses))


def counts(run: Judged, controls: dict[str, Control]) -> bool:
    """Whether a run is evidence: every healthy one, and a planted one that ends clearly worse."""
    return run.planted == "healthy" or controls[run.task].distance(run.loss) > CLEARLY


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def confusions(runs: Sequence[Judged]) -> str:
    """What was planted, down; what was found, across."""
    names = [*(rule.name for rule in RULES), "healthy"]
    rows = []
    for planted in names:
        found = Counter(run.found for run in runs if run.planted == planted)
        rows.append([planted, sum(found.values()), *(found[name] or "" for name in names)])
    return table(["planted", "runs", *names], rows)


def plants(runs: Sequence[Judged], controls: dict[str, Control]) -> str:
    """How much worse each planted failure ended than its controls."""
    rows = []
    for task, case in itertools.product(TASKS, CASES):
        own = [run for run in runs if run.task == task and run.case == case and run.planted != "healthy"]
        if own:
            distances = ", ".join(f"{controls[task].distance(run.loss):.1f}" for run in own)
            counted = sum(counts(run, controls) for run in own)
            losses = ", ".join(f"{run.loss:.3f}" for run in own)
            rows.append([task, case.name, losses, distances, f"{counted} of {len(own)}", _tally(own)])
    return table(["task", "planted", "validation loss", "standard deviations worse", "count", "found"], rows)


def healthy(runs: Sequence[Judged]) -> str:
    """How the healthy runs ended, and what was found in them."""
    rows = []
    for task, case in itertools.product(TASKS, CASES):
        own = [run for run in runs if run.task == task and run.case == case and run.planted == "healthy"]
        if own:
            loss, score = (statistics.mean(getattr(run, name) for run in own) for name in ("loss", "score"))
            rows.append(
                [task, case.name.removeprefix("healthy-"), len(own), f"{loss:.3f}", f"{score:.3f}", _tally(own)]
            )
    return table(["task", "schedule", "runs", "validation loss", "accuracy", "found"], rows)


def _tally(runs: Iterable[Judged]) -> str:
    found = Counter(run.found for run in runs)
    return ", ".join(f"{count} {name}" for name, count in found.most_common())


def summary(runs: Sequence[Judged]) -> str:
    """Hits, confusions, misses and false alarms in a sentence."""
    sick, well = [run for run in runs if run.planted != "healthy"], [run for run in runs if run.planted == "healthy"]
    hits, missed = sum(run.found == run.planted for run in sick), sum(run.found == "healthy" for run in sick)
    alarms = sum(run.found != "healthy" for run in well)
    return (
        f"{hits} of {len(sick)} failures found, {len(sick) - hits - missed} taken for another, {missed} missed; "
        f"{alarms} false alarms in {len(well)} healthy runs."
    )


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as logs:
        unpack_logs(Path(logs))
        runs = judge_all(Path(logs))
    controls = {task: control(runs, task) for task in {run.task: None for run in runs}}
    for title, tasks in (("Tested on", FRESH), ("Set on", (*FIRST, *SECOND))):
        half = [run for run in runs if run.task in tasks]
        counted = [run for run in half if counts(run, controls)]
        print(f"### {title} {', '.join(tasks)}\n\n{summary(counted)}\n\n{confusions(counted)}\n")
        rest = [run for run in half if not counts(run, controls)]
        print(f"{len(rest)} planted runs did not end clearly worse, and do not count; found in them: {_tally(rest)}.\n")
    print(f"### Every planted failure\n\n{plants(runs, controls)}\n\n### Every healthy run\n\n{healthy(runs)}")


if __name__ == "__main__":
    main()
