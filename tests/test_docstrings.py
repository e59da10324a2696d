"""What `help()` says of public names: arguments, what is returned and raised, an example, a schedule's formula."""

import inspect
import pydoc
from typing import Any

import pytest

import loganneal as la
from loganneal.schedules import SCHEDULES

ADAPTERS = [
    "loganneal.keras.CycleSnapshots",
    "loganneal.keras.ScheduleLR",
    "loganneal.lightning.CycleSnapshots",
    "loganneal.optax.as_optax",
    "loganneal.plot.figure",
    "loganneal.plot.terminal",
    "loganneal.timm.ScheduleLR",
    "loganneal.torch.CyclicalLogAnnealingLR",
    "loganneal.torch.ScheduleLR",
]


def methods(cls: type) -> dict[str, str]:
    """The public methods of a class, classmethods among them, by where they are defined: many are inherited."""
    found = {name: value for name, value in inspect.getmembers(cls, inspect.isroutine) if not name.startswith("_")}
    return {each.__qualname__: f"loganneal.{cls.__name__}.{name}" for name, each in found.items() if name != "rate_at"}


EXPORTED = [f"loganneal.{name}" for name in la.__all__ if not name.startswith("__") and name != "Cycle"]
UNCHECKED = ("loganneal.Schedule", "loganneal.Trial")
"""Classes that users do not call."""

METHODS = {home: name for cls in (*SCHEDULES.values(), la.Schedule, la.Trial) for home, name in methods(cls).items()}
NAMES = [*EXPORTED, *METHODS.values(), *ADAPTERS]


def parameters(thing: Any) -> list[str]:
    """What it is called with."""
    return [name for name in inspect.signature(thing).parameters if name != "self" and not name.startswith("_")]


@pytest.mark.parametrize("name", NAMES)
def test_help_needs_no_other_page(name: str) -> None:
    """Each argument by its name, what is returned, what is raised, and an example that pytest executes."""
    thing = pydoc.locate(name)
    text = inspect.getdoc(thing) or ""
    arguments = text.partition("Args:")[2].partition("Raises:")[0]
    missing = [each for each in parameters(thing) if f"{each}:" not in arguments]
    annotation = "" if isinstance(thing, type) else inspect.signature(thing).return_annotation  # type: ignore[arg-type]
    missing += ["Returns:"] * (annotation not in ("", None) and "Returns:" not in text)
    missing += ["Raises:"] * (bool(parameters(thing)) and name not in UNCHECKED and "Raises:" not in text)
    missing += ["an example"] * (">>> " not in text)
    assert not missing


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_has_its_formula(name: str) -> None:
    """In the notation of the papers."""
    assert ".. math::" in (inspect.getdoc(SCHEDULES[name]) or "")


@pytest.mark.parametrize("name", NAMES)
def test_there_is_one_dialect(name: str) -> None:
    """Google's sections with Sphinx' mathematics, which the site is made from."""
    text = inspect.getdoc(pydoc.locate(name)) or ""
    assert not [other for other in ("$$", ":param ", ":returns:", "----\n", "Parameters\n") if other in text]
