"""The runs that the committed studies ask for are those in their records, whatever changes in the code."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pytest

from loganneal.studies.declare.comparison import PlannedRun, declare
from loganneal.studies.declare.study_file import read_study

STUDIES = Path(__file__).parents[3] / "studies"

KEYS = {
    "averaging": (2560, "d43ccc2644d3844d"),
    "bases": (480, "3ed061962fa71a9d"),
    "budgets": (1600, "9ad5edc68c6c76f6"),
    "data-sets": (600, "e4a41ee4323aca8a"),
    "late-fall": (120, "9217d94e663bcd57"),
    "nanogpt-form": (48, "da62dd14a8ced6b5"),
    "networks": (1400, "e101ed172f1e71ef"),
    "optimizers": (800, "0fe0fbad7a144ede"),
    "paper-deep-networks": (32, "85736aa4cceda683"),
    "paper-googlenet": (80, "effb510546393274"),
    "paper-networks": (128, "f733814e2474738e"),
    "recommended": (480, "d24514cb22b07888"),
    "restarts-at-length": (288, "90a0819a338c1f99"),
    "second-form": (768, "0d17d352135cd964"),
    "shape-and-restarts": (640, "ff1dd1c21baf1746"),
    "warmup": (640, "dbd00d4dbe3bb98f"),
}
"""How many runs each study plans, and the hash of their keys, as they were when the study was declared."""

BUILT_IN = ("cla", "cosine", "sgdr", "linear", "one-cycle", "cla-1", "cla-late", "constant")


def digest(runs: Iterable[PlannedRun]) -> tuple[int, str]:
    keys = [run.spec.key for run in runs]
    return len(keys), hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", KEYS)
def test_a_study_asks_for_the_runs_that_were_recorded(name: str) -> None:
    """A key is the address of a record: if one of them changed, its record would be lost."""
    assert digest(read_study(STUDIES / f"{name}.toml").plan()) == KEYS[name]


def test_every_committed_study_is_held() -> None:
    """A study that is added has to be added here too."""
    assert {path.stem for path in STUDIES.glob("*.toml")} == set(KEYS)


def test_the_built_in_arms_build_what_they_built() -> None:
    """The runs of `loganneal compare` are unchanged too."""
    assert digest(declare("digits", arms=BUILT_IN).plan()) == (320, "592d46f8097e2e2c")
