"""Folders: a run of `loganneal train`, Transformers checkpoints, event files."""

import itertools
import re
from pathlib import Path
from typing import Any

from loganneal._checks import printable
from loganneal.diagnosis.logs.events import EVENTS
from loganneal.diagnosis.logs.json_rows import TRAINER_STATE, json_file
from loganneal.diagnosis.logs.text import LogError

METRICS = "metrics.csv"


def log_within(folder: Path) -> Path:
    """What to read in a folder; for event files, the folder itself.

    Raises:
        LogError: There is nothing to read.
    """
    for name in (METRICS, TRAINER_STATE):
        if (folder / name).is_file():
            return folder / name
    saved = sorted(folder.glob(f"checkpoint-*/{TRAINER_STATE}"), key=lambda file: _number(file.parent.name))
    if saved:
        return saved[-1]
    if any(itertools.islice(folder.rglob(EVENTS), 1)):
        return folder
    raise LogError(
        f"{printable(folder)} contains no log: neither {METRICS}, nor {TRAINER_STATE}, nor TensorBoard event files. "
        "Name the file itself."
    )


def _number(name: str) -> tuple[int, str]:
    digits = "".join(re.findall(r"[0-9]+", name)).lstrip("0")
    return len(digits), digits


def run_facts(folder: Path) -> tuple[float | None, bool]:
    """The steps of an epoch, and whether the run diverged, from what `loganneal train` writes beside its metrics.

    Raises:
        LogError: A file beside the metrics is not JSON, or has something else where a number belongs.
    """
    spec, result = (_dictionary(folder / name) for name in ("spec.json", "result.json"))
    diverged = result.get("status") == "diverged"
    if not {"train_images", "batch_size"} <= spec.keys():
        return None, diverged
    size, batch = (_positive(folder / "spec.json", name, spec[name]) for name in ("train_images", "batch_size"))
    return epoch_steps(size, batch), diverged


def epoch_steps(size: int, batch: int) -> float:
    """Updates of an epoch of one of our own runs."""
    return float(max(size // batch, 1))  # the incomplete last batch is left out


def _dictionary(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    values = json_file(file)
    return values if isinstance(values, dict) else {}


def _positive(file: Path, name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**53:
        raise LogError(f"{printable(file)} does not have a whole number above 0 under {name!r}.")
    return value
