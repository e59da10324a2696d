"""The runs that the committed studies ask for are those that their records hold, whatever changes in the code."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pytest

from loganneal.studies.declare.comparison import PlannedRun, declare
from loganneal.studies.declare.study_file import read_study

STUDIES = Path(__file__).parents[3] / "studies"

KEYS = {
    "averaging": (2560, "2032c1d8ab1fde5e"),
    "bases": (480, "5da1b871ff5f7d72"),
    "budgets": (1600, "3292cd8455d26c43"),
    "data-sets": (600, "a24185e8373a8f46"),
    "late-fall": (120, "a15319f062edc766"),
    "nanogpt-form": (48, "3c6b5f17e4c85d21"),
    "networks": (1400, "825ed039e494e81a"),
    "optimizers": (800, "7e9148c0f9378450"),
    "recommended": (480, "f3b1df6373a580a6"),
    "restarts-at-length": (288, "542e2268c461ada3"),
    "shape-and-restarts": (640, "8285718604917744"),
    "warmup": (640, "413320c3d9172a31"),
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
    """A study that is added is added here."""
    assert {path.stem for path in STUDIES.glob("*.toml")} == set(KEYS)


def test_the_built_in_arms_build_what_they_built() -> None:
    """So do those of `loganneal compare`."""
    assert digest(declare("digits", arms=BUILT_IN).plan()) == (320, "7507fa988431b59e")
