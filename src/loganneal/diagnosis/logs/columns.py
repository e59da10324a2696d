"""Which column is taken for which quantity, and why if two could be meant."""

import difflib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from loganneal import _checks
from loganneal._checks import printable
from loganneal.diagnosis.logs import names
from loganneal.diagnosis.logs.names import Meaning, Quantity, meaning
from loganneal.diagnosis.logs.table import Table, Values
from loganneal.diagnosis.logs.text import LogError, listed
from loganneal.diagnosis.logs.values import is_grouped

ASKED = tuple(quantity.value for quantity in Quantity)


class Candidate(NamedTuple):
    """A column that could be taken for a quantity."""

    name: str
    meaning: Meaning
    values: Values


@dataclass(frozen=True)
class Choice:
    """The columns that were taken, and why.

    Args:
        columns: By quantity; several columns are summed.
        reasons: By quantity, if another column could have been meant.
        counter: The rank of the step's column in `names`.
    """

    columns: dict[Quantity, tuple[str, ...]] = field(default_factory=dict)
    reasons: dict[Quantity, str] = field(default_factory=dict)
    counter: int = names.STEPS

    def take(self, quantity: Quantity, *columns: str, reason: str = "") -> None:
        """Record a choice."""
        self.columns[quantity] = columns
        if reason:
            self.reasons[quantity] = reason


def choose(table: Table, asked: Mapping[str, str] | None = None) -> Choice:
    """The columns to read.

    Args:
        table: The log, of one run.
        asked: Columns that the user named, by quantity.

    Raises:
        ValueError: There is no such quantity.
        LogError: There is no such column, no loss or no step, or several losses that must not be summed.
    """
    given = _given(table, asked or {})
    found = _candidates(table, given)
    choice = Choice(counter=_counter_rank(given, found))
    for quantity, chosen in given.items():
        choice.take(quantity, *chosen)
    for quantity, taker in _TAKERS.items():
        if quantity not in given:
            taker(table, choice, found[quantity])
    _check_needed(table, choice)
    return choice


_LOG_CALLS = Meaning(Quantity.STEP, names.LOG_CALLS)


def _given(table: Table, asked: Mapping[str, str]) -> dict[Quantity, tuple[str, ...]]:
    """What the user named; a sum may be named by its parts, joined by plus signs."""
    for quantity in asked:
        _checks.one_of("read_log", "columns", quantity, ASKED)
    return {Quantity(quantity): _existing(table, name) for quantity, name in asked.items()}


def _existing(table: Table, name: str) -> tuple[str, ...]:
    parts = (name,) if name in table.columns else tuple(part.strip() for part in name.split("+"))
    for part in parts:
        if part not in table.columns:
            near = difflib.get_close_matches(part, table.columns, n=1)
            remedy = f" Did you mean {near[0]!r}?" if near else ""
            raise LogError(f"{printable(table.file)} has no column {printable(part)!r}; {_there(table)}.{remedy}")
    return parts


def _candidates(table: Table, given: Mapping[Quantity, tuple[str, ...]]) -> dict[Quantity, list[Candidate]]:
    found: dict[Quantity, list[Candidate]] = {quantity: [] for quantity in Quantity}
    used = {name for chosen in given.values() for name in chosen}
    for name in table.columns:
        meant = _LOG_CALLS if name == table.log_calls else meaning(name)
        values = table.numeric(name) if meant and name not in used else None
        if meant and values is not None and len(values.finite):
            found[meant.quantity].append(Candidate(name, meant, values))
    return found


def _counter_rank(given: Mapping[Quantity, tuple[str, ...]], found: Mapping[Quantity, list[Candidate]]) -> int:
    if Quantity.STEP in given:
        meant = meaning(given[Quantity.STEP][0])
        return meant.rank if meant and meant.quantity in names.COUNTERS else names.STEPS
    counters = _counters(found[Quantity.STEP])
    by_epochs = bool(counters) and counters[0].name == names.EVENTS_STEP and _of_epochs(found[Quantity.LOSS])
    return counters[0].meaning.rank if counters and not by_epochs else names.EPOCHS


