"""The specification of one run of a training command: every choice that decides its outcome, as one frozen value."""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from loganneal import Schedule, _checks, from_dict
from loganneal.runs._address import address
from loganneal.runs.spec import MAX_SEED

COMMAND_VERSION = 1

STDOUT = "stdout:"
"""What a `log` begins with that is read from the output of a run: a regular expression follows."""

REPORT = "report"
"""The log of a script that reports through `loganneal.trial`, or writes `report.csv`."""

SILENCE_SECONDS = 20 * 60.0
"""Seconds without any output after which a run counts as hanging."""

_LAUNCHING = ("cwd", "folder", "gpus", "timeout", "silence", "retries", "resume", "probe")
"""Fields that say how the command is started: they do not decide the outcome, and are not part of the key."""


@dataclass(frozen=True, kw_only=True)
class CommandSpec:
    """One run of your own training command: two runs with equal specifications are the same run.

    Args:
        workload: The script's name, for reports and for the name of the journal's file.
        command: The words of the command, with macros such as ``${seed}``; see ``loganneal.runs.macros``.
        schedule: The learning rate as a function of the update, counted from 0.
        steps: Number of updates, at least 1.
        seed: Seed for the script's random generators; at least 0.
        split_seed: Seed for the script's split of its data; at least 0.
        code: Digest of the script's files.
        metric: Name of the reported value by which validation chooses.
        test_metric: Name of the value by which the chosen run is scored; None for ``metric``.
        higher_is_better: Whether larger values of the metric are better.
        log: Where values are read: "report", a file below the run's output folder such as "trainer_state.json", or
            "stdout:" followed by a regular expression whose named groups are the values.
        cwd: Folder in which the command runs.
        folder: Folder in which the run's own folder is made.
        gpus: Number of devices of the run, from 0 to 64; a fraction shares one. None for one device if there are any.
        timeout: Seconds after which a run is ended, above 0; None for no limit.
        silence: Seconds without any output after which a run counts as hanging, above 0.
        retries: Number of further attempts after a run has failed, at least 0.
        resume: Whether a further attempt finds the files of the previous one in ``${out}``.
        probe: Number of updates to observe before the command is ended; 0 for a whole run.

    Raises:
        ValueError: A value is not allowed; the message names the parameter.

    Example:
        >>> import loganneal as la
        >>> spec = CommandSpec(workload="train.py", command=("python", "train.py", "--seed", "${seed}"),
        ...                    schedule=la.Cosine(6e-4, 100), steps=100, seed=0, split_seed=0)
        >>> CommandSpec.from_dict(spec.to_dict()) == spec, spec.metric
        (True, 'validation')
    """

    workload: str
    command: tuple[str, ...]
    schedule: Schedule
    steps: int
    seed: int
    split_seed: int
    code: str = ""
    metric: str = "validation"
    test_metric: str | None = None
    higher_is_better: bool = True
    log: str = REPORT
    cwd: str = field(default=".", compare=False)
    folder: str = field(default="", compare=False)
    gpus: float | None = field(default=None, compare=False)
    timeout: float | None = field(default=None, compare=False)
    silence: float = field(default=SILENCE_SECONDS, compare=False)
    retries: int = field(default=1, compare=False)
    resume: bool = field(default=False, compare=False)
    probe: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.schedule, Schedule):
            _checks.fail("CommandSpec", "schedule", "a schedule of loganneal", self.schedule)
        if not self.command or not all(isinstance(word, str) for word in self.command):
            _checks.fail("CommandSpec", "command", "a list of words", self.command)
        self._set("command", tuple(self.command))
        self._set("steps", _checks.whole("CommandSpec", "steps", self.steps, 1))
        for name in ("seed", "split_seed"):
            self._set(name, _checks.whole("CommandSpec", name, getattr(self, name), 0, MAX_SEED))
        self._set("retries", _checks.whole("CommandSpec", "retries", self.retries, 0))
        self._check_limits()

    def _check_limits(self) -> None:
        for name in ("timeout", "silence"):
            if getattr(self, name) is not None:
                self._set(name, _checks.number("CommandSpec", name, getattr(self, name), 0.0, math.inf, bounds="()"))
        if self.gpus is not None:
            self._set("gpus", _checks.number("CommandSpec", "gpus", self.gpus, 0.0, 64.0))

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)  # the class is frozen; numpy's numbers become Python's

    @property
    def peak_lr(self) -> float:
        """The highest rate of the schedule."""
        return float(self.schedule.max_lr)

    def to_dict(self) -> dict[str, Any]:
        """The choices that decide the outcome, as JSON values, with the version of their layout.

        How the command is started (``cwd``, ``gpus``, ``timeout`` and so on) is not among them.

        Returns:
            A dictionary that `json.dumps` accepts and `from_dict` reads.
        """
        names = [one.name for one in dataclasses.fields(self) if one.name not in _LAUNCHING]
        values = {name: getattr(self, name) for name in names}
        return {
            "command_version": COMMAND_VERSION,
            **values,
            "command": list(self.command),
            "schedule": self.schedule.to_dict(),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The specification that `to_dict` wrote; the fields for how the command is started have their defaults.

        Args:
            values: The dictionary, unchanged or after a round trip through JSON.

        Returns:
            A specification that equals the one that was written.

        Raises:
            ValueError: The version is unknown, or a value is not allowed.
            KeyError, TypeError: A field is missing or unknown.
        """
        fields = dict(values)
        version = fields.pop("command_version", None)
        _checks.whole("CommandSpec", "command_version", version, COMMAND_VERSION, COMMAND_VERSION)
        words, schedule = fields.pop("command"), from_dict(fields.pop("schedule"))
        return cls(command=tuple(words), schedule=schedule, **fields)

    @property
    def key(self) -> str:
        """The key of the run's record, 16 hexadecimal digits of the SHA-256 of its JSON, with floats to 10 digits."""
        return address(self.to_dict())
