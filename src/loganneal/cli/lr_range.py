"""`loganneal lr-range`: find a usable peak learning rate with one short run."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import loganneal as la
from loganneal.cli._options import check_picture, needs_lab, terminal

if TYPE_CHECKING:
    from loganneal.runs.spec import RunSpec
    from loganneal.training.loop import OnRow
    from loganneal.training.lr_range import RangeLosses, RangeTest

EPILOG = """examples:
  loganneal lr-range                                              the embedded digits, in seconds
  loganneal lr-range --workload cifar10 --model resnet-20 --out range.svg
  loganneal lr-range --optimizer adamw --low 1e-6 --high 1 --json

The learning rate grows exponentially. The usable peak is half of the rate at which the smoothed loss has left its
minimum, which means that it has risen again by a tenth of its fall. It is a place to start a search, not its
result.
"""


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "lr-range",
        help="find a usable peak learning rate with one short run",
        description="Train briefly under a learning rate that grows exponentially, and read off a usable peak.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--workload", default="digits", metavar="W", help="the task to train on (default: digits)")
    add("--model", metavar="M", help="the network (default: the workload's)")
    add("--optimizer", metavar="O", help="the optimizer (default: the workload's)")
    add("--batch-size", type=int, metavar="B", help="examples in an update (default: the workload's)")
    add("--steps", type=int, default=200, metavar="N", help="updates (default: 200)")
    add("--low", type=float, default=1e-5, metavar="R", help="the first rate (default: 1e-5)")
    add("--high", type=float, default=10.0, metavar="R", help="the last rate (default: 10)")
    add("--seed", type=int, default=0, metavar="S", help="seed of the weights and the order of the data (default: 0)")
    add("--data-root", type=Path, metavar="PATH", help="folder with data sets (default: LOGANNEAL_DATA)")
    add("--out", type=Path, metavar="FILE", help="write the picture as .png, .svg or .pdf instead of drawing here")
    add("--json", action="store_true", help="print the result as JSON, without a picture")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the test and show the result.

    Raises:
        ValueError: An argument is wrong, or the loss does not fall in this range; it is drawn all the same.
        DataNotFoundError: The data set is not there.
        ModuleNotFoundError: A package that training needs is not installed.
    """
    if args.out is not None:
        check_picture("loganneal lr-range", args.out)
    with needs_lab():
        from loganneal.training.lr_range import NoPeakError, lr_range
    spec = _spec(args)
    try:
        with _progress(spec.steps) as on_row:
            found = lr_range(spec, low=args.low, high=args.high, data_root=args.data_root, on_row=on_row)
    except NoPeakError as error:
        _draw(error.losses, args)
        raise
    print(_as_json(found) if args.json else _in_words(found))
    _draw(found, args)
    return 0


@contextmanager
def _progress(steps: int) -> "Iterator[OnRow]":
    """A bar on a terminal until the test is over."""
    with needs_lab():
        from rich.console import Console
        from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("training", total=steps)
        yield lambda row: bar.update(task, completed=row.step)


def _draw(found: "RangeLosses", args: argparse.Namespace) -> None:
    with needs_lab():
        from loganneal.reports import lr_range as pictures
        from loganneal.reports.diagnosis import write_figure

    if args.out is not None:
        write_figure(pictures.range_figure(found), args.out)
        print(f"Wrote {args.out}.", file=sys.stderr if args.json else sys.stdout)
    elif not args.json:
        width, colour = terminal()
        print(pictures.range_text(found, width=width, colour=colour))


def _spec(args: argparse.Namespace) -> "RunSpec":
    from loganneal.data import find_workload

    names = ("model", "optimizer", "batch_size")
    changes = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    constant = la.Constant(args.high)  # the test brings its own schedule
    return find_workload(args.workload).spec(
        schedule=constant, seed=args.seed, split_seed=args.seed, steps=args.steps, **changes
    )


def _in_words(found: "RangeTest") -> str:
    lines = [
        f"A usable peak: {found.usable:.2g}",
        f"The smoothed loss is lowest at a rate of {found.lowest:.2g} and leaves this minimum at {found.leaving:.2g}.",
    ]
    if not found.left:
        lines.append("It did not leave its minimum in this range: a higher --high may show a higher peak.")
    return "\n".join(lines)


def _as_json(found: "RangeTest") -> str:
    names = ("usable", "lowest", "leaving", "left")
    return json.dumps({name: getattr(found, name) for name in names}, indent=2)
