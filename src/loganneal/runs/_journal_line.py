"""A record as one line of a journal: JSON that carries the key of its run and its own checksum.

A line begins with `checksum`, the first 16 hexadecimal digits of the SHA-256 of the same object without it, and `key`,
the key of the specification. Fields with their default values are left out.
"""

import dataclasses
import hashlib
import json
import re
from typing import Any

from loganneal._value import typed
from loganneal.runs._curve import curve_columns, curve_rows
from loganneal.runs.any_spec import Spec, spec_from_dict
from loganneal.runs.record import CorruptRecordError, Record, corrupt

LINE_VERSION = 1

_LINE = re.compile(rb'\{"checksum":"([0-9a-f]{16})",("key":"([0-9a-f]{16})",.*\})')
_KEY = re.compile(rb'"key":"([0-9a-f]{16})"')
_OUTCOME = [one for one in dataclasses.fields(Record) if one.name not in ("spec", "metrics")]


def pack(record: Record) -> bytes:
    """The line of a record, without its line break.

    Raises:
        ValueError: A number that JSON has to hold is not finite.
    """
    outcome = {one.name: getattr(record, one.name) for one in _OUTCOME}
    outcome["launch"] = None if record.launch is None else record.launch.to_dict()
    values = {
        "key": record.spec.key,
        "version": LINE_VERSION,
        "spec": record.spec.to_dict(),
        **{one.name: outcome[one.name] for one in _OUTCOME if outcome[one.name] != _default(one)},
        "curve": curve_columns(record.spec, record.metrics),
    }
    body = json.dumps(values, separators=(",", ":"), allow_nan=False).encode()[1:]
    return b'{"checksum":"%s",%s' % (_digest(body), body)


def unpack(line: bytes, spec: Spec | None = None) -> Record:
    """The record of an intact line.

    Args:
        line: The line that `pack` returned.
        spec: The specification, if it is known already; it is that of the line's key.

    Raises:
        CorruptRecordError: The line is of a later version, its key is not that of its specification, or its values
            are not those of a record.
    """
    with corrupt("A record of the journal is not valid, although its checksum is right"):
        values = json.loads(line)
        if values["version"] != LINE_VERSION:
            version = f"version {values['version']!r}, not {LINE_VERSION}"
            raise CorruptRecordError(f"The record {values['key']} has {version}.")
        if spec is None:
            spec = spec_from_dict(values["spec"])
            if spec.key != values["key"]:
                raise CorruptRecordError(f"The record {values['key']} belongs to another specification, {spec.key}.")
        outcome = {one.name: values.get(one.name, _default(one)) for one in _OUTCOME}
        fields = typed(Record, outcome, besides=("spec", "metrics"))
        return Record(spec=spec, metrics=curve_rows(spec, values["curve"]), **fields)


def intact_key(line: bytes) -> str | None:
    """The key of a line that is as it was written, or None."""
    match = _LINE.fullmatch(line)
    return match[3].decode() if match and _digest(match[2]) == match[1] else None


def damaged_key(line: bytes) -> str | None:
    """The key that can still be read from a damaged line, or None."""
    match = _KEY.search(line)
    return match[1].decode() if match else None


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(b"{" + body).hexdigest()[:16].encode()


def _default(one: "dataclasses.Field[Any]") -> Any:
    """The default of a field; None if it has none, as in a run without scores."""
    if one.default_factory is not dataclasses.MISSING:
        return one.default_factory()
    return None if one.default is dataclasses.MISSING else one.default
