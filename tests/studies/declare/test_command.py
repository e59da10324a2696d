"""The command that a result names declares the same runs."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loganneal.cli import build_parser
from loganneal.cli.compare import declared
from loganneal.studies.declare.command import compare_command
from loganneal.studies.declare.comparison import Comparison, declare


def repeated(comparison: Comparison) -> Comparison:
    """The comparison that the parser reads from the command."""
    return declared(build_parser().parse_args(shlex.split(compare_command(comparison))[1:]))


def test_names_what_is_not_default() -> None:
    """The command names each setting that differs from the workload's, and no folder of this machine."""
    text = compare_command(declare("digits", margin=0.5, peak_range=(0.01, 2.0), first_seed=7, train_examples=500))
    assert text.endswith("--steps 100 --train-examples 500 --margin 0.5 --first-seed 7 --peak-range 0.01,2.0")
    assert "--out" not in text


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"peak_range": (0.0333333333, 1.23456789)},
        {"arms": ("cla", "cosine"), "trials": 2, "replicates": 3, "steps": 17, "reference": "cla"},
        {"margin": 0.1 + 0.2, "first_seed": 12345, "train_examples": 501},
        {"optimizer": "adamw", "model": "resnet-8"},
    ],
    ids=str,
)
def test_repeats_to_the_same_keys(changes: dict[str, object]) -> None:
    """Read by the parser again, the command plans the same runs, key by key."""
    comparison = declare("digits", **changes)
    assert [run.spec.key for run in repeated(comparison).plan()] == [run.spec.key for run in comparison.plan()]


def test_a_command_is_repeated_with_every_digit() -> None:
    """A long time, a fine margin and the log are read again as they were."""
    words = ["compare", "--steps", "60", "--peak-lr", "0.1", "--lower-is-better", "--margin", "0.1234567%"]
    words += ["--timeout", "12.5d", "--log", "metrics.csv", "--", "python", "train.py"]
    comparison = declared(build_parser().parse_args(words))
    assert comparison.script is not None
    assert comparison.script.timeout == 1_080_000.0
    assert repeated(comparison) == comparison


@given(low=st.floats(1e-6, 1e-2), decades=st.floats(1.6, 5.0))
def test_no_digit_of_a_range_is_lost(low: float, decades: float) -> None:
    """Both ends of the range come back to the last bit."""
    comparison = declare("digits", arms=("cosine", "linear"), peak_range=(low, low * 10**decades))
    assert repeated(comparison).peak_range == comparison.peak_range
