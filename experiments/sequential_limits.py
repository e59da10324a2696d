"""Plans with looks beyond their calibration: committed studies replayed, and where such plans err more often.

python experiments/sequential_limits.py records records/early-stopping/looks.json
"""

import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from loganneal.studies import ArmResult, ComparisonResult, read_result
from loganneal.studies.calibrate.sequential import FIXED, end
from loganneal.studies.declare.sequential import LOOKS, TRIALS
from loganneal.studies.judge.power import ALPHA
from loganneal.studies.judge.statistics import sign_flip_many

Floats = NDArray[np.float64]

STUDIES = 20_000
ORDERS = 500
"""Orders of the replicates in which each comparison is replayed."""

NO_MARGIN = 1e-9
"""A margin that nothing ties within: the test alone."""


class Pair(NamedTuple):
    """A rival of a committed comparison."""

    name: str
    comparison: ComparisonResult
    rival: ArmResult


def main() -> None:
    """Write both."""
    pairs = list(_pairs(Path(sys.argv[1])))
    found = {"replay": _replay(pairs), "errors": [*_centred(pairs), *_skewed(), *_unequal()]}
    out = Path(sys.argv[2])
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(found, indent=1) + "\n")


def _pairs(records: Path) -> Iterator[Pair]:
    """Rivals of comparisons with ten replicates of four trials in which only the peak rate is tuned."""
    for file in sorted(records.glob("*/result.json")):
        for comparison in read_result(file).comparisons:
            declared = comparison.declaration
            if (declared.trials, declared.replicates, declared.tuned) == (4, 10, ("peak_lr",)):
                yield from (Pair(file.parent.name, comparison, rival) for rival in comparison.rivals)


def _replay(pairs: list[Pair]) -> list[dict[str, Any]]:
    """By the verdict of the fixed plan: how often looks find the same, something else or nothing, and at what cost."""
    groups: dict[str, list[tuple[Floats, float]]] = defaultdict(list)
    for pair in pairs:
        groups[str(pair.rival.verdict)].append((_narrow(pair), pair.comparison.declaration.margin))
    return [
        {"verdict": verdict, "comparisons": len(cases), **_ended(verdict, cases)} for verdict, cases in groups.items()
    ]


def _ended(verdict: str, cases: list[tuple[Floats, float]]) -> dict[str, float]:
    random, names, replicates = np.random.default_rng(0), [], []
    for differences, margin in cases:
        orders = random.permuted(np.tile(differences, (ORDERS, 1)), axis=1)[:, : LOOKS[-1]]
        ended = end(orders, margin)
        names.append(ended.verdicts)
        replicates.append(ended.replicates)
    shares = {name: float((np.concatenate(names) == name).mean()) for name in ("win", "loss", "tie", "inconclusive")}
    return {"same": shares[verdict], **shares, "runs": 2 * TRIALS * float(np.concatenate(replicates).mean())}


def _narrow(pair: Pair) -> Floats:
    """Differences that two trials give, those nearest to the reference's usual rate, in each replicate."""
    reference, sign = pair.comparison.reference, pair.comparison.declaration.metric.sign
    assert reference.scores is not None
    usual = reference.scores.best_setting["peak_lr"]
    own, others = _best_of_near(pair.rival, usual, sign), _best_of_near(reference, usual, sign)
    return sign * np.array([own[number] - others[number] for number in sorted(own)])


def _best_of_near(arm: ArmResult, usual: float, sign: int) -> dict[int, float]:
    by_replicate = defaultdict(list)
    for trial in arm.trials:
        by_replicate[trial.replicate].append(trial)
    found = {}
    for number, trials in by_replicate.items():
        near = sorted(trials, key=lambda trial: abs(math.log(trial.peak_lr / usual)))[:TRIALS]
        found[number] = max(near, key=lambda trial: sign * trial.validation_score).test_score
    return found


def _centred(pairs: list[Pair]) -> Iterator[dict[str, Any]]:
    """Differences of two arms that really differ, with their mean removed; beside them normal ones, for comparison."""
    random = np.random.default_rng(1)
    real = [_resampled(_narrow(pair), random) for pair in pairs]
    normal = [_resampled(random.standard_normal(10), random) for _ in range(len(pairs))]
    for title, found in (
        (f"{len(pairs)} pairs of distinct arms, centered at zero", real),
        ("as many sets of ten normal numbers", normal),
    ):
        looks, fixed = np.array(found).T
        yield {"case": f"{title}: mean", "decided": float(looks.mean()), "fixed": float(fixed.mean())}
        yield {"case": f"{title}: largest", "decided": float(looks.max()), "fixed": float(fixed.max())}


def _resampled(differences: Floats, random: np.random.Generator) -> tuple[float, float]:
    centred = (differences - differences.mean()) * math.sqrt(len(differences) / (len(differences) - 1))
    return _decided(random.choice(centred, (STUDIES // 10, FIXED.replicates)))


def _skewed() -> Iterator[dict[str, Any]]:
    """Differences with mean 0 that are not symmetric."""
    random, shape = np.random.default_rng(2), (STUDIES, FIXED.replicates)
    yield _row("exponential differences", random.exponential(size=shape) - 1)
    yield _row("log-normal differences", random.lognormal(size=shape) - math.exp(0.5))
    failing = np.where(random.random(shape) < 0.1, -3.0, 1 / 3) + 0.1 * random.standard_normal(shape)
    yield _row("a tenth of the replicates fails: -3, else +0.33, each with a deviation of 0.1", failing)


def _unequal() -> Iterator[dict[str, Any]]:
    """Two equal arms of which one is noisier, chosen and scored by one held-out set."""
    random, shape = np.random.default_rng(3), (STUDIES, FIXED.replicates, TRIALS)
    for ratio in (1.0, 1.5, 2.0, 3.0):
        scores = [noise * random.standard_normal(shape).max(axis=2) for noise in (1.0, ratio)]
        yield _row(f"one set chooses and scores, one arm {ratio:g} times as noisy", scores[1] - scores[0])


def _row(case: str, differences: Floats) -> dict[str, Any]:
    decided, fixed = _decided(differences)
    return {"case": case, "decided": decided, "fixed": fixed}


def _decided(differences: Floats) -> tuple[float, float]:
    """Shares of studies that find a difference: with looks, and by the test of the fixed plan."""
    verdicts = end(differences[:, : LOOKS[-1]], NO_MARGIN).verdicts
    fixed = sign_flip_many(differences) < ALPHA
    return float(np.isin(verdicts, ("win", "loss")).mean()), float(fixed.mean())


if __name__ == "__main__":
    main()
