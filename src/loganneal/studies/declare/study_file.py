"""Reading a study from a TOML file, with errors that name the line."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from loganneal import _checks, _limits
from loganneal._palette import PALETTE
from loganneal._reading import bounded, read_text
from loganneal.data import find_workload
from loganneal.runs.spec import RunSpec
from loganneal.studies.declare.arms import ARMS, Arm
from loganneal.studies.declare.builders import LISTS, parameters_of
from loganneal.studies.declare.code_facts import CodeNotRunError, Find
from loganneal.studies.declare.comparison import SETTINGS, Comparison, declare, declare_script
from loganneal.studies.declare.script import SCRIPT_KEYS, Script, read_margin, read_seconds
from loganneal.studies.declare.study import Study
from loganneal.studies.declare.tuned_parameter import TunedParameter

Table = dict[str, Any]

STUDY_KEYS = ("title", "arms", "reference", "trials", "replicates", "first_seed", "looks", "primary", "screen")
"""The keys that a file gives once, for all its comparisons."""

COMPARISON_KEYS = (
    *("workload", "model", "optimizer", "steps", "train_examples", "peak_range", "peak_lr", "peak_factor", "margin"),
    *(*SETTINGS, *SCRIPT_KEYS),
)
"""The keys of a [[comparison]]; at the top of the file, they apply to every comparison that does not give them."""

ARM_KEYS = ("like", "title", "colour", "schedule", "averaging")
"""The keys of an [arm.NAME] besides the parameters of its schedule."""

ENOUGH_STEPS = 10_000
"""A budget long enough for any schedule: if an arm fails within it, the arm's parameters are wrong."""


class StudyError(ValueError):
    """A file does not declare a study; the message names the line, what is allowed, and the nearest name."""


def read_study(path: str | Path, find: Find = find_workload) -> Study:
    r"""Read the study that a TOML file declares.

    ``[low, high]`` in place of a number is a range to tune within. ``arms`` lists names; an arm that is not built in,
    or that differs from the built-in one, is described by a table ``[arm.NAME]``. Every table ``[[comparison]]`` is one
    workload, network, optimizer and budget; without one, the top of the file is the comparison.

    Args:
        path: The file. Its name without the ending becomes the name of the study.
        find: Function from the name of a workload to the workload: `loganneal.data.find_workload`, which runs the code
            of ``module:function``, or what ``loganneal.studies.declare.code_facts.find_without_code`` returns, which
            runs none.

    Returns:
        The study.

    Raises:
        StudyError: The file is not TOML, or a value is not allowed; the message names the line.
        ValueError: ``find`` does not know a workload.
        OSError: The file cannot be read.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "falls.toml")
        ...     _ = file.write_text('title = "Two falls"\narms = ["cosine", "linear"]\nworkload = "digits"\n')
        ...     study = read_study(file)
        >>> study.name, study.title, study.total
        ('falls', 'Two falls', 80)
    """
    path = Path(path)
    try:
        text = read_text(path, _limits.STUDY_FILE_BYTES)
        values = bounded(lambda: tomllib.loads(text))
    except ValueError as error:
        raise StudyError(f"{path}: not TOML: {error}.") from error
    return _study(values, _Source(path, _lines(text)), find)


@dataclass(frozen=True)
class _Source:
    """The line of each table and key of a file, for messages."""

    path: Path
    lines: Mapping[tuple[str, str], int]

    @contextmanager
    def blamed(self, table: str) -> Iterator[None]:
        """Make errors about parameters name the line on which this table, or else the top of the file, gives them."""
        try:
            yield
        except (StudyError, CodeNotRunError):
            raise
        except (ValueError, TypeError) as error:
            named = re.match(r"The '(\w+)' parameter", str(error))
            raise StudyError(f"{self.path}{self._line(table, named[1] if named else '')}: {error}") from error

    def _line(self, table: str, name: str) -> str:
        places = ((table, name), ("", name), (name, ""), (table, ""))
        number = next((self.lines[place] for place in places if place in self.lines), None)
        return f", line {number}" if number else ""


def _lines(text: str) -> dict[tuple[str, str], int]:
    """The line of every key by its table, "comparison 2" being the second [[comparison]]."""
    table, counts, found = "", dict[str, int](), dict[tuple[str, str], int]()
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]", line):
            table = header[2].replace('"', "")
            if header[1] == "[[":
                counts[table] = counts.get(table, 0) + 1
                table = f"{table} {counts[table]}"
            found[table, ""] = number
        elif key := re.match(r'\s*"?([\w.-]+?)"?\s*=', line):
            found.setdefault((table, key[1]), number)
    return found


