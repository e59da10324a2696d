"""`loganneal compare`: train with several schedules, fairly, and say which is better."""

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loganneal import _checks
from loganneal.cli._options import add_engine, add_records, needs_lab, read_number, whole_numbers
from loganneal.data import WORKLOADS, find_workload
from loganneal.studies.declare.arms import ARMS, DEFAULT_ARMS

if TYPE_CHECKING:
    from loganneal.studies.declare.comparison import Comparison

COMMAND = "loganneal compare"
DEFAULT_WORKLOAD = "digits"

EXAMPLES = """examples:
  loganneal compare
      five schedules on 5,000 handwritten digits; downloads nothing and takes one to two minutes on two cores. Two
      replicates of all schedules pick the rival, which is then compared with cosine on fresh seeds until a look decides
  loganneal compare --arms cla,cosine --looks 4,6,8,10
      a single rival, and looks after other numbers of replicates
  loganneal compare --replicates 10
      a fixed number of replicates, after which every rival is judged, over the workload's whole range of peak rates
  loganneal compare --workload cifar10 --data-root ~/data
      CIFAR-10, from cifar10.zip or torchvision's files in that folder
  loganneal compare --steps 5000 --peak-lr 6e-4 --lower-is-better -- python train.py --seed '${seed}'
      your own training script, which calls loganneal.trial; docs/own-script.md has examples
  loganneal compare --workload mine:task --optimizer mine:optimizer --replicates 10
      a function task() in mine.py that returns (model, data, loss, metric), with an optimizer made by a function
      optimizer(network, lr, weight_decay); docs/studies.md describes both functions

You can stop it with Ctrl-C and continue with the same command. Once it is finished, the same command shows the result.
"""


