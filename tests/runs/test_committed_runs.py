"""The runs that are kept as evidence do not change, since others rely on their addresses."""

import json
import lzma
from collections.abc import Iterator
from pathlib import Path

import pytest

from loganneal.runs import Journal
from loganneal.runs._journal_line import intact_key
from loganneal.runs.journal import file_name

pytestmark = pytest.mark.slow

RUNS = Path(__file__).parents[2] / "records" / "runs"


@pytest.fixture(scope="module")
def journal() -> Journal:
    """The committed journal."""
    if not RUNS.exists():
        pytest.skip("The evidence is not part of a source distribution.")
    return Journal(RUNS)


def lines() -> Iterator[tuple[str, bytes]]:
    """The lines of all files, compressed or not, with the name of the file."""
    for path in sorted(RUNS.glob("*.jsonl*")):
        data = path.read_bytes()
        for line in (lzma.decompress(data) if path.suffix == ".xz" else data).splitlines():
            yield path.name.removesuffix(".xz"), line


def test_every_line_is_intact(journal: Journal) -> None:
    """Each line has its checksum, and is in the file of its workload."""
    for name, line in lines():
        key = intact_key(line)
        assert key is not None, f"{name}: {line[:60]!r}"
        assert name == file_name(json.loads(line)["spec"]["workload"])


def test_every_run_has_the_key_of_its_specification(journal: Journal) -> None:
    """The keys, those of the first 2,736 runs among them, are what specifications have today; each finds its record."""
    records = {record.spec.key: record for record in journal}
    assert len(records) == len(journal) >= 3144
    for _, line in lines():
        values = json.loads(line)
        record = records[values["key"]]
        assert json.loads(json.dumps(record.spec.to_dict())) == values["spec"]
    assert all(journal.read(record.spec) == record for record in records.values())


def test_every_run_says_what_it_was(journal: Journal) -> None:
    """A curve reaches the last step, with the score of the whole run; that of a run that diverged does not."""
    for record in journal:
        if record.status == "diverged":
            assert all(row.step < record.spec.steps for row in record.metrics)
            continue
        last = record.metrics[-1]
        assert (record.status, last.step) == ("completed", record.spec.steps)
        assert last.lr == record.spec.schedule(record.spec.steps - 1)
        assert last.validation_score == record.validation_score
