"""A study as a file: what it declares, and how a bad one is refused."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loganneal.studies.declare.study import Study
from loganneal.studies.declare.study_file import StudyError, read_study
from loganneal.studies.judge.power import fewest_replicates

FILE = """\
title = "Bases"
workload = "digits"
model = "resnet-tiny"
arms = ["cosine", "cla", "late", "late-ema"]
trials = 16
replicates = 3
label_smoothing = 0.1
weight_decay = [1e-5, 1e-2]

[arm.cosine]
min_share = [0.001, 0.1]

[arm.cla]
base = [2, 50]

[arm.late]
title = "Late"
schedule = "CyclicalLogAnnealing"
cycles = [1, 4]
base = 0.1

[arm.late-ema]
like = "late"
averaging = "ema"

[[comparison]]
steps = 50

[[comparison]]
steps = 100
optimizer = "adamw"
peak_range = [1e-4, 1e-2]
"""


def read(text: str, folder: Path) -> Study:
    """The study that a file of this text declares."""
    path = folder / "bases.toml"
    path.write_text(text)
    return read_study(path)


def test_what_a_file_declares(tmp_path: Path) -> None:
    """The top of the file applies to every comparison, and a comparison can override it."""
    study = read(FILE, tmp_path)
    first, second = study.comparisons
    assert (study.name, study.title) == ("bases", "Bases")
    assert (first.steps, first.optimizer, first.peak_range) == (50, "sgd", (0.03, 1.5))
    assert (second.steps, second.optimizer, second.peak_range) == (100, "adamw", (1e-4, 1e-2))
    assert [comparison.settings for comparison in study.comparisons] == [{"label_smoothing": 0.1}] * 2
    assert (first.trials, first.replicates, first.reference) == (16, 3, "cosine")


def test_peak_rates_of_a_comparison_replace_those_of_the_top(tmp_path: Path) -> None:
    """However each of them is given; within one table, two ways are refused."""
    top = 'arms = ["cosine", "linear"]\nworkload = "digits"\nreplicates = 8\npeak_range = [0.03, 1.5]\n'
    own = "[[comparison]]\n[[comparison]]\npeak_lr = 0.1\n"
    ranges = [one.peak_range for one in read(top + own, tmp_path).comparisons]
    assert ranges == [(0.03, 1.5), (0.04, 0.25)]
    around = top.replace("peak_range = [0.03, 1.5]", "peak_lr = 0.1\npeak_factor = 2")
    ranges = [
        one.peak_range
        for one in read(around + own.replace("peak_lr = 0.1", "peak_range = [0.1, 9]"), tmp_path).comparisons
    ]
    assert ranges == [(0.05, 0.2), (0.1, 9)]
    with pytest.raises(StudyError, match="'peak_range' parameter of Comparison must be left out"):
        read(top + own + "peak_range = [0.1, 9]\n", tmp_path)


def test_arms_of_the_file(tmp_path: Path) -> None:
    """An arm has its own schedule or is like another; colours that are not given differ from all others."""
    study = read(FILE, tmp_path)
    arms = {name: study.comparisons[0].arm(name) for name in study.comparisons[0].arms}
    assert arms["late"].title == "Late"
    assert arms["late"].parameters == {"base": 0.1}
    assert arms["late-ema"].tuned == arms["late"].tuned
    assert arms["late-ema"].averaging == "ema"
    assert arms["cla"].title == "CLA (base 10, 2 cycles)"
    assert arms["cla"].parameters == {"cycles": 2}
    assert len({arm.colour for arm in arms.values()}) == 4


def test_a_range_is_tuned(tmp_path: Path) -> None:
    """Two numbers in place of one are a range: shared parameters have the same value in every arm, own ones do not."""
    runs = [run for run in read(FILE, tmp_path).plan() if (run.comparison, run.replicate) == (0, 1)]
    decays = {arm: [run.spec.weight_decay for run in runs if run.arm == arm] for arm in ("cosine", "cla", "late")}
    assert len(set(decays["cosine"])) == 16
    assert decays["cosine"] == decays["cla"] == decays["late"]
    assert all(1e-5 <= decay <= 1e-2 for decay in decays["cosine"])
    assert {run.spec.schedule.to_dict()["cycles"] for run in runs if run.arm == "late"} == {1, 2, 3, 4}
    assert len({run.spec.schedule.to_dict()["base"] for run in runs if run.arm == "cla"}) == 16
    assert dict(runs[0].tuned).keys() == {"weight_decay", "min_share"}


def test_an_average_is_read_from_the_same_run(tmp_path: Path) -> None:
    """An arm and its average share every run, and every arm's runs compute the average."""
    runs = read(FILE, tmp_path).plan()
    keys = {arm: [run.spec.key for run in runs if run.arm == arm] for arm in ("late", "late-ema")}
    assert keys["late"] == keys["late-ema"]
    assert {run.spec.averaging for run in runs} == {("ema",)}