def _study(values: Table, source: _Source, find: Find) -> Study:
    arms, comparisons = values.pop("arm", {}), values.pop("comparison", [{}])
    with source.blamed(""):
        _tables("arm", arms, dict, "tables [arm.NAME]")
        _tables("comparison", comparisons, list, "tables [[comparison]], in two brackets")
        _few("arm", arms, _limits.ARMS)
        _few("comparison", comparisons, _limits.COMPARISONS)
        _known("a study", values, (*STUDY_KEYS, *COMPARISON_KEYS))
        names = _names(values)
        title = _checks.title("a study", "title", values.get("title", source.path.stem), _limits.TITLE_LETTERS)
        shared = {name: values[name] for name in STUDY_KEYS if name in values and name != "title"}
    shared |= {"arms": names, "own_arms": _own_arms(arms, names, source), "find": find}
    top = {name: value for name, value in values.items() if name in COMPARISON_KEYS}
    numbered = enumerate(comparisons, 1)
    declared = [
        _comparison({**_applying(top, own), **own}, shared, f"comparison {number}", source) for number, own in numbered
    ]
    with source.blamed(""):
        return Study(name=source.path.stem, title=title, comparisons=tuple(declared))


_REPLACED = {"peak_lr": ("peak_range",), "peak_range": ("peak_lr", "peak_factor")}
"""Two ways to say which peak rates are tried: a comparison that has one does not take the other from the top."""


def _applying(top: Table, own: Table) -> Table:
    """The settings at the top of the file that apply to a comparison with these of its own."""
    replaced = {other for name, others in _REPLACED.items() if name in own for other in others}
    return {name: value for name, value in top.items() if name not in replaced}


def _comparison(values: Table, shared: Table, table: str, source: _Source) -> Comparison:
    with source.blamed(table):
        _known("a comparison", values, COMPARISON_KEYS)
        if "command" in values:
            return _of_command(values, shared, source.path.parent)
        _typed(values, "workload", str, "a name, a path or module:function")
        plain, tuned = _ranges(values, besides=("peak_range", "averaging"))
        settings = {name: plain.pop(name) for name in SETTINGS if name in plain}
        if "averaging" in settings:
            settings["averaging"] = tuple(_typed(settings, "averaging", list, "a list of names"))
        if "peak_range" in plain:
            plain["peak_range"] = _pair(plain["peak_range"], "peak_range")
        comparison = declare(**shared, **plain, settings=settings, tuned=tuned)
        if {"model", "optimizer", "optimizer_options", "crop", "flip", "channels_last"} & set(values):
            _check_names(comparison)
        return comparison


_OF_COMMAND = ("steps", "peak_lr", "margin")
"""The keys that a command must give, since nothing else can supply them."""


def _of_command(values: Table, shared: Table, beside: Path) -> Comparison:
    """A comparison with the user's own command, which is not run in order to read the study."""
    declared = {name: values[name] for name in (*_OF_COMMAND, "peak_factor") if name in values}
    for name in values:
        _checks.one_of("a comparison with a command", name, name, (*_OF_COMMAND, "peak_factor", *SCRIPT_KEYS))
    for name in _OF_COMMAND:
        if name not in values:
            _checks.missing("a comparison with a command", name)
    declared["margin"], declared["relative_margin"] = read_margin(values["margin"])
    own = {name: value for name, value in shared.items() if name != "find"}
    return declare_script(_script(values, beside).with_digest(), **own, **declared)


_TYPES: dict[str, tuple[type | tuple[type, ...], str]] = {
    "cwd": (str, "the path of a folder"),
    "metric": (str, "the name of a reported value"),
    "test_metric": (str, "the name of a reported value"),
    "higher_is_better": (bool, "true or false"),
    "log": (str, "'report', the name of a file, or 'stdout:' with a pattern"),
    "gpus": ((int, float), "a number of devices"),
    "retries": (int, "a whole number"),
    "resume": (bool, "true or false"),
}


