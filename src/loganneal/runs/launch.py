"""How a training command was run: its words, its attempts, and the learning rates that were seen."""

from dataclasses import dataclass

from loganneal._value import Value


@dataclass(frozen=True)
class Attempt(Value):
    """One start of a command.

    Args:
        seconds: Wall time from its start to its end.
        exit: Its exit status, or minus the number of the signal that ended it; None if loganneal ended it.
        reason: Why the attempt failed; "" for a success.

    Example:
        >>> Attempt(seconds=61.2, exit=1, reason="exit status 1").to_dict()
        {'seconds': 61.2, 'exit': 1, 'reason': 'exit status 1'}
    """

    seconds: float
    exit: int | None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class SeenRates(Value):
    """The learning rates that were recorded during a run, and how they compare with the schedule.

    Args:
        source: "optimizer" if `loganneal.trial` watched the optimizer, "report" if the script reported its rates, or
            the name of a log.
        step: The updates with a recorded rate, counted from 0.
        rate: The learning rate of each of these updates.
        begins: Positions in ``step`` at which a process began; more than one if the run was resumed.
        updates: Number of updates that were seen in all; None if only some updates are logged.
        uneven: Whether the optimizer's parameter groups followed different curves.
        factor: Recorded rate over scheduled rate; None if the two curves do not agree.
        offset: Number of updates by which the recorded curve is late; None if the curves do not agree.
        largest_error: Largest difference between recorded and scheduled rate, as a share of the peak; None if the
            curves do not agree.

    Example:
        >>> seen = SeenRates(source="optimizer", step=(0, 1), rate=(0.1, 0.05), factor=1.0, offset=0)
        >>> SeenRates.from_dict(seen.to_dict()) == seen
        True
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
        argv: The words of the command, with its macros replaced.
        attempts: The starts of the command, in order.
        rates: The learning rates that were recorded; None if there were none.
        host: Name of the machine.
        tail: The end of the output of a run that failed; "" otherwise.

    Example:
        >>> launch = Launch(argv=("python", "train.py", "--seed", "3"), attempts=(Attempt(seconds=61.2, exit=0),))
        >>> len(launch.attempts), launch.rates
        (1, None)
    """

    argv: tuple[str, ...]
    attempts: tuple[Attempt, ...] = ()
    rates: SeenRates | None = None
    host: str = ""
    tail: str = ""
