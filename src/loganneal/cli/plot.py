"""``loganneal plot``: draw schedules in the terminal, or into a file."""

import argparse
import math
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import loganneal as la
from loganneal import _checks
from loganneal.cli._published import published_like

EPILOG = """schedules:
  cla          Cyclical Log Annealing                 published    the paper's equation as it was printed
  sgdr         cosine with restarts                   cosine       cosine without restarts
  saw          linear decay with restarts             linear       linear decay
  one-cycle    up and down once                       constant     no decay

examples:
  loganneal plot                                       Cyclical Log Annealing beside cosine restarts
  loganneal plot cla --base 0.1,1,e,10                 four bases of the logarithm
  loganneal plot cla published --min-lr 0.001          the paper's equation beside the bounded one
  loganneal plot cla --cycle-steps 300 --out cla.svg   told: the budget of 1,000 ends in the middle of a cycle
"""

SUFFIXES = (".png", ".svg", ".pdf")


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "plot",
        help="draw schedules in the terminal or into a file",
        description="Draw learning-rate schedules over a budget of steps.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("schedules", nargs="*", metavar="SCHEDULE", help="what to draw (default: cla sgdr)")
    parser.add_argument("--total-steps", type=int, default=1000, metavar="N", help="the budget (default: 1000)")
    parser.add_argument("--max-lr", type=float, default=0.1, metavar="R", help="the peak (default: 0.1)")
    parser.add_argument("--min-lr", type=float, default=0.0, metavar="R", help="the floor (default: 0)")
    lengths = parser.add_mutually_exclusive_group()
    lengths.add_argument("--cycles", type=int, default=3, metavar="K", help="whole cycles in the budget (default: 3)")
    lengths.add_argument("--cycle-steps", type=float, metavar="T", help="instead: steps of the first cycle")
    parser.add_argument("--cycle-mult", type=float, default=1, metavar="M", help="growth of the cycles (default: 1)")
    parser.add_argument("--base", default="10", metavar="B,...", help="bases of cla, e allowed (default: 10)")
    parser.add_argument(
        "--peak-decay", type=float, default=1.0, metavar="G", help="peak over the one before (default: 1)"
    )
    parser.add_argument("--warmup-steps", type=int, default=0, metavar="W", help="steps of warmup (default: 0)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write a .png, .svg or .pdf instead of drawing here")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Draw what the arguments say."""
    from loganneal import plot  # drawing needs the extra "plot", the rest of the program does not

    named = [pair for name in args.schedules or ["cla", "sgdr"] for pair in build(name, args)]
    labels, schedules = [label for label, _ in named], [schedule for _, schedule in named]
    if args.out is None:
        width, colour = min(shutil.get_terminal_size((100, 24)).columns, 140), sys.stdout.isatty()
        print(plot.terminal(schedules, args.total_steps, labels, width=width, colour=colour))
    else:
        _checks.one_of("loganneal plot", "--out", args.out.suffix.lower(), SUFFIXES)
        plot.figure(schedules, args.total_steps, labels).savefig(args.out, dpi=150)
        print(f"Wrote {args.out}.")
    for note in plot.notes(schedules, args.total_steps):
        print(f"Note: {note}")
    return 0


def build(name: str, args: argparse.Namespace) -> list[tuple[str, la.Schedule]]:
    """The schedules of one name with their labels: one, or one for each base."""
    makers: dict[str, Callable[[], la.Schedule]] = {
        "sgdr": lambda: cyclical(la.CyclicalCosineAnnealing, args),
        "saw": lambda: cyclical(la.CyclicalLinearAnnealing, args),
        "published": lambda: published_like(cyclical(la.CyclicalLogAnnealing, args)),
        "cosine": lambda: warmed(la.Cosine, args),
        "linear": lambda: warmed(la.Linear, args),
        "one-cycle": lambda: la.OneCycle(args.max_lr, args.total_steps),
        "constant": lambda: la.Constant(args.max_lr),
    }
    if _checks.one_of("loganneal plot", "SCHEDULE", name, ["cla", *makers]) == "cla":
        bases = args.base.split(",")
        return [(f"cla, base {b}", cyclical(la.CyclicalLogAnnealing, args, base=_base(b))) for b in bases]
    return [(name, makers[name]())]


def _base(text: str) -> float:
    if text.strip() == "e":
        return math.e
    try:
        return float(text)
    except ValueError:
        _checks.fail("loganneal plot", "--base", "numbers in [1e-06, 1e+06] or e, with commas between", text)


def cyclical(cls: Any, args: argparse.Namespace, **own: Any) -> la.Schedule:
    """A schedule with restarts: whole cycles in the budget, or cycles of a given length."""
    shared = {name: getattr(args, name) for name in ("max_lr", "min_lr", "cycle_mult", "peak_decay", "warmup_steps")}
    if args.cycle_steps is not None:
        schedule: la.Schedule = cls(cycle_steps=args.cycle_steps, **shared, **own)
        return schedule
    fitted: la.Schedule = cls.fit(total_steps=args.total_steps, cycles=args.cycles, **shared, **own)
    return fitted


def warmed(cls: Any, args: argparse.Namespace) -> la.Schedule:
    """A schedule without restarts that fills what the warmup leaves of the budget."""
    return la.Warmup(cls(args.max_lr, args.total_steps - args.warmup_steps, args.min_lr), args.warmup_steps)
