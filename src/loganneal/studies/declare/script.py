"""The user's own training command as what a comparison trains: how it is started, and what it is scored by."""

import hashlib
import math
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from loganneal import Schedule, _checks
from loganneal.data import Splits, Workload
from loganneal.data.metric import Metric
from loganneal.runs.command_spec import REPORT, SILENCE_SECONDS, CommandSpec
from loganneal.runs.macros import check_macros, used

PEAK_FACTOR = 2.5
"""Peak rates are tried within this factor of the one that works today, where no other is said."""

MOST_FILES = 2000
"""Files of code in a folder beyond which it is taken for no project's."""

_CODE = (".py", ".sh", ".jl", ".R", ".c", ".cc", ".cpp", ".cu", ".h", ".rs", ".pl", ".awk")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SKIPPED = ("node_modules", "__pycache__", "site-packages", "loganneal-study", "loganneal-compare")


@dataclass(frozen=True, kw_only=True)
class Script:
    """A training command, and how its runs are started and scored.

    Args:
        command: Its words, with macros such as ``${seed}``.
        cwd: Folder that it runs in.
        metric: Name of the reported value that validation chooses by.
        test_metric: Name of the value that the chosen runs are compared by; None for ``metric``.
        higher_is_better: Whether larger values are better.
        log: As in `loganneal.runs.CommandSpec`.
        gpus, timeout, silence, retries, resume: As in `loganneal.runs.CommandSpec`.
        code: Digest of its files; see ``digest_of``.

    Raises:
        ValueError: A value is not allowed; the message names the parameter.

    Example:
        >>> Script(command=("python", "-m", "mine.train", "--seed", "${seed}"), higher_is_better=False).name
        'python'
    """

    command: tuple[str, ...]
    cwd: Path = Path()
    metric: str = "validation"
    test_metric: str | None = None
    higher_is_better: bool = True
    log: str = REPORT
    gpus: float | None = None
    timeout: float | None = None
    silence: float = SILENCE_SECONDS
    retries: int = 1
    resume: bool = False
    code: str = ""

    def __post_init__(self) -> None:
        words = self.command
        if not words or not all(isinstance(word, str) and "\0" not in word for word in words) or not words[0]:
            _checks.fail("a comparison", "command", "a list of words, the program first", list(words))
        check_macros(words)
        if not self.cwd.is_dir():
            _checks.fail("a comparison", "cwd", "a folder that is there", str(self.cwd))

    @property
    def name(self) -> str:
        """The name of the script, which is the first word that is a file, else the program."""
        plain = [word for word in self.command if "${" not in word] or ["command"]
        files = [word for word in plain[1:] if (self.cwd / word).is_file()]
        return Path((files or plain)[0]).name

    @property
    def metric_of(self) -> Metric:
        """The metric as a reader sees it, by the name that the script gives it where that says more than the part."""
        given = self.test_metric or self.metric
        name = "score" if given in ("validation", "test") else re.sub(r"\W+", "_", given).strip("_") or "metric"
        return Metric(name, higher_is_better=self.higher_is_better, decimals=4)

    def workload(self, steps: int, margin: float, peak_range: tuple[float, float]) -> Workload:
        """What a comparison knows of a workload, for the command."""
        return Workload(
            name=self.name,
            title=self.name,
            classes=0,
            floor=-math.inf if self.higher_is_better else math.inf,
            margin=margin,
            peak_range=peak_range,
            model="as the script has it",
            batch_size=1,
            steps=steps,
            train_examples=1,
            validation_examples=1,
            loader=_no_data,
            kind="command",
            metric=self.metric_of,
            optimizer="as the script has it",
        )

    def spec(self, schedule: Schedule, steps: int, seed: int, split_seed: int) -> CommandSpec:
        """One run of it."""
        same = ("command", "code", "metric", "test_metric", "higher_is_better", "log", "gpus", "timeout", "silence")
        return CommandSpec(
            workload=self.name,
            schedule=schedule,
            steps=steps,
            seed=seed,
            split_seed=split_seed,
            cwd=str(self.cwd),
            retries=self.retries,
            resume=self.resume,
            **{name: getattr(self, name) for name in same},
        )

    def with_digest(self) -> "Script":
        """The same with the digest of its files as they are now."""
        return replace(self, code=digest_of(self.command, self.cwd))

    @property
    def takes_schedule_by_file(self) -> bool:
        """Whether the command itself names the file of rates."""
        return "rates" in used(self.command)