def _of_epochs(losses: list[Candidate]) -> bool:
    """Whether losses are those that Keras writes for TensorBoard, with the epoch as the events' step."""
    return bool(losses) and all(names.words(found.name)[-2:] == ("epoch", "loss") for found in losses)


def _counters(candidates: list[Candidate]) -> list[Candidate]:
    """Counters, the intended one first: that of updates, and of several, one that does not start again."""
    moving = [found for found in candidates if _moves(found.values)] or candidates
    return sorted(moving, key=_counter_order)


def _counter_order(found: Candidate) -> tuple[int, bool, bool]:
    values = found.values.finite
    return found.meaning.rank, bool(np.any(values != np.floor(values))), bool(np.any(np.diff(values) < 0))


def _take_step(table: Table, choice: Choice, candidates: list[Candidate]) -> None:
    counters = _counters(candidates)
    if not counters:
        return
    first, *others = counters
    same = [other.name for other in others if other.meaning == first.meaning and _apart(first, other)]
    rest = [other.name for other in others if other.name not in same]
    reason = f"{_RANKS[first.meaning.rank]}, rather than {listed(rest)}" if rest else ""
    if first.meaning.rank == names.LOG_CALLS:
        reason = "it counts log calls, not updates; name a counter of updates if there is one"
    choice.take(Quantity.STEP, first.name, *same, reason=reason)


def _apart(one: Candidate, other: Candidate) -> bool:
    """Whether two columns never share a row, like the same counter in rows of training and of validation."""
    return not set(one.values.rows) & set(other.values.rows)


_RANKS = {
    names.UPDATES: "it counts updates",
    names.GLOBAL: "it counts the steps of the whole run",
    names.STEPS: "it counts steps",
    names.FRAMES: "it counts frames or environment steps",
    names.SAMPLES: "it counts samples",
    names.BATCHES: "it counts batches",
}


def _take_epoch(table: Table, choice: Choice, candidates: list[Candidate]) -> None:
    if not candidates:
        return
    if Quantity.STEP in choice.columns:
        choice.take(Quantity.EPOCH, candidates[0].name)
    else:
        choice.take(
            Quantity.STEP, candidates[0].name, reason="there is no counter of steps, so an epoch is taken as a step"
        )


def _take_rate(table: Table, choice: Choice, candidates: list[Candidate]) -> None:
    frozen = [found.name for found in candidates if not np.any(found.values.finite)]
    groups = sorted((found for found in candidates if found.name not in frozen), key=lambda found: found.meaning.rank)
    if not groups:
        if frozen:
            choice.reasons[Quantity.LR] = f"none: {listed(frozen)} is 0 throughout, as for a frozen group"
        return
    moving = [found for found in groups if _moves(found.values)] or groups
    alike = [found for found in moving if found.meaning.rank == moving[0].meaning.rank]
    shared = Counter(found.values.numbers.tobytes() for found in alike)  # the biases may have a warmup of their own
    taken = max(alike, key=lambda found: shared[found.values.numbers.tobytes()])  # the first of several
    rest = [found.name for found in groups if found is not taken]
    choice.take(Quantity.LR, taken.name, reason=_rate_reason(taken, rest, frozen, most=taken is not moving[0]))


def _rate_reason(taken: Candidate, rest: list[str], frozen: list[str], *, most: bool) -> str:
    reasons = []
    if rest:
        first = "the first that changes" if _moves(taken.values) else "the first"
        reasons.append(f"{'the one shared by the most groups' if most else first}, rather than {listed(rest)}")
    if frozen:
        reasons.append(f"{listed(frozen)} is 0 throughout, as for a frozen group")
    return "; ".join(reasons)


