"""What `loganneal compare` does: a study of one comparison, declared by options."""

import argparse
from functools import partial
from pathlib import Path

from loganneal import _checks
from loganneal.cli._engine import build_engine
from loganneal.cli._studying import Work, run_study
from loganneal.studies.declare.comparison import Comparison, declare
from loganneal.studies.declare.study import study_of
from loganneal.studies.result.conclude import conclude

DECLARED = (
    "workload",
    "model",
    "optimizer",
    "trials",
    "replicates",
    "steps",
    "train_examples",
    "margin",
    "reference",
    "first_seed",
)


def compare(args: argparse.Namespace) -> int:
    """Do what is missing of a comparison, and show it.

    Args:
        args: The options of `loganneal compare`.

    Returns:
        The exit code: 0 when complete, 1 when runs failed, 130 when interrupted.

    Raises:
        ValueError: An argument is wrong.
        DataNotFoundError: The data set is not there.
    """
    comparison = _declared(args)
    study = study_of(comparison)
    folder: Path = args.out or Path("loganneal-compare") / study.name
    return run_study(Work("compare", study, folder, partial(conclude, comparison)), build_engine(args))


def _declared(args: argparse.Namespace) -> Comparison:
    return declare(
        arms=tuple(name.strip() for name in args.arms.split(",")),
        peak_range=_pair(args.peak_range) if args.peak_range else None,
        **{name: getattr(args, name) for name in DECLARED},
    )


def _pair(text: str) -> tuple[float, float]:
    try:
        low, high = map(float, text.split(","))
    except ValueError:
        _checks.fail("Comparison", "peak_range", "two numbers with a comma between them", text)
    return low, high
