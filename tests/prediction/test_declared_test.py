"""The declared test: its plan is what the page says, and its rule of right and wrong is the declared one."""

import json
from collections import Counter
from pathlib import Path

import pytest
from prediction_judge import judge, read_runs, right
from prediction_plan import CANDIDATES, FIRST_SEED, FIXED_RANKING, LOGS, plan

from loganneal.runs import Journal

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
RESULT = ROOT / "records" / "prediction" / "declared_test.json"


def test_the_plan_is_what_was_declared():
    """408 runs on seeds that no other record has, of ten schedules, each ranked once without a log."""
    runs = list(plan())
    assert Counter(one.workload for one in runs) == {"cifar10": 240, "shakespeare": 120, "digits": 48}
    assert len({one.spec.key for one in runs}) == len(runs)
    assert sorted(FIXED_RANKING) == sorted(CANDIDATES)
    assert min(one.seed for one in runs) == FIRST_SEED
    keys = {one.spec.key for one in runs}
    others = {record.spec.seed for record in Journal(ROOT / "records" / "runs") if record.spec.key not in keys}
    assert not others & {one.seed for one in runs}


def test_a_seed_is_whole_before_the_next_begins():
    """A test that is cut short has whole seeds."""
    seeds = [one.seed for one in plan()]
    assert seeds == sorted(seeds)
    assert [one.name for one in plan()][:2] == list(LOGS)


@pytest.mark.parametrize(
    ("verdict", "truth", "expected"),
    [
        ("better", -0.03, True),
        ("better", -0.01, False),
        ("better", 0.03, False),
        ("worse", 0.01, True),
        ("worse", -0.01, False),
    ],
)
def test_better_has_to_clear_two_standard_errors(verdict, truth, expected):
    """Worse has to have the sign."""
    assert right(verdict, truth, 0.01) is expected


@pytest.mark.slow
def test_the_result_is_what_the_committed_runs_show():
    """Truths are equal; verdicts, which a fit gives, may differ by two on another processor."""
    if not RESULT.exists():
        pytest.skip("The runs of the declared test are not finished.")
    committed = json.loads(RESULT.read_text())
    found = json.loads(json.dumps(judge(read_runs(Journal(ROOT / "records" / "runs")))))
    for name in ("seeds", "complete", "passed", "bar", "refused"):
        assert found[name] == committed[name]
    assert [one[7:] for one in found["statements"]] == [one[7:] for one in committed["statements"]]
    for name, counts in committed["all"].items():
        assert found["all"][name] == pytest.approx(counts, abs=2)
