"""What other rules would have said on the runs of the declared test: exploratory, chosen after its result was known.

None of it counts as tested: these runs are spent, and a rule that does well on them needs fresh seeds.

python experiments/prediction_exploratory.py records/runs records/prediction/exploratory.json
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from prediction_judge import CLASSES, JUDGED, Runs, final, read_runs, right, said_of, truth_of

from loganneal._disk import replace_file
from loganneal.prediction.laws import LAWS
from loganneal.runs import Journal

THRESHOLDS = (0.002, 0.01, 0.02, 0.04)
NAMES = tuple(law.name for law in LAWS)
SUBSETS: dict[str, tuple[str, ...]] = {
    "all five laws": NAMES,
    "without multi-power": tuple(name for name in NAMES if name != "multi-power"),
    "FSL alone": tuple(name for name in NAMES if name.startswith("FSL")),
    **{f"{name} alone": (name,) for name in NAMES},
}


class Pair(NamedTuple):
    """What each law says about a pair, and what is true.

    `spread` is the standard deviation between seeds of the difference of two runs, as a share of the loss.
    """

    workload: str
    log_class: str
    laws: Mapping[str, float]
    truth: float
    error: float
    spread: float


def pairs(runs: Runs) -> Iterator[Pair]:
    """The pairs of the declared test."""
    for (workload, peak, seed), found in runs.items():
        for log_class, logs in CLASSES.items() if workload in JUDGED else ():
            others = [one for (name, rate, _), one in runs.items() if (name, rate) == (workload, peak)]
            for one in said_of(found, logs, peak).schedules:
                if one.name not in logs and one.laws:
                    truth, error = truth_of(runs, workload, peak, seed, (one.name, logs[0]))
                    ratios = [final(each[one.name]) / final(each[logs[0]]) for each in others]
                    yield Pair(workload, log_class, one.laws, truth, error, float(np.std(ratios, ddof=1)))


def verdict(pair: Pair, names: tuple[str, ...], least: float) -> str:
    """A verdict if all of the named laws give the same sign, beyond a difference."""
    values = [pair.laws[name] for name in names if name in pair.laws]
    if not values or min(map(abs, values)) <= least or min(values) < 0 < max(values):
        return ""
    return "better" if max(values) < 0 else "worse"


def counted(some: list[tuple[Pair, str]]) -> dict[str, int]:
    """How many verdicts there are, how many are right by the declared rule, and how many by their sign."""
    given = [(pair, said) for pair, said in some if said]
    by_rule = sum(right(said, pair.truth, pair.error) for pair, said in given)
    return {
        "verdicts": len(given),
        "right": by_rule,
        "right_sign": sum((pair.truth < 0) == (said == "better") for pair, said in given),
    }


def main() -> None:
    """Count and write."""
    found = list(pairs(read_runs(Journal(Path(sys.argv[1])))))
    rows: list[dict[str, Any]] = []
    for title, names in SUBSETS.items():
        for least in THRESHOLDS:
            rows.append({"rule": title, "least": least} | counted([(one, verdict(one, names, least)) for one in found]))
    between = [(one, verdict(one, NAMES, 2 * one.spread)) for one in found]
    rows.append({"rule": "all five laws, beyond 2 sd between seeds", "least": None} | counted(between))
    text = "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n"
    replace_file(Path(sys.argv[2]), text.encode())
    print(text)


if __name__ == "__main__":
    main()
