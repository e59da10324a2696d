"""Predictions from public training curves of language models of 25, 100 and 400 million weights.

The curves belong to "A Multi-Power Law for Loss Curve Prediction Across Learning Rate Schedules", Luo et al. 2025,
arXiv:2503.12811, github.com/thu-yao-01-luo/MultiPowerLaw (MIT). They are not part of this repository: clone theirs, and
pass its folder. Their runs of 24,000 updates are used: those of 72,000 are beyond twice the length, and the two-stage
runs have 16,000, where no other schedule was trained. The truth is the mean of the last three rows of a run.

python experiments/prediction_public_csv.py ~/MultiPowerLaw records/prediction/public_csv.json
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from prediction_public_logs import judged, summary

from loganneal import Constant, Cosine, Schedule, Warmup, WarmupStableDecay
from loganneal._disk import replace_file
from loganneal.diagnosis import Log
from loganneal.diagnosis.logs import read_log
from loganneal.prediction import Run, predict

PEAK, FLOOR, STEPS, WARMUP, COOLDOWN = 3e-4, 3e-5, 24_000, 2_160, 4_000
SIZES = (25, 100, 400)

SCHEDULES: dict[str, Schedule] = {
    "cosine_24000": Warmup(Cosine(PEAK, STEPS - WARMUP, FLOOR), WARMUP),
    "constant_24000": Warmup(Constant(PEAK), WARMUP),
    "wsd_20000_24000": WarmupStableDecay(PEAK, STEPS, WARMUP, COOLDOWN, FLOOR, shape="geometric"),
    "wsdld_20000_24000": WarmupStableDecay(PEAK, STEPS, WARMUP, COOLDOWN, FLOOR),
}
"""By the names of their files."""

LOGS = {
    "one log, only decays": ("cosine_24000",),
    "one log, a fast fall": ("wsdld_20000_24000",),
    "several logs, a fast fall": ("cosine_24000", "wsdld_20000_24000"),
}


def one_size(logs: Mapping[str, Log], given: tuple[str, ...]) -> dict[str, Any]:
    """What is said about the schedules that are not among the logs of one size, against the truth."""
    said = predict([Run(logs[name], SCHEDULES[name]) for name in given], SCHEDULES, families=())
    final = {name: float(np.mean(log.loss[-3:])) for name, log in logs.items()}
    return judged(said, final, given, "cosine_24000")


def main() -> None:
    """Predict, compare and write."""
    folder = Path(sys.argv[1]) / "loss_curve_repo"
    logs = {size: {name: read_log(folder / f"csv_{size}" / f"{name}.csv").log for name in SCHEDULES} for size in SIZES}
    classes = {name: summary([one_size(logs[size], given) for size in SIZES]) for name, given in LOGS.items()}
    source = "github.com/thu-yao-01-luo/MultiPowerLaw (MIT), one seed a run; arXiv:2503.12811"
    text = json.dumps({"source": source, "classes": classes}, indent=1) + "\n"
    replace_file(Path(sys.argv[2]), text.encode())
    print(text)


if __name__ == "__main__":
    main()
