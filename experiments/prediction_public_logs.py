"""Predictions from public logs of language models of 124 million weights, with the code that the declared test uses.

The logs belong to "The Surprising Agreement Between Convex Optimization Theory and Learning-Rate Scheduling for Large
Model Training", Schaipp et al. 2025, arXiv:2501.18965, github.com/fabian-sp/lr-scheduling (MIT). They are not part of
this repository: clone theirs, and pass its folder.

python experiments/prediction_public_logs.py ~/lr-scheduling records/prediction/public_logs.json
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import spearmanr

from loganneal import Constant, Cosine, Schedule, Warmup, WarmupStableDecay
from loganneal._disk import replace_file
from loganneal.diagnosis import Log
from loganneal.prediction import Prediction, Run, predict
from loganneal.prediction.rates import Numbers
from loganneal.schedules._peak_factor import peak_factor

WARMUP = 300
NAME = re.compile(r"(ann124-0\.\d|cos-zero-124m|cos-10-124m|stable-124m)_slimpajama_llama_norm_nlayers12_nhead12_.*")
STABLE = "stable"
TUNED_STEPS = 50_000
"""The budget with enough peak rates to see the best one between two others."""

LOGS = {
    "one log, only decays": ("cosine",),
    "one log, a fast fall": ("wsd-0.2",),
    "several logs, a fast fall": ("cosine", "wsd-0.2"),
}


class Trained(NamedTuple):
    """A run of theirs: its validation losses, its schedule, its budget and its final loss."""

    step: Numbers
    loss: Numbers
    schedule: Schedule
    steps: int
    final: float


Setting = tuple[float, int]
"""Peak rate and updates."""


def read(folder: Path) -> dict[Setting, dict[str, Trained]]:
    """Their runs of 124M weights, by peak rate and updates."""
    found: dict[Setting, dict[str, Trained]] = defaultdict(dict)
    for file in sorted((folder / "data").rglob("*.json")):
        if NAME.match(file.name):
            values = json.loads(file.read_text())
            setting = (values["config"]["lr"], values["config"]["iterations"])
            name, schedule = _schedule(file.name, *setting)
            curve = values["history"]["val"]
            final = values["summary"].get("final-val/loss")
            if final is not None:
                steps, losses = np.array(curve["iter"], dtype=float), _losses(curve)
                found[setting][name] = Trained(steps, losses, schedule, setting[1], final)
    return found


def _losses(curve: Mapping[str, Any]) -> Numbers:
    return np.array(curve["val_loss"]) if "val_loss" in curve else np.log(curve["val_perplexity"])


def _schedule(file: str, peak: float, steps: int) -> tuple[str, Schedule]:
    if file.startswith("ann124"):
        share = float(file.split("_")[0].split("-")[1])
        shape = "one_minus_sqrt" if "decay_sqrt_0.2" in file else "linear"
        name = f"wsd-{share:g}" + ("-sqrt" if shape != "linear" else "")
        decay = min(round(share * steps), steps - WARMUP)
        return name, WarmupStableDecay(peak, steps, WARMUP, decay, shape=shape)
    if file.startswith("stable"):
        return STABLE, Warmup(Constant(peak), WARMUP)
    floor = 0.1 * peak if file.startswith("cos-10") else 0.0
    return "cosine to a tenth" if floor else "cosine", Warmup(Cosine(peak, steps - WARMUP, floor), WARMUP)


def as_run(trained: Trained, stable: Trained) -> Run:
    """A run as a log; that of a cooldown begins where it branched off, and its plateau is that of the run without."""
    step, loss = trained.step, trained.loss
    if step[0] > 0.1 * trained.steps:
        before = stable.step < step[0]
        step, loss = np.append(stable.step[before], step), np.append(stable.loss[before], loss)
    step, first = np.unique(step, return_index=True)  # a run that was resumed measured some steps twice
    kept = (step > 0) & (step < trained.steps)
    step, loss = np.append(step[kept], trained.steps), np.append(loss[first][kept], trained.final)
    return Run(Log(step, trained.schedule(step.astype(int) - 1), loss), trained.schedule)


def one_setting(runs: Mapping[str, Trained], stable: Trained, logs: tuple[str, ...]) -> dict[str, Any]:
    """What is said about every schedule that is not among the logs, against the truth."""
    schedules = {name: one.schedule for name, one in runs.items() if name != STABLE}
    said = predict([as_run(runs[name], stable) for name in logs], schedules, families=())
    return judged(said, {name: runs[name].final for name in schedules}, logs, "cosine")


def judged(said: Prediction, final: Mapping[str, float], logs: Sequence[str], cosine: str) -> dict[str, Any]:
    """What is said about the schedules that are not among the logs, against their final losses.

    Args:
        said: The prediction.
        final: Final losses of all schedules, by name.
        logs: Names of those whose logs were given.
        cosine: Name of the one whose regret is reported beside that of the pick.
    """
    truth = {name: loss / final[logs[0]] - 1.0 for name, loss in final.items()}
    told = [one for one in said.schedules if one.name not in logs]
    given = [one for one in told if one.verdict != "cannot tell"]
    differences = {one.name: one.difference or 0.0 for one in said.schedules}
    return {
        "pairs": len(told),
        "verdicts": len(given),
        "right": sum((truth[one.name] < 0) == (one.verdict == "better") for one in given),
        "rank_correlation": _correlation(differences, truth),
        "regret": truth[said.best.name] - min(truth.values()) if said.best else None,
        "regret_of_cosine": truth[cosine] - min(truth.values()),
        "refused": bool(said.refusal),
    }


def _correlation(said: Mapping[str, float], truth: Mapping[str, float]) -> float | None:
    names = sorted(said)
    return float(spearmanr([said[name] for name in names], [truth[name] for name in names])[0]) if names else None


def summary(settings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Sums and means over settings."""
    counts = {name: sum(one[name] for one in settings) for name in ("pairs", "verdicts", "right", "refused")}
    told = [one for one in settings if not one["refused"]]
    means = {
        name: round(float(np.mean([one[name] for one in told])), 5) if told else None
        for name in ("rank_correlation", "regret", "regret_of_cosine")
    }
    return {"settings": len(settings), **counts, **means}


