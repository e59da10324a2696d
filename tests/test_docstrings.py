"""What `help()` says about public names: arguments, what is returned and raised, an example, a schedule's formula."""

import ast
import importlib
import inspect
import pydoc
import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
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


LAB = "runs training data models diagnosis diagnosis.logs prediction studies studies.result studies.engines reports"
"""The packages whose ``__all__`` is public."""

API = Path(__file__).parent.parent / "docs" / "api"

WITHOUT_EXAMPLE = {
    "loganneal.runs.ReadableStore": "a protocol; `Journal` is what one calls",
    "loganneal.runs.Store": "a protocol; `Journal` is what one calls",
    "loganneal.runs.default_records": "it depends on the user's environment",
    "loganneal.studies.engines.Engine": "a protocol; its engines have examples",
    "loganneal.studies.engines.Inventory": "made by `take_inventory`, which has an example",
    "loganneal.studies.declare.comparison.FinishedRun": "a pair; `run_missing` yields it in its example",
    "loganneal.studies.run.Stage": "only passed to `on_event` of `run_study`",
    "loganneal.studies.ArmResult": "only judging makes it; the example of `StudyResult` leads to it",
    "loganneal.studies.ComparisonResult": "only judging makes it; the example of `StudyResult` leads to it",
    "loganneal.studies.result.ArmScores": "only judging makes it; the example of `StudyResult` leads to it",
    "loganneal.studies.result.Declaration": "only judging makes it; the example of `StudyResult` leads to it",
    "loganneal.studies.result.Judged": "only judging makes it; the example of `StudyResult` leads to it",
    "loganneal.studies.result.Launched": "only the runs of a command make it",
}
"""Public classes and functions that have no example, each with the reason."""

RAISING = ("fail", "number", "one_of", "title", "whole")
"""The functions of `loganneal._checks` that raise."""

SAYS_NOTHING = re.compile(r"^    \*{0,2}\w+: (As |Likewise|The same|Of [a-z' ]+\.$)", re.MULTILINE)
"""The description of a parameter that sends the reader elsewhere, or has no more than its name."""


def public_things() -> dict[str, Any]:
    """The public names of the lab: those in ``__all__`` of its packages, and those that only the reference names."""
    named = [f"loganneal.{package}.{name}" for package in LAB.split() for name in all_of(f"loganneal.{package}")]
    pages = [page.read_text(encoding="utf-8") for page in sorted(API.glob("*.md"))]
    alone = [name for page in pages for name in re.findall(r":: (loganneal\.(?:\w+\.)*\w+)$", page, re.MULTILINE)]
    found: dict[int, tuple[str, Any]] = {}
    for name in (*named, *alone):
        thing = pydoc.locate(name)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            found.setdefault(id(thing), (name, thing))
    return dict(found.values())


def is_error(thing: Any) -> bool:
    return inspect.isclass(thing) and issubclass(thing, Exception)


def all_of(module: str) -> list[str]:
    return list(importlib.import_module(module).__all__)


def own_members(cls: type) -> Iterator[tuple[str, Any]]:
    """The public methods and properties of a class that this project defines."""
    for name in (name for name in dir(cls) if not name.startswith("_")):
        value = inspect.getattr_static(cls, name)
        function = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
        if inspect.isfunction(function) and function.__module__.startswith("loganneal"):
            yield name, value if isinstance(value, property) else getattr(cls, name)


THINGS = public_things()
MEMBERS = {
    f"{name}.{own}": member for name, cls in THINGS.items() if inspect.isclass(cls) for own, member in own_members(cls)
}
CALLED = {name: each for name, each in {**THINGS, **MEMBERS}.items() if not isinstance(each, property)}


def may_raise(thing: Any) -> bool:
    """Whether the code of a function or a constructor raises, or calls a check or a private function that does."""
    if not inspect.isclass(thing):
        return raises(inspect.unwrap(thing), set())
    made_by = [vars(thing).get(name) for name in ("__init__", "__post_init__")]
    return any(raises(each, set()) for each in made_by if inspect.isfunction(each) and is_ours(each))