def digest_of(command: Sequence[str], cwd: Path) -> str:
    """Digest of a script's code: the files that its command names, and all files of code below its folder.

    Args:
        command: Its words.
        cwd: Folder that it runs in.

    Returns:
        16 hexadecimal digits of a SHA-256.

    Raises:
        ValueError: The folder has too many files of code to be one project's.
    """
    digest = hashlib.sha256()
    named = [cwd / word for word in command if "${" not in word and (cwd / word).is_file()]
    own = sorted(file for file in {*named, *_code_below(cwd)} if file.resolve().is_relative_to(cwd.resolve()))
    for file in own:
        digest.update(f"{file.relative_to(cwd)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _code_below(folder: Path) -> Iterator[Path]:
    count = 0
    for parent, folders, names in os.walk(folder):
        folders[:] = [one for one in folders if not _is_skipped(Path(parent, one))]
        found = [Path(parent, name) for name in names if name.endswith(_CODE)]
        count += len(found)
        yield from found
        if count > MOST_FILES:
            _checks.fail("a comparison", "cwd", f"a project's folder, with at most {MOST_FILES:,} files", str(folder))


def _is_skipped(folder: Path) -> bool:
    hidden = folder.name.startswith(".") or folder.name in _SKIPPED
    return hidden or (folder / "pyvenv.cfg").exists() or (folder / "trial.json").exists()


def read_seconds(owner: str, name: str, value: Any) -> float:
    """A duration: a number of seconds, or a text such as "90s", "20m", "3h".

    >>> read_seconds("a comparison", "timeout", "1.5h")
    5400.0
    """
    found = re.fullmatch(r"\s*([0-9.]+)\s*([smhd]?)\s*", value) if isinstance(value, str) else None
    if found:
        value = float(found[1]) * _SECONDS.get(found[2], 1.0)
    return _checks.number(owner, name, value, 0.0, math.inf, bounds="()", remedy="Such as 90, '20m' or '3h'.")


def read_margin(value: Any) -> tuple[float, bool]:
    """A margin in hundredths, and whether it is relative to the reference's score: "0.3%" is, a number is not.

    >>> read_margin("0.3%"), read_margin(0.005)
    ((0.3, True), (0.5, False))
    """
    if isinstance(value, str) and re.fullmatch(r"\s*[0-9.]+\s*%\s*", value):
        return float(value.strip().rstrip("%")), True
    remedy = "A share of the reference's score has a sign: '0.3%'."
    return 100.0 * _checks.number("a comparison", "margin", value, 0.0, math.inf, bounds="()", remedy=remedy), False


def around(peak_lr: Any, peak_factor: Any) -> tuple[float, float]:
    """The range of peak rates within a factor of the one that works today.

    >>> around(0.5, 2)
    (0.25, 1.0)
    """
    peak = _checks.number("a comparison", "peak_lr", peak_lr, 0.0, math.inf, bounds="()")
    factor = _checks.number("a comparison", "peak_factor", peak_factor, 1.2, 100.0)
    return peak / factor, peak * factor


def _no_data(split_seed: int, train: int, validation: int) -> Splits:
    raise ValueError("A command reads its own data.")


SCRIPT_KEYS = (
    *("command", "cwd", "metric", "test_metric", "higher_is_better", "log", "gpus", "timeout", "silence"),
    *("retries", "resume"),
)
"""What a [[comparison]] can say of its command."""
