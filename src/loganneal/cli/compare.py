"""`loganneal compare`: train with several schedules, fairly, and say which is better."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loganneal import _checks
from loganneal.cli._options import add_engine, add_records, needs_lab
from loganneal.data import WORKLOADS
from loganneal.studies.declare.arms import ARMS, DEFAULT_ARMS

if TYPE_CHECKING:
    from loganneal.studies.declare.comparison import Comparison

EXAMPLES = """examples:
  loganneal compare
      five schedules on 5,000 handwritten digits, nothing to download, about two minutes on two cores
  loganneal compare --arms cla,cosine --replicates 6
      one rival only; six replicates are the fewest that can decide
  loganneal compare --workload cifar10 --data-root ~/data
      the same on CIFAR-10, from cifar10.zip or torchvision's files in that folder

Stop it with Ctrl-C: the same command continues. When finished, the same command shows the result.
"""


def add_parser(subparsers: Any) -> None:
    """Add the command to argparse's subparsers."""
    parser = subparsers.add_parser(
        "compare",
        help="compare schedules by training with each",
        description="Train a small network with each schedule, tune each alike, and say which wins.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_declaration(parser)
    _add_place(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train what is missing of the comparison, and show it.

    Returns:
        0 when it is complete, 1 when runs failed, 130 when interrupted.

    Raises:
        ValueError: An argument is wrong.
        DataNotFoundError: The data set is not there.
        ModuleNotFoundError: What comparing needs is not installed.
    """
    with needs_lab():
        from loganneal.cli._run_study import run_and_show
        from loganneal.studies.declare.command import compare_command
        from loganneal.studies.declare.study import study_of
    comparison = declared(args)
    study = study_of(comparison)
    folder = args.out or Path("loganneal-compare") / study.name
    return run_and_show(args, study, folder, compare_command(comparison))


def declared(args: argparse.Namespace) -> "Comparison":
    """The comparison that the options declare.

    Raises:
        ValueError: An option is wrong.
        DataNotFoundError: The workload is a path that does not exist.
    """
    from loganneal.studies.declare.comparison import declare

    return declare(
        arms=tuple(name.strip() for name in args.arms.split(",")),
        peak_range=_pair(args.peak_range) if args.peak_range else None,
        **{name: getattr(args, name) for name in _DECLARED},
    )


_DECLARED = (
    *("workload", "model", "optimizer", "trials", "replicates", "steps", "train_examples", "margin", "reference"),
    "first_seed",
)


def _pair(text: str) -> tuple[float, float]:
    try:
        low, high = map(float, text.split(","))
    except ValueError:
        _checks.fail("Comparison", "peak_range", "two numbers with a comma between them", text)
    return low, high


def _add_declaration(parser: argparse.ArgumentParser) -> None:
    declared = parser.add_argument_group("what is compared")
    add = declared.add_argument
    add("--workload", default="digits", metavar="NAME", help=f"{', '.join(WORKLOADS)} or a path (default: digits)")
    add("--model", metavar="NAME", help="the network (default: the workload's)")
    add("--optimizer", metavar="NAME", help="such as sgd, adamw (default: the workload's)")
    add(
        "--arms",
        default=",".join(DEFAULT_ARMS),
        metavar="A,B,...",
        help=f"schedules, with commas: {', '.join(ARMS)} (default: {','.join(DEFAULT_ARMS)})",
    )
    add("--reference", default="cosine", metavar="ARM", help="the arm to compare with (default: cosine)")
    add("--trials", type=int, default=4, metavar="K", help="peak rates tried in each tuning (default: 4)")
    add("--replicates", type=int, default=10, metavar="R", help="how often it is repeated (default: 10)")
    add("--steps", type=int, metavar="N", help="updates in a run (default: the workload's)")
    add("--train-examples", type=int, metavar="N", help="examples to train on (default: the workload's)")
    add("--peak-range", metavar="LOW,HIGH", help="peak rates to tune within (default: the workload's)")
    add("--margin", type=float, metavar="POINTS", help="within it two arms tie (default: the workload's)")
    add("--first-seed", type=int, default=0, metavar="S", help="another confirms on fresh seeds (default: 0)")


def _add_place(parser: argparse.ArgumentParser) -> None:
    where = parser.add_argument_group("where")
    where.add_argument("--out", type=Path, metavar="DIR", help="folder to write (default: loganneal-compare/WORKLOAD)")
    add_records(where)
    add_engine(where)
