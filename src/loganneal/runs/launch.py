"""How a training command was run: its words, its attempts, and the learning rates that were seen."""

from dataclasses import dataclass

from loganneal._value import Value


@dataclass(frozen=True)
class Attempt(Value):
    """One start of a command.

    Args:
        seconds: From its start to its end.
        exit: Its exit status, negative for a signal; None where loganneal ended it.
        reason: Why it was no success; "" for a success.
    """

    seconds: float
    exit: int | None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class SeenRates(Value):
    """The learning rates that were seen, and how they compare with the schedule.

    Args:
        source: "optimizer" where `loganneal.trial` watched it, "report" where the script said them, or a log's name.
        step: Updates, counted from 0.
        rate: The rate that each had.
        begins: Places in ``step`` where a process began; more than one where a run was resumed.
        updates: How many updates were seen in all; None where only some are logged.
        uneven: Whether the optimizer's groups followed different curves.
        factor: Seen over asked; None where the curves do not agree.
        offset: Updates by which the seen curve is late; None likewise.
        largest_error: Largest difference between seen and asked, over the peak; None likewise.
    """

    source: str
    step: tuple[int, ...]
    rate: tuple[float, ...]
    begins: tuple[int, ...] = (0,)
    updates: int | None = None
    uneven: bool = False
    factor: float | None = None
    offset: int | None = None
    largest_error: float | None = None


@dataclass(frozen=True, kw_only=True)
class Launch(Value):
    """How a command was run.

    Args:
        argv: Its words, with macros replaced.
        attempts: Each start.
        rates: The rates that were seen; None where none were.
        host: The machine's name.
        tail: The end of its output, where it failed.
    """

    argv: tuple[str, ...]
    attempts: tuple[Attempt, ...] = ()
    rates: SeenRates | None = None
    host: str = ""
    tail: str = ""
