"""The figures of docs/prediction.md, from two recorded runs on CIFAR-10: cosine and one-cycle, with one seed.

python experiments/prediction_figures.py records/runs docs/figures
"""

import sys
from pathlib import Path

from prediction_retrospective import groups

from loganneal.prediction import Run, predict
from loganneal.prediction.ensemble import fit_ensemble
from loganneal.reports.diagnosis import write_figure
from loganneal.reports.prediction import curves_figure, fit_figure, range_figure
from loganneal.runs import Journal
from loganneal.runs.as_log import log_of

LOGS = ("Cosine", "OneCycle")
PEAK, SEED = 0.4628, 3


def main() -> None:
    """Predict the other shapes of the same seed, and draw."""
    found = groups(Journal(Path(sys.argv[1])))
    runs = next(one for one in found if one["Cosine"].spec.seed == SEED and _peak(one) == PEAK)
    given = [Run(log_of(runs[name]), runs[name].spec.schedule) for name in LOGS]
    schedules = {name: record.spec.schedule for name, record in runs.items() if name not in LOGS}
    said = predict(given, schedules)
    ensemble = fit_ensemble(given, "training loss")
    figures = {
        "fit": fit_figure(given, ensemble, said),
        "curves": curves_figure(said, schedules, ensemble),
        "ranges": range_figure(said),
    }
    for name, figure in figures.items():
        write_figure(figure, Path(sys.argv[2]) / f"prediction-{name}.png")
    for one in said.schedules:
        truth = runs[one.name].metrics[-1].loss / runs["Cosine"].metrics[-1].loss - 1.0
        print(f"{one.name:28} {one.verdict:12} {100 * (one.difference or 0):+.1f}%, trained {100 * truth:+.1f}%")


def _peak(runs: dict) -> float:  # type: ignore[type-arg]
    return round(float(runs["Cosine"].spec.schedule.max_lr), 4)


if __name__ == "__main__":
    main()
