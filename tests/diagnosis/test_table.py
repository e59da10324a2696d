"""The tables in the documentation are what the experiments print, and the rules what they need."""

import contextlib
import importlib
import io
from pathlib import Path

import pytest

from loganneal.diagnosis import RULES

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "diagnosis.md"


def printed(script: str) -> str:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        importlib.import_module(script).main()
    return output.getvalue().strip()


def documented(script: str) -> str:
    return PAGE.read_text().split(f"<!-- what experiments/{script}.py prints -->")[1].split("<!-- end -->")[0].strip()


@pytest.mark.parametrize("script", ["diagnosis", "diagnosis_thinned", "diagnosis_fresh"])
def test_the_documented_tables_are_what_the_records_give(script: str) -> None:
    """Rules, thresholds or records that change without the documentation fail here."""
    assert documented(script) == printed(script)


def test_thinned_logs_give_no_false_alarm() -> None:
    """None of 150 healthy runs at any thinning; of 46 failures 39 at every row, and half at every tenth."""
    lines = [line.strip("| ").split(" | ") for line in documented("diagnosis_thinned").splitlines()[2:]]
    assert len(lines) == 12
    assert {alarms for _, alarms, *_ in lines} == {"0 of 150"}
    found = {name: int(hits) for name, _, hits, *_ in lines}
    assert found["every row"] == 39
    assert min(found["every 10th row"], found["means over 10 rows"]) >= 23


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_each_rule_needs_is_documented(rule) -> None:
    """In the words of the rule, in its line of the table."""
    line = next(line for line in PAGE.read_text().splitlines() if f"| {rule.name} |" in line)
    for need in rule.needs:
        assert need.words in line
