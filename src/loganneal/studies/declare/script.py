"""Your own training command as what a comparison trains: how it is started, and what it is scored by."""

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
from loganneal.runs.command_spec import REPORT, SILENCE_SECONDS, STDOUT, CommandSpec
from loganneal.runs.macros import check_macros

PEAK_FACTOR = 2.5
"""Peak rates are tried within this factor of the one that works today, unless another factor is given."""

MOST_FILES = 2000
"""Largest number of code files in a folder that is still taken for a project's."""

_CODE = (".py", ".sh", ".jl", ".R", ".c", ".cc", ".cpp", ".cu", ".h", ".rs", ".pl", ".awk")
_CONFIGURATION = (".yaml", ".yml", ".toml", ".json", ".ini", ".cfg", ".gin")
_WRITTEN_BY_HAND = (*_CODE, *_CONFIGURATION)
_CONFIGURED = frozenset({"conf", "config", "configs", "cfg", "cfgs"})
_NUMBER = r"(?:\d+\.?\d*|\.\d+)"
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SKIPPED = ("node_modules", "__pycache__", "site-packages", "loganneal-study", "loganneal-compare")


@dataclass(frozen=True, kw_only=True)
class Script:
    """A training command, and how its runs are started and scored.

    Args:
        command: The words of the command, with macros such as ``${seed}``.
        cwd: Folder in which the command runs; it must exist.
        metric: Name of the reported value by which validation chooses.
        test_metric: Name of the value by which the chosen runs are compared; None for ``metric``.
        higher_is_better: Whether larger values are better.
        log: Where values are read: "report", a file below the run's output folder such as "trainer_state.json", or
            "stdout:" followed by a regular expression whose named groups are the values.
        gpus: Number of devices of a run, from 0 to 64; a fraction shares one. None for one device if there are any.
        timeout: Seconds after which a run is ended, above 0; None for no limit.
        silence: Seconds without any output after which a run counts as hanging, above 0.
        retries: Number of further attempts after a run has failed, at least 0.
        resume: Whether a further attempt finds the files of the previous one in ``${out}``.
        code: Digest of the script's files; `with_digest` computes it.

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
            _checks.fail("a comparison", "cwd", "a folder that exists", str(self.cwd))
        _check_log(self.log)

    @property
    def name(self) -> str:
        """Name of the script, the first word that is a file, or else the program."""
        plain = [word for word in self.command if "${" not in word] or ["command"]
        files = [word for word in plain[1:] if _is_file(self.cwd / word)]
        return Path((files or plain)[0]).name

    @property
    def metric_of(self) -> Metric:
        """The metric as a report shows it; "score" if the script only calls it "validation" or "test"."""
        given = self.test_metric or self.metric
        name = "score" if given in ("validation", "test") else re.sub(r"\W+", "_", given).strip("_") or "metric"
        return Metric(name, higher_is_better=self.higher_is_better, decimals=None)

    def workload(self, steps: int, margin: float, peak_range: tuple[float, float]) -> Workload:
        """The command in the form of a workload, so that a comparison can train it.

        Args:
            steps: Updates in a run, at least 1.
            margin: Difference in hundredths of the score within which two arms tie.
            peak_range: Lowest and highest peak learning rate that tuning tries.

        Returns:
            A workload of the kind "command", which has no data of its own.
        """
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
        """One run of the command.

        Args:
            schedule: The learning rate as a function of the update.
            steps: Number of updates, at least 1.
            seed: Seed for the script's random generators; at least 0.
            split_seed: Seed for the script's split of its data; at least 0.

        Returns:
            The specification of the run.

        Raises:
            ValueError: A value is not allowed; the message names the parameter.
        """
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
        """The same command with the digest of its files as they are now.

        Returns:
            A copy whose ``code`` is set.

        Raises:
            ValueError: The folder has too many files of code to be one project's, or the command is in quotes.
        """
        if len(self.command) == 1 and " " in self.command[0] and not _is_file(self.cwd / self.command[0]):
            remedy = "Remove the quotes around the whole command."
            _checks.fail("a comparison", "command", "separate words, the program first", list(self.command), remedy)
        return replace(self, code=digest_of(self.command, self.cwd))


def _check_log(log: str) -> None:
    """Refuse a place for values that no run could have."""
    if log.startswith(STDOUT):
        try:
            groups = re.compile(log.removeprefix(STDOUT)).groupindex
        except re.error as error:
            _checks.fail("a comparison", "log", "a regular expression after stdout:", log, f"It says: {error}.")
        if not groups:
            _checks.fail("a comparison", "log", "an expression with named groups, such as (?P<loss>...)", log)
    elif not log or Path(log).is_absolute() or ".." in Path(log).parts:
        _checks.fail("a comparison", "log", "a file below the output folder of a run, such as metrics.csv", log)


def digest_of(command: Sequence[str], cwd: Path) -> str:
    """Digest of a script's code: the files that its command names, and all files of code below its folder.

    Files of configuration count if the command names them, or if they are in a folder such as ``conf`` or ``configs``:
    elsewhere they are often written by runs.

    Args:
        command: The words of the command.
        cwd: Folder in which the command runs.

    Returns:
        16 hexadecimal digits of a SHA-256.

    Raises:
        ValueError: The folder has too many files of code to be one project's.
    """
    digest = hashlib.sha256()
    for name, file in _files(command, cwd).items():
        digest.update(f"{name}\0".encode())
        with file.open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()[:16]


def newest_file(command: Sequence[str], cwd: Path) -> str:
    """The name of the file of a script's code that was changed last; the parameters are those of `digest_of`."""
    files = _files(command, cwd)
    return max(files, key=lambda name: files[name].stat().st_mtime, default="none")