def _take_loss(table: Table, choice: Choice, candidates: list[Candidate]) -> None:
    totals = _most_logged([found for found in candidates if not found.meaning.part])
    if totals:
        choice.take(Quantity.LOSS, totals[0].name, reason=_rather(totals[0], candidates))
        return
    parts = _one_of_each(candidates)
    if len(parts) > 1 and names.rivals([found.meaning.part for found in parts]):
        raise LogError(
            f"{printable(table.file)} has several losses, {listed([found.name for found in parts])}, whose sum is "
            "meaningless. Choose one with --column loss=NAME."
        )
    reason = "the sum, since there are several training losses and no total; or choose one with --column loss=NAME"
    choice.take(Quantity.LOSS, *(found.name for found in parts), reason=reason if len(parts) > 1 else "")


def _most_logged(candidates: list[Candidate]) -> list[Candidate]:
    """Candidates by rank, without those that are logged less than half as often as another."""
    most = max((len(found.values.rows) for found in candidates), default=0)
    often = [found for found in candidates if 2 * len(found.values.rows) >= most]
    return sorted(often, key=lambda found: found.meaning.rank)


def _one_of_each(candidates: list[Candidate]) -> list[Candidate]:
    """A candidate for each part of a loss, the one of the lowest rank."""
    parts: dict[tuple[str, ...], Candidate] = {}
    for found in _most_logged(candidates):
        parts.setdefault(found.meaning.part, found)
    return [found for found in candidates if parts.get(found.meaning.part) is found]


def _take_validation(table: Table, choice: Choice, candidates: list[Candidate]) -> None:
    """The validation loss that matches the training loss: a total, or the same parts."""
    losses = [found for name in choice.columns.get(Quantity.LOSS, ()) if (found := meaning(name))]
    wanted = {found.part for found in losses if found.part}
    alike = _one_of_each([found for found in candidates if found.meaning.part in wanted])
    if wanted and len(alike) == len(wanted):
        reason = "the sum of the same losses as in training" if len(alike) > 1 else ""
        choice.take(Quantity.VALIDATION_LOSS, *(found.name for found in alike), reason=reason)
    elif ranked := sorted(candidates, key=lambda found: (bool(found.meaning.part), found.meaning.rank)):
        choice.take(Quantity.VALIDATION_LOSS, ranked[0].name, reason=_rather(ranked[0], candidates))


def _take_norm(table: Table, choice: Choice, candidates: list[Candidate]) -> None:
    if candidates:
        choice.take(Quantity.GRAD_NORM, min(candidates, key=lambda found: found.meaning.rank).name)


_TAKERS = {
    Quantity.STEP: _take_step,
    Quantity.EPOCH: _take_epoch,
    Quantity.LR: _take_rate,
    Quantity.LOSS: _take_loss,
    Quantity.VALIDATION_LOSS: _take_validation,
    Quantity.GRAD_NORM: _take_norm,
}


def _moves(values: Values) -> bool:
    return len(np.unique(values.finite)) > 1


def _rather(taken: Candidate, candidates: list[Candidate]) -> str:
    others = [found.name for found in candidates if found is not taken]
    return f"rather than {listed(others)}" if others else ""


_LOOKED_FOR = {
    Quantity.LOSS: ("training loss", "a name with the word loss"),
    Quantity.STEP: ("step", "a name such as step, iteration, updates or epoch"),
}


def _check_needed(table: Table, choice: Choice) -> None:
    for quantity in _LOOKED_FOR:
        if not choice.columns.get(quantity):
            raise _lacking(table, quantity)


def _lacking(table: Table, quantity: Quantity) -> LogError:
    """The error for a quantity without a column, or for the separators of thousands in the one that has its name."""
    for name, column in table.columns.items():
        if names.quantity(name) is quantity and any(map(is_grouped, column.cells)):
            try:
                table.values(name)
            except LogError as error:
                return error
    what, looked = _LOOKED_FOR[quantity]
    return LogError(
        f"{printable(table.file)} has no column that is recognized as the {what}: it needs {looked}, with numbers "
        f"under it; {_there(table)}. Name it with --column {quantity}=NAME."
    )


def _there(table: Table) -> str:
    return f"the columns are {listed(list(table.columns))}" if table.columns else "there are no columns"
