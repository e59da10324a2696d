"""What the name of a column means: its words decide, not a list of whole names."""

import functools
import re
from enum import StrEnum
from typing import NamedTuple


class Quantity(StrEnum):
    """What a column can hold that the diagnosis uses."""

    STEP = "step"
    LR = "lr"
    LOSS = "loss"
    VALIDATION_LOSS = "validation_loss"
    GRAD_NORM = "grad_norm"
    EPOCH = "epoch"


class Meaning(NamedTuple):
    """What a name means.

    Args:
        quantity: What the column holds.
        rank: Of several columns with the same quantity, the one with the lowest rank is meant.
        part: The words that are left: what makes a loss one of several, or a learning rate that of one group.
    """

    quantity: Quantity
    rank: int
    part: tuple[str, ...] = ()


UPDATES, GLOBAL, STEPS, FRAMES, SAMPLES, BATCHES, LOG_CALLS, EPOCHS = range(8)
"""Ranks of counters: of updates, of steps by that name, of frames, of samples, of batches within an accumulation or an
epoch, of log calls, of epochs."""

_VALIDATION = {
    *("val", "valid", "validation", "validate", "validating", "eval", "evaluation", "evaluate"),
    *("dev", "holdout", "heldout", "vl"),
}
_TEST = {"test", "testing"}
_TRAINING = {"train", "training", "trainer", "tr"}
EVENTS_STEP = "the events' step"
"""The counter that every event of TensorBoard has."""

HELD_OUT = frozenset(_VALIDATION | _TEST)
"""Words for validation and for tests."""

PARTS_OF_A_RUN = frozenset(_VALIDATION | _TEST | _TRAINING)
"""Words that tell training from validation."""

_PLACES = {
    *(
        "log",
        "logs",
        "metrics",
        "metric",
        "info",
        "charts",
        "time",
        "progress",
        "counters",
        "perf",
        "optim",
        "optimizer",
    ),
    *("phase", "stream", "task", "samples", "x", "hp", "params", "schedulers", "scheduler", "stats", "scalars", "last"),
}
"""Words that say where a column was logged, and nothing about what it is."""

_UPDATE = {"opt", "optimizer", "optim", "update", "updates"}
_COUNTED = {"step", "steps", "iteration", "iterations", "iter", "iters", "itr", "it", "update", "updates"}
_SEEN = {"sample", "token", "samples", "tokens", "examples", "images", "sequences"}
_OF_STEPS = {
    "current",
    "cur",
    "num",
    "n",
    "total",
    "number",
    "of",
    "gradient",
    "global",
    "parameter",
    "idx",
    "index",
    "done",
}
_NO_COUNTER = {
    "per",
    "sec",
    "second",
    "seconds",
    "max",
    "eta",
    "remaining",
    "skipped",
    "warmup",
    "size",
    "timing",
    "ms",
}

_NO_RATE = {
    *("momentum", "decay", "wd", "loss", "mult", "multiplier", "scale", "factor", "ratio", "initial", "init", "warmup"),
    *("beta", "max", "min", "base", "peak", "finder"),
}
_OF_RATES = {"lr", "lrs", "learning", "rate", "rates", "learningrate", "current", "cur"}

_NO_LOSS = {
    *("scale", "scaler", "scaling", "coef", "coeff", "coefficient", "weight", "weights", "lambda", "max", "min", "std"),
    *("var", "best", "per", "time", "ratio", "skipped", "nan", "count", "diff", "delta", "ppl", "perplexity", "lr"),
}
_AVERAGED = {"avg", "average", "mean", "running", "smoothed", "smooth", "ema", "tot"}
_OF_LOSSES = {
    *(
        "loss",
        "losses",
        "step",
        "batch",
        "iter",
        "iteration",
        "mb",
        "minibatch",
        "total",
        "global",
        "reduced",
        "current",
    ),
    *("cur", "all", "overall", "sum", "lm", "epoch", "local"),
}
_RIVALS = {
    *(
        "g",
        "d",
        "gen",
        "disc",
        "generator",
        "discriminator",
        "actor",
        "critic",
        "policy",
        "pg",
        "value",
        "vf",
        "a",
        "c",
    ),
    *("q", "qf", "qf1", "qf2", "alpha", "temperature"),
}
"""Parts of losses that work against each other, or for different networks: their sum says nothing."""


def words(name: str) -> tuple[str, ...]:
    """The words of a name, in lower case, with digits apart.

    >>> words("train/Loss_MB"), words("batchloss"), words("lr-Adam/pg1")
    (('train', 'loss', 'mb'), ('batch', 'loss'), ('lr', 'adam', 'pg', '1'))
    """
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    found = re.findall(r"[a-z]+|\d+", spaced.lower())
    return tuple(part for word in found for part in _glued(word))


def _glued(word: str) -> tuple[str, ...]:
    for end in ("loss", "lr"):
        if word.endswith(end) and word.removesuffix(end) in _TRAINING | _VALIDATION | _TEST | {"batch", "epoch", "v"}:
            return word.removesuffix(end).replace("v", "val") if word == "vloss" else word.removesuffix(end), end
    return (word,)