def test_without_comparisons_the_top_is_the_comparison(tmp_path: Path) -> None:
    """A file without [[comparison]] declares one comparison, with the workload's own values."""
    (comparison,) = read('workload = "digits"\narms = ["cosine", "cla"]\n', tmp_path).comparisons
    assert (comparison.steps, comparison.model, comparison.margin) == (100, "resnet-tiny", 1.0)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("base = 0.1", "base = -1", 20, r"'base' .* \[1e-06, 1e\+06\]"),
        ("base = 0.1", "bse = 0.1", 20, "Did you mean 'base'"),
        ('"CyclicalLogAnnealing"', '"CyclicLogAnnealing"', 18, "Did you mean 'CyclicalLogAnnealing'"),
        ("trials = 16", "trial = 16", 5, "Did you mean 'trials'"),
        ("trials = 16", 'trials = "many"', 5, r"whole number in \[1, 100000\]"),
        ("trials = 16", "trials = 8", 5, "a power of two, at least 16,"),
        ("trials = 16", "trials = 24", 5, "a power of two, at least 16,"),
        ('"adamw"', '"adamv"', 31, "Did you mean 'adam"),
        ('"resnet-tiny"', '"resnet-tini"', 3, "Did you mean 'resnet-tiny'"),
        ("steps = 50", "step = 50", 27, "Did you mean 'steps'"),
        ("steps = 50", "steps = 0", 27, r"'steps' .* \[1, 10000000\]"),
        ('like = "late"', 'like = "lat"', 23, "Did you mean 'late'"),
        ('averaging = "ema"', 'averaging = "em"', 24, "Did you mean 'ema'"),
        ("[1e-4, 1e-2]", "[1e-4, 1e-3]", 32, "1.5 decades"),
        ("[1e-4, 1e-2]", "1e-4", 32, "two numbers"),
        ('"digits"', '"digit"', 2, "Did you mean 'digits'"),
        ('"digits"', "3", 2, "a name, a path or module:function"),
        ("[arm.late]", "[arm.lat]", 16, "Did you mean 'late'"),
        ("base = [2, 50]", "base = 10", 4, "equal numbers of tuned parameters"),
        ('title = "Bases"', 'title = "Bases"\nreference = "cla-1"', 5, "the reference 'cla-1'"),
        ("label_smoothing = 0.1", "label_smoothing = 2", 7, r"\[0, 1\)"),
        ("label_smoothing = 0.1", "crop = [1, 2]", 7, "'crop' .* 'weight_decay'"),
        ("weight_decay = [1e-5, 1e-2]", "weight_decay = [0, 1e-2]", 8, r"\[1e-30, 1e\+30\]"),
        ('title = "Late"', 'title = "Late"\ncolour = "red"', 18, "#rrggbb"),
        ('title = "Bases"', "title = ", 1, "not TOML"),
        ("[[comparison]]\nsteps = 50\n\n[[comparison]]", "[comparison]", 26, "two brackets"),
    ],
)
def test_a_bad_file_is_refused(old: str, new: str, line: int, message: str, tmp_path: Path) -> None:
    """The message names the file, the line, what is allowed, and the nearest name."""
    assert old in FILE
    with pytest.raises(StudyError, match=message) as caught:
        read(FILE.replace(old, new), tmp_path)
    assert "bases.toml" in str(caught.value)
    assert f"line {line}" in str(caught.value)


WORDS = st.sampled_from(
    ["", "=", "[", "]", '"', "3", "-1", "1e-9", "true", "[[", "\n", "steps", "arm", "[1, 2]", "#", "\t"]
)


@given(place=st.integers(0, len(FILE)), length=st.integers(0, 12), word=WORDS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_change_is_read_or_refused(place: int, length: int, word: str, tmp_path: Path) -> None:
    """Whatever is deleted from a file or inserted into it, the result is a study with a plan, or a `StudyError`."""
    try:
        study = read(FILE[:place] + word + FILE[place + length :], tmp_path)
    except StudyError:
        return
    assert len(study.plan()) == study.total


COMMITTED = sorted((Path(__file__).parents[3] / "studies").glob("*.toml"))


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_every_committed_study_plans(path: Path) -> None:
    """Each study of the project declares enough replicates for a verdict, and plans its runs."""
    study = read_study(path)
    runs = study.plan()
    assert len(runs) == study.total
    assert all(one.replicates >= fewest_replicates(len(one.rivals)) for one in study.comparisons)
    assert tomllib.loads(path.read_text())["title"] == study.title


def test_the_studies_of_this_project_are_there() -> None:
    """The questions that a reader asks first each have a study."""
    names = {path.stem for path in COMMITTED}
    assert names == {
        "averaging",
        "bases",
        "budgets",
        "data-sets",
        "late-fall",
        "nanogpt-form",
        "networks",
        "optimizers",
        "paper-deep-networks",
        "paper-googlenet",
        "paper-networks",
        "recommended",
        "restarts-at-length",
        "second-form",
        "shape-and-restarts",
        "warmup",
    }
