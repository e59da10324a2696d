"""Tasks that the rules of diagnosis have not seen, run once after the rules were fixed: hits, misses, and bounds.

Networks and optimizers are new, at the budget of `diagnosis_runs.py` and with the same failures planted.

LOGANNEAL_DATA=~/data python experiments/diagnosis_fresh.py peaks      # the peak rate of each task, by a coarse search
LOGANNEAL_DATA=~/data python experiments/diagnosis_fresh.py run        # trains, and writes records/diagnosis/fresh.json
python experiments/diagnosis_fresh.py                                  # prints the tables of docs/diagnosis.md
"""

import functools
import json
import math
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from diagnosis import CLEARLY, CONTROL, LOW, Control, table
from diagnosis_runs import CASES, Case, cla, fit
from diagnosis_tasks import LENGTH, Setting, images, optical, photographs, pneumonia, shakespeare
from scipy.stats import beta
from torch import Tensor, nn

from loganneal.diagnosis import RULES, Log, diagnose
from loganneal.models.gpt import GPT

RECORD = Path(__file__).parent.parent / "records" / "diagnosis" / "fresh.json"
PEAKS = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
SEARCH_SEED = 1000
"""The search does not use the seeds of the runs."""


class Residual(nn.Module):
    """A small residual network with group normalisation."""

    def __init__(self, channels: int, width: int, classes: int) -> None:
        super().__init__()
        self.stem = nn.Conv2d(channels, width, 3, 2, 1)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.GroupNorm(4, width), nn.SiLU(), nn.Conv2d(width, width, 3, 1, 1)) for _ in range(3)
        )
        self.head = nn.Linear(width, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Images (n, channels, side, side) to scores (n, classes)."""
        y = self.stem(x)
        for block in self.blocks:
            y = y + block(y)
        return self.head(y.mean((2, 3)))


class Patches(nn.Module):
    """A vision transformer of two layers on patches of 7 x 7 pixels."""

    def __init__(self, classes: int, width: int = 48) -> None:
        super().__init__()
        self.patches = nn.Conv2d(1, width, 7, 7)
        self.places = nn.Parameter(0.02 * torch.randn(16, width))
        layer = nn.TransformerEncoderLayer(width, 4, 2 * width, dropout=0.0, batch_first=True, norm_first=True)
        self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(width, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Images (n, 1, 28, 28) to scores (n, classes)."""
        y = self.patches(x).flatten(2).transpose(1, 2) + self.places
        return self.head(self.layers(y).mean(1))


class Text(nn.Module):
    """The GPT of the library, with scores laid out as the loss expects them."""

    def __init__(self) -> None:
        super().__init__()
        self.network = GPT(65, LENGTH, width=48, depth=2, heads=4)

    def forward(self, x: Tensor) -> Tensor:
        """Characters (n, length) to scores (n, 65, length)."""
        return self.network(x).transpose(1, 2)


def squares() -> nn.Module:
    """Convolutions on handwritten digits of 8 x 8 pixels."""
    layers = (nn.Unflatten(1, (1, 8, 8)), nn.Conv2d(1, 16, 3, 1, 1), nn.GELU(), nn.Conv2d(16, 32, 3, 2, 1), nn.GELU())
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(512, 10))


imagenette = functools.partial(photographs, name="imagenette72", each=330, side=24)
TASKS = {
    "digits, convolutions, Adam": Setting(
        images(optical, (1200, 590)), squares, functools.partial(torch.optim.Adam, lr=1.0), 0.03, 24, 1200, 24
    ),
    "pneumonia, vision transformer, AdamW": Setting(
        images(pneumonia, (3200, 1000)),
        lambda: Patches(2),
        functools.partial(torch.optim.AdamW, lr=1.0, weight_decay=0.05),
        0.003,
        48,
        3200,
        48,
    ),
    "shakespeare, GPT, NAdam": Setting(
        shakespeare, Text, functools.partial(torch.optim.NAdam, lr=1.0), 0.003, 32, 1600, 32
    ),
    "imagenette, residual network, RMSprop": Setting(
        images(imagenette, (2600, 700)),
        lambda: Residual(3, 16, 10),
        functools.partial(torch.optim.RMSprop, lr=1.0, momentum=0.9),
        0.001,
        48,
        2600,
        96,
    ),
}
"""The peaks are those that the search found."""


def peaks(root: Path) -> None:
    """The last validation loss of the control at each peak."""
    for name, setting in TASKS.items():
        data = setting.load(root, SEARCH_SEED)
        for peak in PEAKS:
            rows = list(fit(setting, data, cla(peak), SEARCH_SEED))
            print(name, peak, [round(value, 4) for value in rows[-1][2:]], flush=True)


