"""What the declared test of `loganneal predict` found: docs/prediction.md has the rules, `prediction_plan.py` the runs.

python experiments/prediction_judge.py records/runs records/prediction

It writes declared_test.json there, and the hit rates that the command prints into the package.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from prediction_plan import CANDIDATES, FIXED_RANKING, LOGS, TASKS, plan, schedule_of

import loganneal.prediction
from loganneal._disk import replace_file
from loganneal.prediction import Prediction, Run, predict
from loganneal.runs import Journal
from loganneal.runs.as_log import log_of
from loganneal.runs.record import Record

TRACK_RECORD = Path(loganneal.prediction.__file__).parent / "track_record.json"
JUDGED = ("cifar10", "shakespeare")
CLASSES = {"one log, a fast fall": (LOGS[1],), "several logs, a fast fall": LOGS}
"""Logs by the class that the package gives them."""

DRAWS = 2_000

Runs = dict[tuple[str, float, int], dict[str, Record]]
"""Records by workload, peak and seed, then by schedule."""


class Statement(NamedTuple):
    """One pair: what was said, and what is true."""

    workload: str
    peak: float
    seed: int
    log_class: str
    name: str
    difference: float
    verdict: str
    truth: float
    error: float
    ranked: str

    @property
    def right(self) -> bool:
        """Whether the verdict is right, by the declared rule."""
        return right(self.verdict, self.truth, self.error)

    @property
    def clearly_right(self) -> bool:
        """Whether it also clears two standard errors if it says "worse"."""
        return abs(self.truth) > 2 * self.error and self.right

    @property
    def ranking_right(self) -> bool:
        """Whether the fixed ranking is right about the same pair."""
        return right(self.ranked, self.truth, self.error)


class Pick(NamedTuple):
    """The regret of a pick, of always linear and of always cosine."""

    workload: str
    seed: int
    log_class: str
    predicted: float
    linear: float
    cosine: float


def right(verdict: str, truth: float, error: float) -> bool:
    """Whether a verdict is right: "better" has to clear two standard errors."""
    return truth < -2 * error if verdict == "better" else truth > 0


def read_runs(journal: Journal) -> Runs:
    """The runs of the seeds that are complete for their workload."""
    found: Runs = defaultdict(dict)
    for one in plan():
        record = journal.read(one.spec)
        if record is not None:
            found[one.workload, one.peak, one.seed][one.name] = record
    whole = {key for key, runs in found.items() if len(runs) == len(TASKS[key[0]].names)}
    complete = {key for key in whole if all((key[0], peak, key[2]) in whole for peak in TASKS[key[0]].peaks)}
    return {key: found[key] for key in sorted(complete)}


def said_of(runs: Mapping[str, Record], logs: Sequence[str], peak: float) -> Prediction:
    """What the package says from some logs about all schedules of the plan."""
    steps = runs[logs[0]].spec.steps
    given = [Run(log_of(runs[name]), runs[name].spec.schedule) for name in logs]
    return predict(given, {name: schedule_of(name, peak, steps) for name in CANDIDATES}, families=())


def final(record: Record) -> float:
    """The final validation loss; that of a run that diverged is above any other."""
    return float(record.metrics[-1].validation_loss or np.inf) if record.status == "completed" else np.inf


def truth_of(runs: Runs, workload: str, peak: float, but: int, pair: tuple[str, str]) -> tuple[float, float]:
    """The relative difference of one schedule to another over all seeds but one, and its standard error."""
    others = [found for (name, rate, seed), found in runs.items() if (name, rate) == (workload, peak) and seed != but]
    first, second = (np.array([final(one[name]) for one in others]) for name in pair)
    difference = (first - second) / second.mean()
    return float(difference.mean()), float(difference.std(ddof=1) / np.sqrt(len(difference)))


def statements(runs: Runs) -> Iterator[Statement]:
    """Every pair that counts."""
    for (workload, peak, seed), found in runs.items():
        for log_class, logs in CLASSES.items() if workload in JUDGED else ():
            said = said_of(found, logs, peak)
            for one in said.schedules:
                if one.name in logs:
                    continue
                truth, error = truth_of(runs, workload, peak, seed, (one.name, logs[0]))
                ahead = FIXED_RANKING.index(one.name) < FIXED_RANKING.index(logs[0])
                ranked = "better" if ahead else "worse"
                said_so = (one.difference or 0.0, one.verdict)
                yield Statement(workload, peak, seed, log_class, one.name, *said_so, truth, error, ranked)


def picks(runs: Runs) -> Iterator[Pick]:
    """The regrets, as shares of the loss."""
    for (workload, peak, seed), found in runs.items():
        for log_class, logs in CLASSES.items() if workload in JUDGED else ():
            best = said_of(found, logs, peak).best
            true = {name: truth_of(runs, workload, peak, seed, (name, "cosine"))[0] for name in CANDIDATES}
            chosen = (best.name if best else logs[0], "linear", "cosine")
            regrets = [(true[name] - min(true.values())) / (1 + min(true.values())) for name in chosen]
            yield Pick(workload, seed, log_class, *regrets)


def refusals(runs: Runs) -> dict[str, list[int]]:
    """How many of the logs that have to be refused are refused, and of how many."""
    counts = {"cosine alone": [0, 0], "digits": [0, 0]}
    for (workload, peak, _), found in runs.items():
        logs = {"cosine alone": [(LOGS[0],)]} if workload in JUDGED else {"digits": [(LOGS[1],), LOGS]}
        for kind, sets in logs.items():
            for chosen in sets:
                counts[kind][0] += not said_of(found, chosen, peak).schedules
                counts[kind][1] += 1
    return counts


def by_seed(rows: Sequence[Any], measure: Callable[[list[Any]], float]) -> list[float]:
    """The 95% bootstrap interval of a measure over seeds, drawn within each workload."""
    groups: dict[str, dict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        groups[row.workload][row.seed].append(row)
    rng, found = np.random.default_rng(0), []
    for _ in range(DRAWS):
        drawn = [
            row for seeds in groups.values() for seed in rng.choice(list(seeds), len(seeds)) for row in seeds[seed]
        ]
        found.append(measure(drawn) if drawn else np.nan)
    return [round(float(bound), 4) for bound in np.nanquantile(found, [0.025, 0.975])]


def share_right(given: Sequence[Statement]) -> float:
    """The share of verdicts that are right; NaN if there are none."""
    return float(np.mean([one.right for one in given])) if given else float("nan")


def summary(rows: Sequence[Statement]) -> dict[str, Any]:
    """Counts of one class."""
    given = [one for one in rows if one.verdict != "cannot tell"]
    counts = {"pairs": len(rows), "verdicts": len(given), "right": sum(one.right for one in given)}
    counts["right_beyond_two_errors"] = sum(one.clearly_right for one in given)
    counts["fixed_ranking_right"] = sum(one.ranking_right for one in given)
    return counts


def judge(runs: Runs) -> dict[str, Any]:
    """Everything that is reported, with the five parts of the bar."""
    rows, chosen, refused = list(statements(runs)), list(picks(runs)), refusals(runs)
    given = [one for one in rows if one.verdict != "cannot tell"]
    hit, interval = share_right(given), by_seed(given, share_right)
    ranking = float(np.mean([one.ranking_right for one in given])) if given else float("nan")
    gains = {name: by_seed(chosen, lambda some, name=name: _gain(some, name)) for name in ("linear", "cosine")}
    bar = {
        "verdicts on a quarter of the pairs and on 50": len(given) >= max(50, len(rows) / 4),
        "90% right": hit >= 0.9,
        "bootstrap above 80% and above the fixed ranking": interval[0] > max(0.8, ranking),
        "regret below always linear and always cosine": all(bounds[1] < 0 for bounds in gains.values()),
        "refusals": all(done == asked for done, asked in refused.values()),
    }
    seeds = {name: len({seed for workload, _, seed in runs if workload == name}) for name in TASKS}
    classes = {name: [one for one in rows if one.log_class == name] for name in CLASSES}
    return {
        "seeds": seeds,
        "complete": all(seeds[name] == task.seeds for name, task in TASKS.items()),
        "passed": all(bar.values()),
        "bar": {name: bool(met) for name, met in bar.items()},
        "all": {**summary(rows), "share_right": round(hit, 4), "interval": interval, "ranking": round(ranking, 4)},
        "classes": {name: summary(some) for name, some in classes.items()},
        "workloads": {name: summary([one for one in rows if one.workload == name]) for name in JUDGED},
        "regret": {name: round(float(np.mean([getattr(one, name) for one in chosen])), 5) for name in Pick._fields[3:]},
        "regret_difference": gains,
        "refused": refused,
        "statements": [_compact(one) for one in rows],
    }


def _gain(rows: Sequence[Pick], name: str) -> float:
    return float(np.mean([one.predicted - getattr(one, name) for one in rows]))


def _compact(one: Statement) -> list[Any]:
    """Without what can be computed from the rest."""
    numbers = [round(value, 5) for value in (one.difference, one.truth, one.error)]
    return [one.workload, one.peak, one.seed, one.log_class, one.name, one.verdict, *numbers]


def main() -> None:
    """Judge what the journal has."""
    journal, folder = Path(sys.argv[1]), Path(sys.argv[2])
    found = judge(read_runs(Journal(journal)))
    rows = ",\n".join(json.dumps(row) for row in found.pop("statements"))
    head = json.dumps(found, indent=1)
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / "declared_test.json", f'{head[:-2]},\n "statements": [\n{rows}\n]}}\n'.encode())
    kept = {name: found[name] for name in ("complete", "passed", "classes")}
    replace_file(TRACK_RECORD, (json.dumps(kept, indent=1) + "\n").encode())
    print(head)


if __name__ == "__main__":
    main()
