"""Comparisons that belong together."""

from pathlib import Path

import pytest

from loganneal.runs.record import MetricsRow, Record
from loganneal.studies.declare.comparison import Comparison, FinishedRun, declare
from loganneal.studies.declare.study import Study, study_of


def comparison(**changes: object) -> Comparison:
    """Two arms, two trials, three replicates."""
    return declare("digits", **{"arms": ("cla", "cosine"), "trials": 2, "replicates": 3, **changes})  # type: ignore[arg-type]


def test_plan_goes_replicate_by_replicate_over_all_comparisons() -> None:
    """A part of the runs is balanced: the first replicates of all comparisons come first."""
    study = Study(name="a", title="A", comparisons=(comparison(), comparison(steps=50)))
    places = [(run.replicate, run.comparison) for run in study.plan()]
    assert places == sorted(places)
    assert len(places) == study.total == 24
    assert {run.spec.steps for run in study.plan() if run.comparison == 1} == {50}


def test_parts_separate_the_comparisons() -> None:
    """Finished runs are handed to the comparison that planned them."""
    study = Study(name="a", title="A", comparisons=(comparison(), comparison(steps=50)))
    runs = [
        FinishedRun(run, Record(run.spec, "completed", 0.5, 0.5, (MetricsRow(1, 0.1, 1.0),), 1.0))
        for run in study.plan()
    ]
    first, second = study.parts(runs)
    assert {run.record.spec.steps for run in first} == {100}
    assert {run.record.spec.steps for run in second} == {50}


def test_a_study_of_one_comparison_plans_the_same_runs() -> None:
    """`loganneal compare` is such a study."""
    assert study_of(comparison()).plan() == comparison().plan()


@pytest.mark.parametrize(
    ("other", "name"),
    [({"trials": 4}, "trials"), ({"replicates": 4}, "replicates"), ({"arms": ("sgdr", "cosine")}, "arms")],
)
def test_comparisons_must_be_alike(other: dict[str, object], name: str) -> None:
    """Arms and tuning are those of the study."""
    with pytest.raises(ValueError, match=f"'{name}' parameter of Study must be the same"):
        Study(name="a", title="A", comparisons=(comparison(), comparison(**other)))


def test_some_comparisons_plan_the_runs_that_they_have_in_the_whole() -> None:
    """Their records can therefore be used for both."""
    study = Study(name="a", title="A", comparisons=(comparison(), comparison(steps=50), comparison(steps=25)))
    keys = {run.spec.key for run in study.only([3, 1]).plan()}
    assert keys == {run.spec.key for run in study.plan() if run.comparison != 1}
    with pytest.raises(ValueError, match=r"'only' parameter of Study must be a whole number in \[1, 3\]. Got 4"):
        study.only([4])


def test_other_seeds_share_no_run() -> None:
    """What one study suggests is confirmed by runs that had no part in it."""
    study = study_of(comparison())
    fresh = study.on_seeds_from(100)
    assert {run.spec.seed for run in fresh.plan()} == {100, 101, 102}
    assert not {run.spec.key for run in study.plan()} & {run.spec.key for run in fresh.plan()}


def test_a_path_gives_a_name_without_folders(tmp_path: Path) -> None:
    """A comparison on a user's own file is named after the file, so that its folder is where it should be."""
    text = tmp_path / "my text.txt"
    text.write_text("to be or not to be " * 4000)
    assert study_of(declare(str(text), arms=("cla", "cosine"))).name == "my-text.txt"


@pytest.mark.parametrize("name", ["..", ".", "a/b", "a\x1b[31m", "", "a" * 300])
def test_a_name_is_a_folder_and_printable(name: str) -> None:
    """A study's name is that of a folder inside the present one, and a terminal shows it as it is."""
    with pytest.raises(ValueError, match="'name' parameter of Study"):
        Study(name=name, title="A", comparisons=(comparison(),))


def test_a_study_is_bounded() -> None:
    """Comparisons that plan too many runs together are refused, though each is small enough."""
    large = comparison(trials=100, replicates=300)
    with pytest.raises(ValueError, match=r"at most 100,000 runs\. Got 120000"):
        Study(name="a", title="A", comparisons=(large, large))