def _script(values: Table, beside: Path) -> Script:
    if not isinstance(values["command"], list):
        _checks.fail("a comparison", "command", 'a list of words, such as ["python", "train.py"]', values["command"])
    if "higher_is_better" not in values:
        _checks.fail("a comparison with a command", "higher_is_better", "given: true or false", "nothing")
    given = {name: _typed(values, name, *_TYPES[name]) for name in _TYPES if name in values}
    given |= {
        name: read_seconds("a comparison", name, values[name]) for name in ("timeout", "silence") if name in values
    }
    given["cwd"] = beside / given.get("cwd", "")
    return Script(command=tuple(values["command"]), **given)


def _check_names(comparison: Comparison) -> None:
    """Reject an unknown network or optimizer, naming its line."""
    from loganneal.training.check import check_names  # takes seconds to import, which a file that names neither avoids

    spec = next(comparison.replicate(0)).spec
    if isinstance(spec, RunSpec) and ":" not in spec.optimizer:  # reading a file runs no code that it names
        check_names(spec, comparison.data)


def _own_arms(tables: Table, names: tuple[str, ...], source: _Source) -> tuple[Arm, ...]:
    arms: dict[str, Arm] = {}
    for name, table in tables.items():
        with source.blamed(f"arm.{name}"):
            _checks.one_of("a study", "arm", name, names)
            taken = {arm.colour for arm in ({**ARMS, **arms}[one] for one in names if one in {**ARMS, **arms})}
            colour = next((one for one in PALETTE if one not in taken), PALETTE[len(arms) % len(PALETTE)])
            arms[name] = _arm(name, table, {**ARMS, **arms}, colour)
            arms[name].build(1.0, ENOUGH_STEPS)
    return tuple(arms.values())


def _arm(name: str, table: Table, known: Mapping[str, Arm], colour: str) -> Arm:
    """An arm of the file, either with its own schedule or like a known arm."""
    if "schedule" in table:
        base = Arm(name, name, colour, table["schedule"])
    else:
        base = known[_checks.one_of("an arm without a 'schedule'", "like", table.get("like", name), known)]
    if base.name != name:
        base = replace(base, name=name, title=name, colour=colour)
    return _changed(base, table)


def _changed(base: Arm, table: Table) -> Arm:
    own = {key: value for key, value in table.items() if key not in ARM_KEYS}
    _known(f"an arm with the schedule {base.schedule}", own, (*ARM_KEYS, *parameters_of(base.schedule)))
    plain, tuned = _ranges(own, besides=LISTS)
    parameters = {key: value for key, value in {**base.parameters, **plain}.items() if key in plain or key not in own}
    kept = tuple(one for one in base.tuned if one.name not in own)
    said = {key: table[key] for key in ("title", "colour", "averaging") if key in table}
    return replace(base, parameters=parameters, tuned=(*kept, *tuned), **said)


def _ranges(values: Table, besides: tuple[str, ...] = ()) -> tuple[Table, tuple[TunedParameter, ...]]:
    """The plain values, and separately the ranges to tune within."""
    ranges = {name: value for name, value in values.items() if isinstance(value, list) and name not in besides}
    plain = {name: value for name, value in values.items() if name not in ranges}
    return plain, tuple(TunedParameter(name, *_pair(value, name)) for name, value in ranges.items())


def _pair(value: Any, name: str) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        _checks.fail("a study", name, "two numbers, the lowest and the highest", value)
    return value[0], value[1]


def _known(owner: str, values: Table, allowed: tuple[str, ...]) -> None:
    for name in values:
        _checks.one_of(owner, name, name, allowed)


def _tables(name: str, value: Any, kind: type, allowed: str) -> None:
    inside = value.values() if isinstance(value, dict) else value
    if not isinstance(value, kind) or not all(isinstance(one, dict) for one in inside):
        _checks.fail("a study", name, allowed, value)


def _names(values: Table) -> tuple[str, ...]:
    names = _typed(values, "arms", list, "a list of names")
    _few("arms", names, _limits.ARMS)
    if not all(isinstance(name, str) for name in names):
        _checks.fail("a study", "arms", "a list of names", names)
    return tuple(names)


def _few(name: str, values: Collection[Any], most: int) -> None:
    if len(values) > most:
        _checks.fail("a study", name, f"at most {most:,}", len(values))


def _typed(values: Table, name: str, kind: type | tuple[type, ...], allowed: str) -> Any:
    if not isinstance(values.get(name), kind):
        _checks.fail("a study", name, allowed, values.get(name))
    return values[name]
