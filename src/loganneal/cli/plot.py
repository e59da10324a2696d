"""``loganneal plot``: draw schedules in the terminal, or into a file."""

import argparse
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import loganneal as la
from loganneal import _checks
from loganneal.cli._arm import FILE, find_arm, schedule_in_file
from loganneal.cli._options import check_picture, terminal
from loganneal.schedules import MAX_STEP
from loganneal.studies.declare.arms import ARMS, Arm
from loganneal.studies.declare.builders import build_schedule, parameters_of

COMMAND = "loganneal plot"

NAMED = "\n".join(f"  {arm.name:12} {arm.title}" for arm in ARMS.values())

EPILOG = f"""schedules, the same as in `loganneal train` and `loganneal compare`:
{NAMED}
  FILE.json    the to_dict() of any schedule

examples:
  loganneal plot                                       Cyclical Log Annealing beside cosine with restarts
  loganneal plot cla --base 0.1,1,e,10                 four bases of the logarithm
  loganneal plot cla published --min-lr 0.001          the paper's equation beside the bounded one
  loganneal plot cla --cycle-steps 300 --out cla.svg   with a note: the budget of 1,000 ends in the middle of a cycle
"""

OPTIONS = {
    "min_lr": "min_share",
    "cycles": "cycles",
    "cycle_steps": "cycles",
    "cycle_mult": "cycle_mult",
    "base": "base",
    "peak_decay": "peak_decay",
    "warmup_steps": "warmup_share",
}
"""The options that change a schedule, and the parameter that an arm must have for an option to apply."""


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "plot",
        help="draw schedules in the terminal or into a file",
        description="Draw learning-rate schedules over a budget. An option changes every schedule with that parameter.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("schedules", nargs="*", metavar="SCHEDULE", help="what to draw (default: cla sgdr)")
    parser.add_argument("--total-steps", type=int, default=1000, metavar="N", help="the budget (default: 1000)")
    parser.add_argument("--max-lr", type=float, default=0.1, metavar="R", help="the peak learning rate (default: 0.1)")
    parser.add_argument(
        "--min-lr", type=float, metavar="R", help="the lowest rate (default: the schedule's, usually 0)"
    )
    lengths = parser.add_mutually_exclusive_group()
    lengths.add_argument(
        "--cycles", type=int, metavar="K", help="number of whole cycles in the budget (default: the schedule's)"
    )
    lengths.add_argument(
        "--cycle-steps", type=float, metavar="T", help="steps of the first cycle, in place of --cycles"
    )
    parser.add_argument(
        "--cycle-mult", type=float, metavar="M", help="length of a cycle over that of the previous one (default: 1)"
    )
    parser.add_argument("--base", metavar="B,...", help="bases of the logarithm, e allowed (default: the schedule's)")
    parser.add_argument(
        "--peak-decay", type=float, metavar="G", help="peak of a cycle over that of the previous one (default: 1)"
    )
    parser.add_argument("--warmup-steps", type=int, metavar="W", help="steps of warmup (default: 5%% of the budget)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write a .png, .svg or .pdf instead of drawing here")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Draw the schedules that the arguments name."""
    from loganneal import plot  # drawing needs the extra "plot", the rest of the program does not

    named = list(named_schedules(args))
    labels, schedules = [label for label, _ in named], [schedule for _, schedule in named]
    if args.out is None:
        width, colour = terminal()
        print(plot.terminal(schedules, args.total_steps, labels, width=width, colour=colour))
    else:
        check_picture(COMMAND, args.out)
        plot.figure(schedules, args.total_steps, labels).savefig(args.out, dpi=150)
        print(f"Wrote {args.out}.")
    for note in plot.notes(schedules, args.total_steps):
        print(f"Note: {note}")
    return 0


def named_schedules(args: argparse.Namespace) -> Iterator[tuple[str, la.Schedule]]:
    """The schedules that the arguments name, each with its label; with several bases, one for each."""
    _checks.whole(COMMAND, "--total-steps", args.total_steps, 1, MAX_STEP)
    names = args.schedules or ["cla", "sgdr"]
    arms = {name: find_arm(COMMAND, "SCHEDULE", name) for name in names if not name.endswith(FILE)}
    changes = {name: getattr(args, name) for name in OPTIONS if getattr(args, name) is not None}
    for option in changes:
        if not any(_has(arm, option) for arm in arms.values()):
            shown = f"--{option.replace('_', '-')}"
            none = f"{names[0]} has no such" if len(names) == 1 else f"none of {', '.join(names)} has such a"
            _checks.fail(COMMAND, shown, f"left out, since {none} parameter", changes[option])
    for name in names:
        if name in arms:
            yield from _drawn(arms[name], args, {key: changes[key] for key in changes if _has(arms[name], key)})
        else:
            yield Path(name).stem, schedule_in_file(COMMAND, "SCHEDULE", name)


def _has(arm: Arm, option: str) -> bool:
    if option == "base" and arm.schedule == "PublishedLogAnnealing":
        return False  # a different base, which the paper fixes
    return OPTIONS[option] in parameters_of(arm.schedule)


def _drawn(arm: Arm, args: argparse.Namespace, changes: dict[str, Any]) -> Iterator[tuple[str, la.Schedule]]:
    bases = changes.pop("base", None)
    if bases is None:
        yield arm.name, _build(arm, args, changes)
    else:
        for base in bases.split(","):
            yield f"{arm.name}, base {base}", _build(arm, args, {**changes, "base": _base(base)})


def _build(arm: Arm, args: argparse.Namespace, changes: dict[str, Any]) -> la.Schedule:
    """The schedule of an arm, with the changes that the options make."""
    length = changes.pop("cycle_steps", None)
    if length is not None:
        changes["cycles"] = 1  # however many fit: the length is set below
    replaced = ("warmup_share",) if "warmup_steps" in changes else ()
    own = {name: value for name, value in arm.parameters.items() if name not in replaced}
    schedule = build_schedule(arm.schedule, args.max_lr, args.total_steps, {**own, **changes})
    if length is None:
        return schedule
    endless = {"cycles": None} if hasattr(schedule, "cycles") else {}
    return schedule.replace(cycle_steps=length, **endless)


def _base(text: str) -> float:
    if text.strip() == "e":
        return math.e
    try:
        return float(text)
    except ValueError:
        _checks.fail(COMMAND, "--base", "numbers in [1e-06, 1e+06] or e, with commas between", text)