def is_ours(function: Callable[..., Any]) -> bool:
    """Whether it is in a file of this project; dataclasses and protocols bring constructors of their own."""
    return "loganneal" in Path(function.__code__.co_filename).parts


def raises(function: Any, seen: set[str]) -> bool:
    seen.add(function.__qualname__)
    nodes = list(ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))))
    if any(isinstance(node, ast.Raise) for node in nodes):
        return True
    called = [ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)]
    if any(name in [f"_checks.{check}" for check in RAISING] for name in called):
        return True
    helpers = [found for name in called if (found := private(function, name)) is not None]
    return any(raises(helper, seen) for helper in helpers if helper.__qualname__ not in seen)


def private(function: Any, name: str) -> Any:
    """The private function of the same module or the same class that is called by a name, or None."""
    owner = pydoc.locate(f"{function.__module__}.{function.__qualname__.rpartition('.')[0]}")
    found = getattr(owner, name[5:], None) if name.startswith("self._") else function.__globals__.get(name)
    return found if name.split(".")[-1].startswith("_") and inspect.isfunction(found) else None


def described(text: str, parameter: str) -> bool:
    """Whether a docstring has a line of its own for a parameter."""
    return re.search(rf"^    \*{{0,2}}{parameter}: \S+ \S+", text, re.MULTILINE) is not None


def asked(thing: Any) -> list[str]:
    """The parameters that a caller gives; those of protocols and enumerations are Python's own."""
    if inspect.isclass(thing) and (getattr(thing, "_is_protocol", False) or hasattr(thing, "__members__")):
        return []
    if is_error(thing) and "__init__" not in vars(thing):
        return []
    return parameters(thing)


@pytest.mark.parametrize("name", [*THINGS, *MEMBERS])
def test_help_says_something(name: str) -> None:
    """Every name of the lab has a sentence, and every parameter a description of its own, not a reference."""
    text = inspect.getdoc({**THINGS, **MEMBERS}[name]) or ""
    assert len(text.split("\n\n")[0].split()) >= 3
    assert not SAYS_NOTHING.findall(text)


@pytest.mark.parametrize("name", CALLED)
def test_parameters_and_what_is_returned_are_described(name: str) -> None:
    """Each parameter on a line of its own; what a function returns, or what a generator yields."""
    thing = CALLED[name]
    text = inspect.getdoc(thing) or ""
    missing = [each for each in asked(thing) if not described(text, each)]
    annotation = "" if inspect.isclass(thing) else inspect.signature(thing).return_annotation
    gives = annotation not in ("", None, inspect.Signature.empty)
    assert missing + ["Returns:"] * (gives and not {"Returns:", "Yields:"} & set(text.split())) == []


@pytest.mark.parametrize("name", [name for name, thing in CALLED.items() if may_raise(thing)])
def test_errors_are_described(name: str) -> None:
    """If the code raises, or a check of a parameter does."""
    assert "Raises:" in (inspect.getdoc(CALLED[name]) or "")


@pytest.mark.parametrize("name", [each for each, thing in THINGS.items() if not is_error(thing)])
def test_there_is_an_example(name: str) -> None:
    """For every class and function except those with a reason, and a reason that is no longer needed fails."""
    assert (">>> " in (inspect.getdoc(THINGS[name]) or "")) != (name in WITHOUT_EXAMPLE)


def test_the_rules_can_fail() -> None:
    """The rules see what is missing: a check in a private function, a parameter without words, a mere reference."""
    assert may_raise(THINGS["loganneal.runs.RunSpec"])
    assert may_raise(CALLED["loganneal.studies.Study.only"])
    assert not may_raise(THINGS["loganneal.data.metric.Metric"])
    assert not described("Args:\n    steps, seed: As in RunSpec.", "seed")
    assert SAYS_NOTHING.search("    log: As in `RunSpec`.")
    assert SAYS_NOTHING.search("    name: Of the schedule.")


@pytest.mark.parametrize("name", [*NAMES, *THINGS])
def test_there_is_one_dialect(name: str) -> None:
    """Google's sections with Sphinx' mathematics, which the site is made from."""
    text = inspect.getdoc(pydoc.locate(name)) or ""
    assert not [other for other in ("$$", ":param ", ":returns:", "----\n", "Parameters\n") if other in text]