def _files(command: Sequence[str], cwd: Path) -> dict[str, Path]:
    """The files of a script's code by their names, in order: relative to its folder, or as the command names them."""
    named = _named(command, cwd)
    below = {file for file in {*named.values(), *_code_below(cwd)} if _is_below(file, cwd)}
    inside = {str(file.resolve().relative_to(cwd.resolve())): file for file in sorted(below)}
    outside = {
        name: file for name, file in named.items() if not _is_below(file, cwd) and name.endswith(_WRITTEN_BY_HAND)
    }
    return inside | dict(sorted(outside.items()))


def _named(command: Sequence[str], cwd: Path) -> dict[str, Path]:
    """The files that words of a command name, or the values of its options, as in --config=small.yaml.

    Values of options with other endings may name what a run writes, such as a log.
    """
    values = (value for word in command if (value := word.partition("=")[2]).endswith(_WRITTEN_BY_HAND))
    return {word: cwd / word for word in (*command, *values) if "${" not in word and _is_file(cwd / word)}


def _is_file(path: Path) -> bool:
    """Whether there is such a file; a word of a command may be too long for a name, which is an error otherwise."""
    try:
        return path.is_file()
    except OSError:
        return False


def _is_below(file: Path, folder: Path) -> bool:
    return file.resolve().is_relative_to(folder.resolve())


def _code_below(folder: Path) -> Iterator[Path]:
    count = 0
    for parent, folders, names in os.walk(folder):
        folders[:] = [one for one in folders if not _is_skipped(Path(parent, one))]
        configured = not _CONFIGURED.isdisjoint(Path(parent).relative_to(folder).parts)
        endings = _WRITTEN_BY_HAND if configured else _CODE
        yield from (Path(parent, name) for name in names if name.endswith(endings))
        count += sum(name.endswith(_CODE) for name in names)
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
    found = re.fullmatch(rf"\s*({_NUMBER})\s*([smhd]?)\s*", value) if isinstance(value, str) else None
    if found:
        value = float(found[1]) * _SECONDS.get(found[2], 1.0)
    return _checks.number(owner, name, value, 0.0, math.inf, bounds="()", remedy="Examples: 90, '20m', '3h'.")


def read_margin(value: Any) -> tuple[float, bool]:
    """A margin in hundredths, and whether it is relative to the reference's score: "0.3%" is, a number is not.

    >>> read_margin("0.3%"), read_margin(0.005)
    ((0.3, True), (0.5, False))
    """
    if isinstance(value, str) and re.fullmatch(rf"\s*{_NUMBER}\s*%\s*", value):
        return float(value.strip().rstrip("%")), True
    remedy = "Write a share of the reference's score with a percent sign: '0.3%'."
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
"""The keys of a [[comparison]] that describe its command."""
