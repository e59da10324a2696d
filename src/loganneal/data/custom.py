"""The user's own task, as `module:function`.

The function takes no arguments and returns four things, `(model, data, loss, metric)`:

- `model`: a function without arguments that makes the network. It is called once a run, after torch's generator
  has been set to the run's seed, so that equal seeds give equal weights.
- `data`: three pairs `(inputs, targets)`: to train on, to select on, and to score on. All are numpy arrays or torch
  tensors, with as many inputs as targets, one row per example. Inputs may be a dictionary of them: the network is then
  called on a dictionary of tensors with the same names. Floating numbers become float32.
- `loss`: a function of the network's outputs for a batch and the batch's targets; it returns one number as a tensor, a
  mean over the batch, to be minimized.
- `metric`: "loss" (the mean loss), "accuracy", "balanced_accuracy", "auc" (the area under the ROC curve) or
  "bits_per_character" (of a classifier whose outputs are logits), or a function of all outputs and all targets of a
  part that returns one number. The larger the better, unless the function has an attribute `higher_is_better` that is
  False.

The run keeps its own choices: optimizer, schedule, batch size, steps. Its training and validation examples are drawn by
the split seed from the function's if fewer are asked for; there is no augmentation and no normalisation. A function in
a file `mine.py` in the current folder is `mine:function`.

```python
# mine.py
import torch
from torch import nn


def line():
    x = torch.linspace(-1, 1, 300)[:, None]
    data = [(x[part::3], 2 * x[part::3] + 1) for part in range(3)]
    return (lambda: nn.Linear(1, 1)), data, nn.functional.mse_loss, "loss"
```
"""

import functools
import importlib
import math
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from loganneal import _checks
from loganneal._value import Value
from loganneal.data._base import CustomTask, Examples, Splits, Workload, each, shuffled_split
from loganneal.data.metric import METRICS, Metric


@dataclass(frozen=True)
class CodeFacts(Value):
    """What is known about a function's task once its code has run, so that it need not run again to be described.

    Args:
        name: `module:function`.
        metric: What it is scored by.
        train_examples: How many there are to train on.
        validation_examples: How many there are to select on.
    """

    name: str
    metric: Metric
    train_examples: int
    validation_examples: int

    def __post_init__(self) -> None:
        for name in ("train_examples", "validation_examples"):
            _checks.whole("CodeFacts", name, getattr(self, name), 1)


def from_function(name: str) -> Workload:
    """The workload of `module:function`; the module is imported, and the function called once per process.

    Args:
        name: Module, a colon, and a function in it; the workload has the same name.

    Raises:
        ValueError: There is no such function, its code fails, or it does not return what it should.
    """
    own, metric, (train, validation, test) = _call(name)
    facts = CodeFacts(name, metric, len(train), len(validation))
    return _workload(facts, own, functools.partial(_load, name, (train, validation, test)))


def from_facts(facts: CodeFacts) -> Workload:
    """The workload of a function, only for reading about it: nothing of it can be loaded or trained.

    Example:
        >>> workload = from_facts(CodeFacts("mine:line", METRICS["loss"], 200, 100))
        >>> workload.batch_size, workload.metric.higher_is_better
        (64, False)
    """
    return _workload(facts, CustomTask(_not_run, _not_run), _not_run)


def facts_of(workload: Workload) -> CodeFacts:
    """What is known about a workload that is the user's own function."""
    return CodeFacts(workload.name, workload.metric, workload.train_examples, workload.validation_examples)


def _not_run(*_: Any) -> NoReturn:
    raise RuntimeError("The code of this workload has not been run: use find_workload.")


@functools.cache  # its data may take long to make, and a process trains many runs
def _call(name: str) -> tuple[CustomTask, Metric, tuple[Examples, ...]]:
    result = call_function(name, import_function(name, "workload"))
    if not isinstance(result, tuple) or len(result) != 4:
        _refuse(name, "return a tuple (model, data, loss, metric)", result)
    model, data, loss, metric = result
    if not callable(model) or not callable(loss):
        _refuse(name, "return functions as model and loss", (model, loss))
    if not callable(metric) and not (isinstance(metric, str) and metric in METRICS):
        _refuse(name, f"return a function or one of {', '.join(METRICS)} as metric", metric)
    task = CustomTask(model, loss, metric if callable(metric) else None)
    return task, _metric(metric), _examples(name, data)


