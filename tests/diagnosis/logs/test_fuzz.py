"""Whatever a log holds, the command ends with a diagnosis or with a sentence."""

import contextlib
import io
import json
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loganneal.cli import main
from loganneal.diagnosis.logs.checksum import masked_crc32c

BOUNDED = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

NUMBERS = st.one_of(
    st.floats().map(repr),
    st.integers(-(10**30), 10**30).map(str),
    st.integers(0, 50).map(str),
    st.floats(0, 3).map(repr),
    st.sampled_from(
        ["", "nan", "NA", "inf", "-inf", "1e308", "5e-324", "1e-400", "[0.1, 0.2]", "tensor(2.)", "0,5", "x"]
    ),
)
NAMES = st.one_of(
    st.sampled_from(["step", "iter", "epoch", "_step", "lr", "lr/pg0", "loss", "train_loss", "val_loss", "a - loss"]),
    st.sampled_from(["b - lr", "grad_norm", "reward", "run", "value", "mode", "loss[0]", "\x1b[2J", "loss__MIN"]),
    st.text(max_size=6),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers(-(10**25), 10**25) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)


@st.composite
def tables(draw):
    """Lines of cells under a header, with any separator."""
    names = draw(st.lists(NAMES, min_size=1, max_size=6))
    separator = draw(st.sampled_from([",", ";", "\t", " "]))
    rows = draw(st.lists(st.lists(NUMBERS, min_size=len(names), max_size=len(names) + 1), max_size=15))
    return "\n".join(separator.join(row) for row in [names, *rows])


def shown(path: Path, *options: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(["diagnose", str(path), *options])
    return status, out.getvalue(), err.getvalue()


def check(path: Path) -> None:
    status, out, err = shown(path, "--json")
    assert status in {0, 2}
    if status == 0:
        json.loads(out)
    else:
        assert out == ""
        assert err.startswith("loganneal diagnose: ")
    assert "\x1b" not in out + err


@given(st.binary(max_size=300))
@BOUNDED
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    """Bytes of any kind, under each of the names that readers recognize."""
    for name in ("log.csv", "log.json", "events.out.tfevents.1"):
        (tmp_path / name).write_bytes(data)
        check(tmp_path / name)


@given(tables())
@BOUNDED
def test_any_table(tmp_path: Path, text: str) -> None:
    """Tables with known and unknown names, and cells of every kind."""
    (tmp_path / "log.csv").write_text(text, encoding="utf-8", errors="surrogatepass")
    check(tmp_path / "log.csv")


@given(st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=12))
@settings(BOUNDED, max_examples=25)
def test_any_numbers_are_drawn(tmp_path: Path, rows: list[tuple[str, str, str]]) -> None:
    """Numbers at the ends of floats in a plot of text."""
    (tmp_path / "log.csv").write_text("\n".join(["step;lr;loss", *map(";".join, rows)]))
    status, out, err = shown(tmp_path / "log.csv")
    assert status in {0, 2}
    assert "\x1b" not in out + err


@given(JSON)
@BOUNDED
def test_any_json(tmp_path: Path, value: object) -> None:
    """A file of one value, as the history of Transformers, and as a line of several."""
    for text in (json.dumps(value), json.dumps({"log_history": value}), f"{json.dumps({'a': 1})}\n{json.dumps(value)}"):
        (tmp_path / "log.json").write_text(text)
        check(tmp_path / "log.json")


@given(st.lists(st.dictionaries(NAMES, st.floats() | st.integers() | st.none() | st.text(max_size=3), max_size=5)))
@BOUNDED
def test_any_lines_of_json(tmp_path: Path, rows: list[dict[str, object]]) -> None:
    """Dictionaries of numbers, one per line."""
    (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, rows)))
    check(tmp_path / "log.jsonl")


def framed(record: bytes) -> bytes:
    head = struct.pack("<Q", len(record))
    tail = struct.pack("<I", masked_crc32c(record))
    return head + struct.pack("<I", masked_crc32c(head)) + record + tail


@given(st.lists(st.binary(max_size=60), max_size=4), st.binary(max_size=20))
@BOUNDED
def test_any_records(tmp_path: Path, records: list[bytes], rest: bytes) -> None:
    """Event files whose checksums are right, and whose records are anything."""
    pytest.importorskip("tensorboard")
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(b"".join(map(framed, records)) + rest)
    check(path)