def meaning(name: str) -> Meaning | None:
    """What a name means; None if it is nothing that the diagnosis uses.

    >>> meaning("lr-DecoupledAdamW/group0")
    Meaning(quantity=<Quantity.LR: 'lr'>, rank=1, part=('decoupled', 'adam', 'w', 'group', '0'))
    >>> meaning("loss/train/total").quantity, meaning("eval/loss").quantity, meaning("opt_step").rank == UPDATES
    (<Quantity.LOSS: 'loss'>, <Quantity.VALIDATION_LOSS: 'validation_loss'>, True)
    """
    found = words(name)
    if "vs" in found:  # Megatron and Keras write a scalar a second time, against another counter
        return None
    kinds = (_rate, _gradient, _loss, _epoch)
    return next(filter(None, (kind(found) for kind in kinds)), None) or _step(name, found)


COUNTERS = frozenset({Quantity.STEP, Quantity.EPOCH})
"""Quantities that say where in a run a row is."""


@functools.lru_cache(maxsize=1024)
def quantity(name: str) -> Quantity | None:
    """What a column with this name holds; None if it is nothing that the diagnosis uses.

    >>> quantity("train/loss"), quantity("accuracy")
    (<Quantity.LOSS: 'loss'>, None)
    """
    meant = meaning(name)
    return meant.quantity if meant else None


_RUNS = ({"run"}, {"run", "id"}, {"run", "name"}, {"run", "uuid"}, {"experiment"}, {"trial"}, {"trial", "id"})
_REPETITIONS = ({"fold"}, {"seed"}, {"fold", "id"}, {"cv", "fold"}, {"random", "seed"}, {"repeat"}, {"replicate"})
"""Columns that name a run if there are several; a single run may log its seed in each row."""


def names_a_run(name: str, *, surely: bool = False) -> bool:
    """Whether the cells of a column with this name tell runs apart; if ``surely``, even if there is only one.

    >>> names_a_run("run_id"), names_a_run("Fold"), names_a_run("fold", surely=True)
    (True, True, False)
    """
    return set(words(name)) in (_RUNS if surely else (*_RUNS, *_REPETITIONS))


def rivals(parts: list[tuple[str, ...]]) -> bool:
    """Whether losses with these parts belong to rivals or to different networks, so that their sum says nothing."""
    return any(_RIVALS & set(part) for part in parts)


def _rate(found: tuple[str, ...]) -> Meaning | None:
    is_rate = bool({"lr", "lrs", "learningrate"} & set(found)) or {"learning", "rate"} <= set(found)
    if not is_rate or _NO_RATE & set(found):
        return None
    part = tuple(word for word in found if word not in _OF_RATES | _TRAINING | _PLACES)
    return Meaning(Quantity.LR, min(len(part), 1) + ("d" in part), part)  # d is the factor that Prodigy estimates


def _gradient(found: tuple[str, ...]) -> Meaning | None:
    named = set(found)
    if "gnorm" in named or ("norm" in named and {"grad", "gradient", "gradients", "grads"} & named):
        return Meaning(Quantity.GRAD_NORM, len(named))
    return None


def _loss(found: tuple[str, ...]) -> Meaning | None:
    named = set(found)
    if "loss" not in named or _NO_LOSS & named:
        return None
    held_out = 1 if named & _VALIDATION else 2 if named & _TEST else 0
    everywhere = _OF_LOSSES | _TRAINING | _VALIDATION | _TEST | _PLACES | _AVERAGED
    part = tuple(word for word in found if word not in everywhere and not word.isdigit())
    rank = 4 * max(held_out - 1, 0) + 2 * ("epoch" in named) + bool(named & _AVERAGED or "local" in named)
    return Meaning(Quantity.VALIDATION_LOSS if held_out else Quantity.LOSS, rank, part)


def _epoch(found: tuple[str, ...]) -> Meaning | None:
    rest = set(found) - _TRAINING - _PLACES - {"current", "cur", "num", "number"}
    return Meaning(Quantity.EPOCH, EPOCHS) if rest and rest <= {"epoch", "epochs"} else None


def _step(name: str, found: tuple[str, ...]) -> Meaning | None:
    named = set(found)
    if name == "_step":  # W&B counts its own calls
        return Meaning(Quantity.STEP, LOG_CALLS)
    if name == EVENTS_STEP:
        return Meaning(Quantity.STEP, STEPS)
    if not named or found[-1] == "time" or named & (_NO_COUNTER | _VALIDATION | _TEST):
        return None
    rest = named - _TRAINING - _PLACES - _OF_STEPS
    rank = _counter(named, rest)
    return None if rank is None else Meaning(Quantity.STEP, rank, tuple(sorted(rest)))


def _counter(named: set[str], rest: set[str]) -> int | None:
    """The rank of a counter; None for anything else."""
    if rest and rest <= _COUNTED | _UPDATE:
        return UPDATES if named & _UPDATE else GLOBAL if "global" in named else STEPS
    if rest and rest <= {"frame", "frames", "timestep", "timesteps", "env", "step", "steps"}:
        return FRAMES
    if (rest or named) <= _SEEN | {"consumed", "seen", "total", "num", "n", "input"} and named & _SEEN:
        return SAMPLES
    if rest and rest <= {"batch", "batches", "micro", "mini", "minibatch", "microbatch", "step", "steps"}:
        return BATCHES
    return None