def run(root: Path) -> None:
    """Train every case of every task, and keep what the diagnosis said and how the run ended."""
    started, found = time.perf_counter(), []
    for name, setting in TASKS.items():
        for case in CASES:
            for seed in range(case.seeds):
                found.append({"task": name, "case": case.name, "seed": seed, **one(setting, case, seed, root)})
                print(found[-1]["found"], name, case.name, round(time.perf_counter() - started), flush=True)
        rows = ",\n".join(json.dumps(row) for row in found)
        RECORD.write_text(f"[\n{rows}\n]\n")


def one(setting: Setting, case: Case, seed: int, root: Path) -> dict[str, Any]:
    """One run: the diagnosis of its log, its last validation loss, and the losses themselves, every tenth."""
    data = setting.load(root, seed)
    train = data.train[: setting.tiny] if case.tiny else data.train
    rows = list(fit(setting, data._replace(train=train), case.schedule(setting), seed))
    epoch = max(1, setting.tiny // setting.batch_size) if case.tiny else setting.steps_per_epoch
    measured = [row for row in rows if len(row) > 4]
    columns = list(zip(*(row[:4] for row in rows), strict=True))
    log = Log(*columns[:3], [r[0] for r in measured], [r[4] for r in measured], columns[3], steps_per_epoch=epoch)
    ended = measured[-1][4] if measured and len(rows[-1]) > 4 and math.isfinite(rows[-1][2]) else math.inf
    losses = [float(f"{row[2]:.4g}") for row in rows[::10]]
    return {"found": diagnose(log).name, "validation_loss": _written(ended), "losses": [*map(_written, losses)]}


def _written(value: float) -> float | None:
    return float(f"{value:.5g}") if math.isfinite(value) else None


def planted(row: dict[str, Any]) -> str:
    """What was planted, in the words of a diagnosis."""
    name = str(row["case"])
    return "healthy" if name.startswith("healthy") or name == LOW else name.replace("-", " ")


def controls(rows: Sequence[dict[str, Any]]) -> dict[str, Control]:
    """Mean and standard deviation of the healthy controls, by task."""
    found = {}
    for task in {row["task"]: None for row in rows}:
        losses = torch.tensor([row["validation_loss"] for row in rows if (row["task"], row["case"]) == (task, CONTROL)])
        found[task] = Control(float(losses.mean()), float(losses.std()))
    return found


def counted(rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Healthy runs, and planted ones that end clearly worse than the control."""
    known = controls(rows)
    for row in rows:
        loss = math.inf if row["validation_loss"] is None else row["validation_loss"]
        if planted(row) == "healthy" or known[row["task"]].distance(loss) > CLEARLY:
            yield row


def bounds(hits: int, total: int, level: float = 0.95) -> str:
    """A share with its exact bounds after Clopper and Pearson."""
    low = beta.ppf((1 - level) / 2, hits, total - hits + 1) if hits else 0.0
    high = beta.ppf((1 + level) / 2, hits + 1, total - hits) if hits < total else 1.0
    return f"{hits} of {total} ({low:.0%} to {high:.0%})"


def main() -> None:
    """Print the tables."""
    kept = list(counted(json.loads(RECORD.read_text())))
    rows = []
    for task in (*{row["task"]: None for row in kept}, None):
        own = [row for row in kept if task in {None, row["task"]}]
        sick = [row for row in own if planted(row) != "healthy"]
        well = [row for row in own if planted(row) == "healthy"]
        hits, alarms = sum(row["found"] == planted(row) for row in sick), sum(row["found"] in NAMES for row in well)
        rows.append([task or "all", bounds(hits, len(sick)), bounds(alarms, len(well))])
    print(table(["task", "failures found", "false alarms"], rows))
    print()
    print(by_failure(kept))


NAMES = {rule.name for rule in RULES}


def by_failure(kept: Sequence[dict[str, Any]]) -> str:
    """Hits, confusions and misses by what was planted."""
    rows = []
    for rule in RULES:
        own = [row for row in kept if planted(row) == rule.name]
        hits = sum(row["found"] == rule.name for row in own)
        others = sum(row["found"] in NAMES for row in own) - hits
        rows.append(
            [rule.name, bounds(hits, len(own)) if own else "none that counts", others, len(own) - hits - others]
        )
    return table(["planted", "found", "taken for another", "missed"], rows)


if __name__ == "__main__":
    torch.set_num_threads(1)
    actions = {"peaks": peaks, "run": run}
    if len(sys.argv) > 1:
        actions[sys.argv[1]](Path(os.environ["LOGANNEAL_DATA"]))
    else:
        main()
