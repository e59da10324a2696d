"""What the code of a study's workloads reported, kept in the study's folder so that reading it runs no such code."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from loganneal import _limits
from loganneal._disk import replace_file
from loganneal._reading import parse_json, read_text
from loganneal.data import Workload, find_workload, names_code
from loganneal.data.custom import CodeFacts, facts_of, from_facts

NAME = "workloads.json"
"""The file in a study's folder."""

Find = Callable[[str], Workload]
"""A function from the name of a workload to the workload."""


class CodeNotRunError(ValueError):
    """A workload is code that has not been run for this study, so nothing is known about it."""


def keep_facts(workloads: Iterable[Workload], folder: Path) -> None:
    """Keep what the code of these workloads reported, for `find_without_code`; workloads without code are skipped."""
    known = {one.name: facts_of(one).to_dict() for one in workloads if one.own is not None}
    if known:
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(folder / NAME, (json.dumps(known, indent=1) + "\n").encode())


def find_without_code(folder: Path) -> Find:
    """A function like `find_workload` that runs no code: it knows `module:function` from what a study's folder keeps.

    Args:
        folder: Where the study runs.

    Returns:
        The function. It raises `CodeNotRunError` if the study has not been started there.
    """

    def find(name: str) -> Workload:
        return from_facts(_kept(name, folder)) if names_code(name) else find_workload(name)

    return find


def _kept(name: str, folder: Path) -> CodeFacts:
    file = folder / NAME
    if not file.exists():
        raise CodeNotRunError(
            f"{name} is code, which only `loganneal study run` runs. The study has not been started in {folder}, so "
            "nothing is known about its data yet."
        )
    try:
        return _read(file, name)
    except ValueError as error:
        remedy = "`loganneal study run` writes it."
        raise CodeNotRunError(f"{file} does not say what {name} is ({error}): {remedy}") from error


def _read(file: Path, name: str) -> CodeFacts:
    kept = parse_json(read_text(file, _limits.STUDY_FILE_BYTES, follow=False))
    if not isinstance(kept, dict) or name not in kept:
        raise ValueError("it has no entry of that name")
    return CodeFacts.from_dict(kept[name])