def import_function(name: str, parameter: str) -> Callable[..., Any]:
    """The function that `module:function` names; the module is looked for in the current folder first.

    Args:
        name: Module, a colon, and a function in it.
        parameter: The parameter of `RunSpec` that names it, for messages.

    Raises:
        ValueError: There is no such function, or its module cannot be imported.
    """
    module, _, function = name.partition(":")
    if not all(part.isidentifier() for part in (*module.split("."), function)):
        _checks.fail("RunSpec", parameter, "a name or module:function", name)
    here = str(Path.cwd())
    if here not in sys.path:  # a command's own folder comes first there, not the user's
        sys.path.insert(0, here)
    with _running(f"The module of {name} cannot be imported"):
        imported = importlib.import_module(module)
    if not hasattr(imported, function):
        _checks.fail("RunSpec", parameter, f"a function in the module {module}", name)
    return getattr(imported, function)  # type: ignore[no-any-return] # it is called, which shows


def call_function(name: str, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What the user's own function returns.

    Raises:
        ValueError: Its code fails; the message says where.
    """
    with _running(f"The function {name} failed"):
        return function(*arguments, **options)


@contextmanager
def _running(what: str) -> Iterator[None]:
    """Wrap the user's own code: what it raises is reported with the place in it."""
    try:
        yield
    except (Exception, SystemExit) as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = "" if place.filename.startswith("<") else f" ({Path(place.filename).name}:{place.lineno})"
        said = f"{type(error).__name__}: {error}".removesuffix(": ")
        raise ValueError(f"{what}: {said}{where}.") from error


def _metric(metric: Any) -> Metric:
    """A function is shown like the built-in metric of the same name, if there is one."""
    if not callable(metric):
        return METRICS[metric]
    name = str(getattr(metric, "__name__", "metric"))
    higher = bool(getattr(metric, "higher_is_better", True))
    return replace(METRICS.get(name, Metric(name, decimals=None)), higher_is_better=higher, of_logits=False)


def _examples(name: str, data: Any) -> tuple[Examples, ...]:
    try:
        pairs = [(each(inputs, _array), _array(targets)) for inputs, targets in data]
    except (TypeError, ValueError, RuntimeError):  # the last from a tensor that requires a gradient
        pairs = []
    if len(pairs) != 3 or not all(_fit(inputs, targets) for inputs, targets in pairs):
        _refuse(name, "return as data three pairs of arrays (inputs, targets) of equal length", data)
    return tuple(Examples(inputs, targets) for inputs, targets in pairs)


def _fit(inputs: Any, targets: NDArray[Any]) -> bool:
    """Whether there is a row of every input for every target."""
    arrays = list(inputs.values()) if isinstance(inputs, dict) else [inputs]
    names = all(isinstance(name, str) for name in inputs) if isinstance(inputs, dict) else True
    return bool(names and arrays and len(targets) and all(len(array) == len(targets) for array in arrays))


def _array(values: Any) -> NDArray[Any]:
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        raise TypeError(array.dtype)
    return array.astype(np.float32) if np.issubdtype(array.dtype, np.floating) else array


def _workload(facts: CodeFacts, own: CustomTask, loader: Callable[..., Splits]) -> Workload:
    return Workload(
        name=facts.name,
        title=facts.name,
        kind="own",
        own=own,
        metric=facts.metric,
        classes=0,
        floor=0.0 if facts.metric.higher_is_better else math.inf,
        margin=1.0,
        peak_range=(1e-3, 1.0),
        model="own",
        batch_size=min(64, facts.train_examples),
        steps=300,
        train_examples=facts.train_examples,
        validation_examples=facts.validation_examples,
        loader=loader,
    )


def _load(name: str, parts: tuple[Examples, ...], split_seed: int, train: int, validation: int) -> Splits:
    return Splits(
        _some(name, parts[0], train, split_seed), _some(name, parts[1], validation, split_seed), parts[2], name
    )


def _some(name: str, part: Examples, count: int, split_seed: int) -> Examples:
    return part.take(shuffled_split(len(part), (count,), split_seed, name)[0])


def _refuse(name: str, duty: str, result: object) -> NoReturn:
    shown = repr(result)
    raise ValueError(f"The function {name} must {duty}. Got {shown[:200]} instead.")
