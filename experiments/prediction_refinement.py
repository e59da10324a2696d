"""Refinement of a schedule from gradient norms, on the committed runs: which log annealing it proposes.

The rule is that of Defazio et al. 2023, arXiv:2310.07831: norms after a median filter over a tenth of the run, weights
w = norm^-2 (SGD; norm^-1 is reported beside it), and a rate proportional to w_t times the sum of the weights after t,
with a peak of 1. The proposal is described by the nearest log annealing of one cycle, in root mean square.

python experiments/prediction_refinement.py records/runs records/prediction/refinement.json
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from prediction_plan import FIRST_SEED
from prediction_retrospective import name_of
from scipy.ndimage import median_filter

from loganneal import CyclicalLogAnnealing
from loganneal._disk import replace_file
from loganneal.prediction.rates import Numbers
from loganneal.runs import Journal
from loganneal.runs.record import Record

PEAKS = (0.3, 0.6)
"""The peaks at which SGD trains best; every peak of AdamW is used."""

FILTERED = 0.1
"""Share of the run that the median filter spans."""

BUDGET = 1_000
BASES = tuple(float(base) for base in np.geomspace(0.01, 100.0, 81).round(4) if base != 1.0)
WARMUPS = (0.0, 0.02, 0.05, 0.08, 0.1, 0.15, 0.2)

SHAPES = {"Cosine": "cosine", "Linear": "linear", "Log base 0.1 cycles 1": "base 0.1, one cycle"}
"""By the names of `name_of`."""


Annealings = Sequence[tuple[float, float, Numbers]]
"""Warmup, base and rates."""


class Nearest(NamedTuple):
    """A log annealing of one cycle, and its root mean square distance in shares of the peak."""

    distance: float
    warmup: float
    base: float


def refined(norms: Numbers, power: float) -> Numbers:
    """The refined rates of the rows of a run, with a peak of 1."""
    smooth = median_filter(norms, max(1, round(FILTERED * len(norms))), mode="reflect")
    weights = smooth**-power
    rates: Numbers = weights * (np.cumsum(weights[::-1])[::-1] - weights)
    return rates / rates.max()


def members() -> Iterator[tuple[float, float, Numbers]]:
    """Warmup, base and rates of every annealing that a proposal is compared with."""
    for warmup in WARMUPS:
        for base in BASES:
            schedule = CyclicalLogAnnealing.fit(
                total_steps=BUDGET, max_lr=1.0, warmup_steps=round(warmup * BUDGET), base=base, cycles=1
            )
            yield warmup, base, schedule.curve(BUDGET)


def nearest(rates: Numbers, annealings: Annealings) -> Nearest:
    """The annealing that is nearest to refined rates."""
    places = ((np.arange(len(rates)) + 0.5) / len(rates) * BUDGET).astype(int)
    found = ((float(np.sqrt(np.mean((curve[places] - rates) ** 2))), *of) for *of, curve in annealings)
    return min(Nearest(*one) for one in found)


def groups(journal: Journal) -> dict[tuple[str, int, str, str], list[Record]]:
    """Runs with gradient norms, by workload, updates, optimizer and shape."""
    found: dict[tuple[str, int, str, str], list[Record]] = defaultdict(list)
    for record in journal:
        spec, name = record.spec, name_of(record)
        earlier = spec.seed < FIRST_SEED and spec.steps in (100, 200, 480)
        known = earlier and record.status == "completed" and name in SHAPES
        peak = spec.optimizer == "adamw" or PEAKS[0] <= spec.schedule.max_lr <= PEAKS[1]
        if known and peak and all(row.grad_norm for row in record.metrics):
            found[spec.workload, spec.steps, spec.optimizer, SHAPES[name]].append(record)
    return {key: runs for key, runs in sorted(found.items()) if len(runs) > 1}


def of_group(runs: Sequence[Record], power: float, annealings: Annealings) -> dict[str, Any]:
    """Median, and the middle half over runs, of what is proposed."""
    norms = [np.array([row.grad_norm for row in record.metrics], dtype=float) for record in runs]
    found = [nearest(refined(one, power), annealings) for one in norms]
    quarter, middle, three = np.quantile([one.base for one in found], [0.25, 0.5, 0.75])
    return {
        "runs": len(runs),
        "base": round(float(middle), 3),
        "middle_half": [round(float(quarter), 3), round(float(three), 3)],
        "warmup": round(float(np.median([one.warmup for one in found])), 3),
        "distance": round(float(np.median([one.distance for one in found])), 3),
        "norm_rises": round(float(np.median([one[-5:].mean() / one[len(one) // 4 :][:5].mean() for one in norms])), 2),
    }


def main() -> None:
    """Refine, compare and write."""
    annealings = list(members())
    rows = [
        {"workload": key[0], "steps": key[1], "optimizer": key[2], "log": key[3], "power": power}
        | of_group(runs, power, annealings)
        for key, runs in groups(Journal(Path(sys.argv[1]))).items()
        for power in (2.0, 1.0)
    ]
    text = "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n"
    replace_file(Path(sys.argv[2]), text.encode())
    print(text)


if __name__ == "__main__":
    main()
