"""The folder of one run of a command: what the script is given, and what it leaves."""

import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from loganneal._trial import PROBE, RATES, REPORTS
from loganneal.runs.command_spec import CommandSpec
from loganneal.runs.macros import fill, used

TAIL_BYTES = 4096
"""How much of the end of a failed run's output is kept; the folder has all of it."""

WATCHED = ("stdout.txt", "stderr.txt", REPORTS, RATES)
"""Files that grow while a run is alive."""


class RunPlace:
    """The folder of a run of a command.

    Args:
        spec: The run, which says where its folder is.
    """

    def __init__(self, spec: CommandSpec) -> None:
        self.spec = spec
        self.path = (Path(spec.folder) / spec.key).absolute()
        self.out, self.trial = self.path / "out", self.path / "trial.json"
        self._last_sign = 0.0

    @property
    def cwd(self) -> Path:
        """Where the command runs."""
        return Path(self.spec.cwd).absolute()

    def prepare(self) -> list[str]:
        """Write what the script is given, and return its words; the files of an earlier attempt stay only to resume."""
        if not self.spec.resume:
            shutil.rmtree(self.path, ignore_errors=True)
        self.out.mkdir(parents=True, exist_ok=True)
        self.trial.write_text(json.dumps(self._told(), indent=1) + "\n", encoding="utf-8")
        rates = self.path / "rates.txt"
        if "rates" in used(self.spec.command):
            asked = np.asarray(self.spec.schedule(np.arange(self.spec.steps)), dtype=float).tolist()
            rates.write_text("".join(f"{rate!r}\n" for rate in asked), encoding="ascii")
        return fill(self.spec.command, self._macros(rates))

    def _told(self) -> dict[str, object]:
        spec = self.spec
        numbers = {"steps": spec.steps, "seed": spec.seed, "split_seed": spec.split_seed}
        return {
            "version": 1,
            **numbers,
            "schedule": spec.schedule.to_dict(),
            "folder": str(self.out),
            "probe": spec.probe,
        }

    def _macros(self, rates: Path) -> dict[str, str]:
        spec = self.spec
        numbers = {"seed": spec.seed, "split_seed": spec.split_seed, "steps": spec.steps}
        return {
            **{name: str(value) for name, value in numbers.items()},
            "peak_lr": repr(spec.peak_lr),
            "rates": str(rates),
            "out": str(self.out),
            "trial": str(self.trial),
        }

    def is_silent(self, since: float, seconds: float) -> bool:
        """Whether the run has written nothing for so long.

        All of its output is looked at only if the usual files are old.

        Args:
            since: When it started, as the time of a file.
            seconds: The silence that is allowed.
        """
        limit = time.time() - seconds
        usual = (_written(self.path / name) for name in WATCHED)
        self._last_sign = max(self._last_sign, since, *usual)
        if self._last_sign < limit:
            self._last_sign = max([self._last_sign, *map(_written, _below(self.out))])
        return self._last_sign < limit

    def tail(self) -> str:
        """The end of its standard error, or of its standard output if there were no errors."""
        for name in ("stderr.txt", "stdout.txt"):
            text = _tail(self.path / name)
            if text.strip():
                return text
        return ""

    def observed(self) -> list[dict[str, float]]:
        """What a probe saw at each update."""
        file = self.path / PROBE
        lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
        return [json.loads(line) for line in lines]


def _below(folder: Path) -> Iterator[Path]:
    """A folder and everything below it that is still there."""
    for parent, _, names in os.walk(folder):
        yield Path(parent)
        yield from (Path(parent, name) for name in names)


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _tail(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL_BYTES))
        return file.read().decode("utf-8", errors="replace")
