"""A declared comparison and its plan."""

import pytest

from loganneal.studies.declare.comparison import Comparison, declare


def small(**changes: object) -> Comparison:
    """Two arms, two trials, three replicates."""
    return declare("digits", **{"arms": ("cla", "cosine"), "trials": 2, "replicates": 3, **changes})  # type: ignore[arg-type]


def test_plan_goes_replicate_by_replicate() -> None:
    """Each replicate is completed before the next one, so that a part of the runs is balanced."""
    places = [(run.replicate, run.arm, run.trial) for run in small().plan()]
    assert places == [
        (replicate, arm, trial) for replicate in range(3) for arm in ("cla", "cosine") for trial in range(2)
    ]


def test_sharing_within_a_replicate() -> None:
    """Arms and trials of a replicate share seed and split, and arms share the peak rates."""
    for replicate in range(3):
        runs = [run for run in small().plan() if run.replicate == replicate]
        assert len({(run.spec.seed, run.spec.split_seed) for run in runs}) == 1
        assert len({run.peak for run in runs}) == 2
        assert all(run.spec.schedule.max_lr == run.peak for run in runs)


def test_nothing_is_shared_between_replicates() -> None:
    """Each replicate has its own seed, split and rates."""
    firsts = [run for run in small().plan() if run.trial == 0 and run.arm == "cosine"]
    assert len({run.spec.seed for run in firsts}) == len({run.peak for run in firsts}) == 3


def test_only_the_schedule_differs_between_arms() -> None:
    """Everything except the schedule is the same in every arm."""
    first, *others = [{**run.spec.to_dict(), "schedule": None} for run in small().plan() if run.replicate == 1]
    assert all(other == first for other in others)


@pytest.mark.parametrize("larger", [{"replicates": 4}, {"trials": 3}, {"arms": ("cla", "cosine", "linear")}])
def test_a_larger_comparison_keeps_the_records(larger: dict[str, object]) -> None:
    """More replicates, trials or arms contain every run of the smaller comparison."""
    keys = {run.spec.key for run in small().plan()}
    assert keys < {run.spec.key for run in small(**larger).plan()}


def test_fresh_seeds() -> None:
    """Another first seed shares no run, so that it can confirm a result."""
    fresh = small(first_seed=100).plan()
    assert not {run.spec.key for run in small().plan()} & {run.spec.key for run in fresh}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"arms": ("cosin", "cla")}, "Did you mean 'cosine'"),
        ({"arms": ("cla", "linear")}, "'cosine'"),
        ({"arms": ("cosine",)}, "rival"),
        ({"arms": ("cosine", "cla", "cla")}, "different names"),
        ({"reference": "sine"}, "'reference'"),
        ({"trials": 0}, r"\[1, 100000\]. Got 0"),
        ({"replicates": 2.5}, "'replicates'"),
        ({"margin": 0}, "'margin'"),
        ({"peak_range": (1.0, 0.1)}, "'peak_range'"),
        ({"first_seed": -1}, "'first_seed'"),
    ],
)
def test_bad_declarations(changes: dict[str, object], message: str) -> None:
    """Every bad value raises before the first run, in a sentence that names it."""
    with pytest.raises(ValueError, match=message):
        small(**changes)


def test_unknown_workload() -> None:
    """An unknown workload raises an error that suggests a known one."""
    with pytest.raises(ValueError, match="Did you mean 'digits'"):
        declare("digit")
