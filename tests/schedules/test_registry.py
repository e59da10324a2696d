"""A schedule that is added is registered: found by name, public, and tested on every framework."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

from every_schedule import SAMPLES
from family_golden import FAMILY
from golden import GOLDEN

import loganneal as la
from loganneal import schedules
from loganneal.schedules import SCHEDULES


def public_classes() -> Iterator[type[la.Schedule]]:
    """Every class below `Schedule` with a public name that is defined anywhere in the package of schedules."""
    for module in pkgutil.iter_modules(schedules.__path__, "loganneal.schedules."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, la.Schedule) and is_public(value, module.name):
                yield value


def is_public(cls: type, module: str) -> bool:
    return cls.__module__ == module and not cls.__name__.startswith("_") and cls.__init__ is not la.Schedule.__init__


def test_every_class_is_registered() -> None:
    """What can be constructed is in `schedules.__all__`, and so in `SCHEDULES` and in `loganneal` itself."""
    assert set(public_classes()) == set(SCHEDULES.values())
    assert all(getattr(la, name) is cls for name, cls in SCHEDULES.items())
    assert set(SCHEDULES) <= set(la.__all__)


def test_every_class_is_among_the_samples() -> None:
    """Each has a sample, with which numpy, JAX, PyTorch and Keras are tested."""
    assert {type(schedule).__name__ for schedule in SAMPLES.values()} == set(SCHEDULES)


def test_every_formula_has_exact_values() -> None:
    """Each class with a formula of its own that is not simple has rates that were computed independently."""
    exact = {type(golden.schedule).__name__ for golden in (*GOLDEN, *FAMILY)}
    without = {"Constant", "Cosine", "Linear", "Polynomial", "OneCycle", "Warmup", "Join", "Scale", "InverseMomentum"}
    assert set(SCHEDULES) - exact <= without


def test_every_class_documents_itself() -> None:
    """Each documents its formula, its parameters and what it raises, and has an example."""
    for name, cls in SCHEDULES.items():
        page = cls.__doc__ or ""
        for part in (".. math::", "Args:", "Raises:", ">>> "):
            assert part in page, (name, part)


def test_every_public_name_is_on_the_page() -> None:
    """The page on schedules names every class and every function that makes or checks a schedule."""
    page = (Path(__file__).parents[2] / "docs" / "schedules.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page or f"`{name}(" in page for name in (*SCHEDULES, "advise", "cooldown", "log_decay"))
