"""The declaration of a study, kept in its folder from the start, so that the folder shows what runs there."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from loganneal import _checks, _limits
from loganneal._disk import replace_file
from loganneal._reading import parse_json, read_text
from loganneal._value import as_json, typed
from loganneal.studies.declare.code_facts import Find, find_without_code
from loganneal.studies.declare.comparison import Comparison
from loganneal.studies.declare.script import Script
from loganneal.studies.declare.study import Study

NAME = "study.json"
"""The file in a study's folder."""

FORMAT = "loganneal-declaration/1"


class KeptStudy(NamedTuple):
    """A study as it is kept in its folder.

    Args:
        study: The declaration; it plans the same runs as the one that was kept.
        command: The command that repeats the study.
        records: The journal to which its runs are written, as named by the process that runs the study.
    """

    study: Study
    command: str
    records: str


def keep_study(kept: KeptStudy, folder: Path) -> None:
    """Write ``study.json``; a file with the same content is left unchanged.

    Args:
        kept: The study.
        folder: The study's own folder, created if missing.
    """
    data = (json.dumps(_to_dict(kept), indent=1, allow_nan=False) + "\n").encode()
    if not _says(folder / NAME, data):
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(folder / NAME, data)


def read_kept_study(folder: Path) -> KeptStudy:
    """Read the study that a folder keeps. Neither the code of a workload nor a command is run.

    Args:
        folder: The study's own folder.

    Raises:
        ValueError: The file does not hold a declaration; the message names the file.
        OSError: The file cannot be read, or the data of a workload are not there.
    """
    file = folder / NAME
    try:
        return _from_dict(parse_json(read_text(file, _limits.JSON_BYTES, follow=False)), find_without_code(folder))
    except (ValueError, TypeError) as error:
        raise ValueError(f"{file} holds no declaration of a study: {error}") from error


def _to_dict(kept: KeptStudy) -> dict[str, Any]:
    study, own = kept.study, {"command": kept.command, "records": kept.records}
    comparisons = [_comparison_to_dict(one) for one in study.comparisons]
    return {"format": FORMAT, "name": study.name, "title": study.title, **own, "comparisons": comparisons}


def _comparison_to_dict(comparison: Comparison) -> dict[str, Any]:
    """The fields of a comparison by name, with the workload as its name and the folder of a command in full."""
    names = [one.name for one in dataclasses.fields(comparison) if one.name not in ("data", "script")]
    script = comparison.script
    own = None if script is None else {**_fields(script), "cwd": str(script.cwd.absolute())}
    return {**{name: as_json(getattr(comparison, name)) for name in names}, "script": own}


def _fields(script: Script) -> dict[str, Any]:
    return {one.name: as_json(getattr(script, one.name)) for one in dataclasses.fields(script)}


def _from_dict(values: Any, find: Find) -> KeptStudy:
    if not isinstance(values, Mapping) or values.get("format") != FORMAT:
        found = values.get("format") if isinstance(values, Mapping) else values
        _checks.fail("a kept study", "format", repr(FORMAT), found)
    comparisons = values.get("comparisons")
    if not isinstance(comparisons, list) or len(comparisons) > _limits.COMPARISONS:
        _checks.fail("a kept study", "comparisons", f"a list of at most {_limits.COMPARISONS:,}", comparisons)
    declared = tuple(_comparison(one, find) for one in comparisons)
    study = Study(name=_text(values, "name"), title=_text(values, "title"), comparisons=declared)
    return KeptStudy(study, _text(values, "command"), _text(values, "records"))


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str):
        _checks.fail("a kept study", name, "a text", value)
    return value


def _comparison(values: Any, find: Find) -> Comparison:
    if not isinstance(values, Mapping):
        _checks.fail("a kept study", "comparison", "fields by name", values)
    given = {name: value for name, value in values.items() if name != "script"}
    fields = typed(Comparison, given, besides=("data", "script"))
    if "averaging" in fields.get("settings", {}):
        fields["settings"] = {**fields["settings"], "averaging": tuple(fields["settings"]["averaging"])}
    script = None if values.get("script") is None else _script(values["script"])
    if script is None:
        return Comparison(**fields, data=find(fields["workload"]))
    data = script.workload(fields["steps"], fields["margin"], fields["peak_range"])
    return Comparison(**fields, script=script, data=data)


def _script(values: Any) -> Script:
    if not isinstance(values, Mapping):
        _checks.fail("a kept study", "script", "fields by name", values)
    given = {name: value for name, value in values.items() if name != "cwd"}
    return Script(**typed(Script, given, besides=("cwd",)), cwd=Path(_text(values, "cwd")))


def _says(file: Path, data: bytes) -> bool:
    try:
        return read_text(file, _limits.JSON_BYTES, follow=False).encode() == data
    except (OSError, ValueError):
        return False