def tuned_peaks(found: Mapping[Setting, Mapping[str, Trained]]) -> dict[str, float]:
    """The mean size of the logarithm of bound over measured, and of no change over measured, at their largest budget.

    The measured best peak is the top of the parabola through the best of their peaks and its two neighbours.
    """
    by_name: dict[str, dict[float, Trained]] = defaultdict(dict)
    for (peak, steps), runs in found.items():
        if steps == TUNED_STEPS:
            for name, one in runs.items():
                by_name[name][peak] = one
    best = {name: top for name, some in by_name.items() if (top := _best_peak(some)) is not None}
    schedules = {name: next(iter(by_name[name].values())).schedule for name in best}
    factors = {name: peak_factor(schedules["cosine"], one, TUNED_STEPS) for name, one in schedules.items()}
    told = {name: best[name] / best["cosine"] for name in best if factors[name] is not None and name != "cosine"}
    bound = [abs(np.log((factors[name] or np.nan) / measured)) for name, measured in told.items()]
    same = [abs(np.log(measured)) for measured in told.values()]
    return {"shapes": len(told), "bound": round(float(np.mean(bound)), 2), "no_change": round(float(np.mean(same)), 2)}


def _best_peak(some: Mapping[float, Trained]) -> float | None:
    """The top of a parabola in the logarithm of the peak; None if the best peak lacks a neighbour on one side."""
    peaks = sorted(some)
    losses = [some[peak].final for peak in peaks]
    place = int(np.argmin(losses))
    if not 0 < place < len(peaks) - 1:
        return None
    around = slice(place - 1, place + 2)
    curve = np.polyfit(np.log(peaks[around]), losses[around], 2)
    return float(np.exp(-curve[1] / (2 * curve[0])))


def main() -> None:
    """Predict, compare and write."""
    found = read(Path(sys.argv[1]))
    stable = {peak: runs[STABLE] for (peak, _), runs in found.items() if STABLE in runs}
    result = {}
    for log_class, logs in LOGS.items():
        settings = [
            one_setting(runs, stable[peak], logs)
            for (peak, _), runs in sorted(found.items())
            if peak in stable and {"cosine", "wsd-0.2"} <= set(runs)
        ]
        result[log_class] = summary(settings)
    source = "github.com/fabian-sp/lr-scheduling (MIT), 124M weights, one seed a run; arXiv:2501.18965"
    values = {"source": source, "classes": result, "tuned_peak_errors": tuned_peaks(found)}
    text = json.dumps(values, indent=1) + "\n"
    replace_file(Path(sys.argv[2]), text.encode())
    print(text)


if __name__ == "__main__":
    main()