def add_parser(subparsers: Any) -> None:
    """Add the command to argparse's subparsers."""
    parser = subparsers.add_parser(
        "compare",
        help="compare schedules by training with each",
        description="Train with each learning-rate schedule, give each the same tuning, and report which one wins.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_declaration(parser)
    _add_script(parser)
    _add_place(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train the missing runs of the comparison, and show the result.

    Returns:
        0 when it is complete, 1 when runs failed, 130 when interrupted.

    Raises:
        ValueError: An argument is wrong.
        DataNotFoundError: The data set is not there.
        ModuleNotFoundError: A package that comparing needs is not installed.
    """
    with needs_lab():
        from loganneal.cli._run_study import check_and_show, run_and_show
        from loganneal.studies.declare.command import compare_command
        from loganneal.studies.declare.study import study_of
    comparison = declared(args)
    study = study_of(comparison)
    folder = args.out or Path("loganneal-compare") / study.name
    if args.dry_run:
        return check_and_show(args, study, folder)
    return run_and_show(args, study, folder, compare_command(comparison))


def declared(args: argparse.Namespace) -> "Comparison":
    """The comparison that the options declare.

    Raises:
        ValueError: An option is wrong.
        DataNotFoundError: The workload is a path that does not exist.
    """
    from loganneal.studies.declare.comparison import declare
    from loganneal.studies.declare.sequential import known_peak

    if args.script:
        return declared_script(args)
    _refuse(args, _FOR_SCRIPTS, "left out without a command of your own after --")
    workload = args.workload or DEFAULT_WORKLOAD
    found, arms = find_workload(workload), _names(args.arms or ",".join(DEFAULT_ARMS))
    return declare(
        workload,
        arms=arms,
        find=lambda _: found,
        peak_range=_pair(args.peak_range) if args.peak_range else None,
        margin=None if args.margin is None else read_number(COMMAND, "--margin", args.margin),
        **_plan(args, arms, known=args.peak_range is None and known_peak(found, vars(args)) is not None),
        **{name: getattr(args, name) for name in _DECLARED},
    )


def _plan(args: argparse.Namespace, arms: tuple[str, ...], *, known: bool) -> dict[str, Any]:
    """The plan: looks, unless replicates are asked for or no peak rate is known; with several rivals, a screening.

    Args:
        args: The options.
        arms: Names of arms.
        known: Whether a peak rate is known to work.
    """
    from loganneal.studies.declare.sequential import LOOKS, SCREEN_REPLICATES

    said = {name: getattr(args, name) for name in ("primary", "screen", "replicates")}
    if args.looks is None and (args.replicates is not None or not known):
        return said
    said["looks"] = LOOKS if args.looks is None else args.looks
    if said["screen"] is None and said["primary"] is None and len(arms) > 2:
        said["screen"] = SCREEN_REPLICATES
    return said


def declared_script(args: argparse.Namespace) -> "Comparison":
    """The comparison on the user's own command that the options declare.

    Raises:
        ValueError: An option is wrong or missing.
    """
    from loganneal.studies.declare.comparison import SCRIPT_ARMS, declare_script
    from loganneal.studies.declare.script import Script, read_margin, read_seconds

    _refuse(args, _FOR_WORKLOADS, "left out with a command of your own after --")
    for name in ("steps", "peak_lr", "higher_is_better"):
        if getattr(args, name) is None:
            _checks.missing("loganneal compare with a command", _option(name))
    margin = args.margin or SCRIPT_MARGIN
    margin, relative = read_margin(margin if "%" in margin else read_number(COMMAND, "--margin", margin))
    given = ((name, getattr(args, name)) for name in _TIMES)
    times: dict[str, Any] = {name: read_seconds(COMMAND, f"--{name}", text) for name, text in given if text is not None}
    script = Script(
        command=tuple(args.script),
        **times,
        **{name: getattr(args, name) for name in _OF_SCRIPT if getattr(args, name) is not None},
    )
    arms = _names(args.arms) if args.arms else SCRIPT_ARMS
    return declare_script(
        script.with_digest(),
        arms=arms,
        margin=margin,
        relative_margin=relative,
        **_plan(args, arms, known=True),
        **{name: getattr(args, name) for name in _DECLARED_OF_SCRIPT},
    )


SCRIPT_MARGIN = "0.5%"
"""Two arms of a command tie within this share of the reference's score, unless a margin is given."""

_REPORTED = ("metric", "test_metric", "higher_is_better", "log", "retries", "resume")
_OF_SCRIPT = (*_REPORTED, "gpus")
_TIMES = ("timeout", "silence")
_FOR_SCRIPTS = (*_REPORTED, *_TIMES)
_FOR_WORKLOADS = ("workload", "model", "optimizer", "train_examples", "peak_range")
_DECLARED_OF_SCRIPT = ("trials", "steps", "reference", "first_seed", "peak_lr", "peak_factor")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


def _refuse(args: argparse.Namespace, names: tuple[str, ...], allowed: str) -> None:
    """Refuse options of the other kind of comparison, which would have no effect."""
    for name in names:
        value = getattr(args, name)
        if value is not None:
            option = _option(name, value)
            _checks.fail(COMMAND, option, allowed, option if isinstance(value, bool) else value)


def _option(name: str, value: object = None) -> str:
    if name != "higher_is_better":
        return f"--{name.replace('_', '-')}"
    flags = {True: "--higher-is-better", False: "--lower-is-better"}
    return flags[value] if isinstance(value, bool) else " or ".join(flags.values())


_DECLARED = (
    *("model", "optimizer", "trials", "steps", "train_examples", "reference", "first_seed"),
    *("peak_lr", "peak_factor"),
)


def _pair(text: str) -> tuple[float, float]:
    try:
        low, high = map(float, text.split(","))
    except ValueError:
        _checks.fail("Comparison", "peak_range", "two numbers with a comma between them", text)
    return low, high


def _add_declaration(parser: argparse.ArgumentParser) -> None:
    declared = parser.add_argument_group("what to compare")
    add = declared.add_argument
    add("--workload", metavar="NAME", help=f"{', '.join(WORKLOADS)} or a path (default: {DEFAULT_WORKLOAD})")
    add("--model", metavar="NAME", help="the network (default: the workload's)")
    add("--optimizer", metavar="NAME", help="such as sgd, adamw, or module:function (default: the workload's)")
    add(
        "--arms",
        metavar="A,B,...",
        help=f"schedules, with commas: {', '.join(ARMS)} (default: {','.join(DEFAULT_ARMS)}; for a command, "
        "cosine,linear)",
    )
    add(
        "--reference",
        default="cosine",
        metavar="ARM",
        help="the schedule with which the others are compared (default: cosine)",
    )
    add(
        "--trials",
        type=int,
        metavar="K",
        help="peak rates tried in each tuning (default: 4; 2 with looks or for a command)",
    )
    add(
        "--looks",
        type=whole_numbers,
        metavar="R,R,...",
        help="numbers of complete tunings (replicates) after which it may end (default: 4,6,8)",
    )
    add("--primary", metavar="ARM", help="with looks, the rival that is tested (default: the screening picks it)")
    add(
        "--screen",
        type=int,
        metavar="R",
        help="replicates of all schedules that pick the rival (default: 2 if there are several rivals)",
    )
    add("--replicates", type=int, metavar="R", help="run this many replicates, without looks, and judge every rival")
    add("--steps", type=int, metavar="N", help="updates in a run (default: the workload's; needed for a command)")
    add("--train-examples", type=int, metavar="N", help="examples to train on (default: the workload's)")
    add("--peak-range", metavar="LOW,HIGH", help="without looks, the range of peak rates (default: the workload's)")
    add(
        "--peak-lr",
        type=float,
        metavar="RATE",
        help="a peak learning rate that works (default: the workload's, if known; needed for a command)",
    )
    add("--peak-factor", type=float, metavar="F", help="peak rates are tried within this factor of it (default: 2.5)")
    add(
        "--margin",
        metavar="M",
        help="two schedules tie if they differ by less: in points (default: the workload's); for a command, in units "
        f"of its score, or a share such as 0.3%% (default: {SCRIPT_MARGIN}%)",
    )
    add(
        "--first-seed",
        type=int,
        default=0,
        metavar="S",
        help="first seed; another one confirms a result on fresh seeds (default: 0)",
    )


def _add_script(parser: argparse.ArgumentParser) -> None:
    own = parser.add_argument_group("your own training command, after --")
    add = own.add_argument
    add("script", nargs="*", metavar="COMMAND", help="program and arguments, with macros such as '${seed}'")
    add(
        "--metric",
        metavar="NAME",
        help="reported value that chooses a trial (default: validation)",
    )
    add("--test-metric", metavar="NAME", help="reported value that scores the chosen trial (default: the metric)")
    better = own.add_mutually_exclusive_group()
    direction = partial(better.add_argument, dest="higher_is_better", default=None)
    direction("--higher-is-better", action="store_true", help="higher values are better")
    direction("--lower-is-better", action="store_false", help="lower values are better")
    add("--log", metavar="FILE", help="log to read instead of reports, such as metrics.csv")
    add("--timeout", metavar="TIME", help="time after which a run is ended, such as 3h (default: none)")
    add("--silence", metavar="TIME", help="time without output after which a run is hanging (default: 20m)")
    add("--retries", type=int, metavar="N", help="further attempts after a run has failed (default: 1)")
    add("--resume", action="store_true", default=None, help="keep the files of an attempt for the next one")
    add("--dry-run", action="store_true", help="probe the command, print the cost, and stop")


def _add_place(parser: argparse.ArgumentParser) -> None:
    where = parser.add_argument_group("where")
    where.add_argument("--out", type=Path, metavar="DIR", help="folder to write (default: loganneal-compare/WORKLOAD)")
    add_records(where)
    add_engine(where)
