"""`loganneal train`: train one network with one schedule, in a folder that survives interruptions."""

import argparse
import math
import os
import shlex
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loganneal import _checks
from loganneal._limits import THREADS
from loganneal.cli._arm import NAMES, build_arm, read_values
from loganneal.cli._options import DONE, FAILED, INTERRUPTED, needs_lab
from loganneal.data import WORKLOADS, Workload, find_workload
from loganneal.runs import MetricsRow
from loganneal.runs.spec import AVERAGES, PAPER, PAPER_MAX_LR, PRECISIONS, RunSpec

if TYPE_CHECKING:
    from rich.console import Console

    from loganneal.runs import Record

CURVE_POINTS = 10_000
"""Maximum number of rows of the curve; a shorter run has one for each update."""

ADAPTIVE_MAX_LR = 1e-3
"""Peak rate of an optimizer that is not the workload's own: the default of Adam and its relatives."""

OF_SGD = ("momentum", "optimizer_options")
"""What a preset sets for sgd alone."""

EXAMPLES = """examples:
  loganneal train --out runs/first
      handwritten digits; downloads nothing and takes a few seconds: cosine from a moderate peak learning rate
  loganneal train --workload cifar10 --model resnet-20 --schedule cla --max-lr 0.3 --steps 4000 --out runs/cla
      Cyclical Log Annealing on CIFAR-10, with data from LOGANNEAL_DATA or downloaded
  loganneal train --workload shakespeare --optimizer adamw --max-lr 1e-3 --option betas=[0.9,0.99] --out runs/text
      a character model; --option passes further arguments to the optimizer's class, as JSON
  loganneal train --schedule sgdr --set cycles=4 --average ema,swa,snapshots --out runs/averages
      averages of the weights, each scored beside the last weights
  loganneal train --workload photos.zip --schedule one-cycle --out runs/own
      your own images: a folder or zip file of <class>/<image>; also .npz, a text file, or module:function
  loganneal train --preset paper --workload cifar10 --schedule cla --out runs/paper
      the paper's setting: batch 128, initial rate 1e-4, weight decay 5e-4, momentum 0.9, flips and crops

The folder holds spec.json, metrics.csv, result.json and checkpoints/. Whatever stops a run (Ctrl-C, a kill, a full
disk), the same command continues it. Once the run is finished, the same command shows the result.
Several GPUs, or CPU processes and a network without BatchNorm: torchrun --nproc-per-node 2 -m loganneal.cli train ...
"""


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "train",
        help="train one network with one schedule",
        description="Train one network with one schedule, and score it on test data at the end.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_task(parser)
    _add_schedule(parser)
    _add_optimizer(parser)
    _add_computation(parser)
    _add_place(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train a run, continue it, or show its result.

    Returns:
        0 when it completed or diverged, 1 when it failed, 130 when interrupted.

    Raises:
        ValueError: An argument is wrong.
        OSError: The data are missing, the folder is in use, or the disk is full.
        ModuleNotFoundError: A package that training needs is not installed.
    """
    with needs_lab():
        from loganneal.reports.terminal.console import build_console, print_lines
        from loganneal.reports.terminal.show_run import show_run
    workload = find_workload(args.workload)
    spec = specify(args, workload)
    quiet = int(os.environ.get("RANK", "0")) > 0  # of several processes, only the first one prints
    console = build_console(quiet=quiet)
    try:
        record = _train(args, spec, workload, console)
    except KeyboardInterrupt:
        print_lines(console, ["Stopped. The same command continues from the last checkpoint."])
        return INTERRUPTED
    except (ValueError, OSError):
        raise  # user errors have a message of their own
    except Exception as error:
        print(f"loganneal train: the run failed: {type(error).__name__}: {error}", file=sys.stderr)
        return FAILED
    show_run(console, record, workload, args.out)
    return DONE


def _train(args: argparse.Namespace, spec: RunSpec, workload: Workload, console: "Console") -> "Record":
    import torch

    from loganneal.reports.terminal.run_display import run_display
    from loganneal.reports.terminal.watch import Watch
    from loganneal.training import train
    from loganneal.training.tensorboard import event_writer

    if args.threads is not None:
        torch.set_num_threads(_checks.whole("loganneal train", "--threads", args.threads, 1, THREADS))
    with ExitStack() as stack:
        display = stack.enter_context(run_display(console, spec, workload, args.out))
        listeners: list[Callable[[MetricsRow], None]] = [display.row, Watch(spec, display.note).row]
        if args.tensorboard and not console.quiet:
            listeners.append(stack.enter_context(event_writer(args.out / "tensorboard")))
        if warning := _default_peak_warning(args, spec, workload):
            display.note(warning)

        def on_row(row: MetricsRow) -> None:
            for listener in listeners:
                listener(row)

        return train(
            spec,
            data_root=args.data_root,
            folder=args.out,
            checkpoint_steps=args.checkpoint_steps,
            on_step=display.step,
            on_row=on_row,
            on_note=display.note,
        )


def specify(args: argparse.Namespace, workload: Workload) -> RunSpec:
    """The run that the options describe."""
    preset: dict[str, Any] = PAPER if args.preset == "paper" else {}
    changes = {**preset, **_given(args)}
    if changes.get("optimizer", workload.optimizer) != "sgd":
        changes = {name: value for name, value in changes.items() if name not in OF_SGD or name in _given(args)}
    steps = workload.steps if args.steps is None else _checks.whole("loganneal train", "--steps", args.steps, 1)
    usual = PAPER_MAX_LR if preset else default_peak(workload, changes.get("optimizer"))
    peak = usual if args.max_lr is None else args.max_lr
    schedule = build_arm(args.schedule, peak, steps, read_values("loganneal train", "--set", args.set))
    split_seed = args.seed if args.split_seed is None else args.split_seed
    return workload.spec(schedule=schedule, seed=args.seed, split_seed=split_seed, curve_points=CURVE_POINTS, **changes)


_SAME = (
    "model", "steps", "train_examples", "validation_examples", "test_examples", "evaluations", "optimizer", "momentum",
    "weight_decay", "batch_size", "accumulation", "grad_clip", "label_smoothing", "ema_decay", "swa_share", "snapshots",
    "precision", "channels_last", "compile",
)  # fmt: skip


def _given(args: argparse.Namespace) -> dict[str, Any]:
    given = {name: getattr(args, name) for name in _SAME if getattr(args, name) is not None}
    if args.average:
        given["averaging"] = tuple(name.strip() for name in args.average.split(","))
    if args.option:
        given["optimizer_options"] = read_values("loganneal train", "--option", args.option)
    return given


def default_peak(workload: Workload, optimizer: str | None) -> float:
    """The middle of the workload's range on a logarithmic scale; 0.001 for an optimizer that is not its own.

    >>> default_peak(find_workload("digits"), None)
    0.21
    """
    if optimizer not in (None, workload.optimizer):
        return ADAPTIVE_MAX_LR
    return float(f"{math.sqrt(math.prod(workload.peak_range)):.2g}")


def _default_peak_warning(args: argparse.Namespace, spec: RunSpec, workload: Workload) -> str:
    """A warning about the default peak rate if the network is not the one it is meant for, else ""."""
    if args.max_lr is not None or args.preset or spec.model == workload.model:
        return ""
    words = ["loganneal", "lr-range", "--workload", args.workload, "--model", spec.model]
    words += ["--optimizer", args.optimizer] if args.optimizer else []
    usual = f"The peak rate {spec.schedule.max_lr:g} is usual for {workload.model}, not for {spec.model}"
    return f"{usual}; {shlex.join(words)} finds one, for --max-lr."


def _add_task(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("what is learned").add_argument
    names = ", ".join(WORKLOADS)
    add("--workload", default="digits", metavar="W", help=f"{names}, a path, or module:function (default: digits)")
    add("--model", metavar="M", help="the network (default: the workload's)")
    add("--steps", type=int, metavar="N", help="updates (default: the workload's)")
    add("--seed", type=int, default=0, metavar="S", help="seed of weights, order and augmentation (default: 0)")
    add("--split-seed", type=int, metavar="S", help="seed of the validation split (default: --seed)")
    add("--train-examples", type=int, metavar="N", help="examples to train on (default: the workload's)")
    add("--validation-examples", type=int, metavar="N", help="validation examples (default: the workload's)")
    add("--test-examples", type=int, metavar="N", help="test examples, drawn by the split seed (default: all)")
    add("--evaluations", type=int, default=20, metavar="N", help="number of validations in the run (default: 20)")


def _add_schedule(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("the learning rate").add_argument
    add(
        "--schedule",
        default="cosine",
        metavar="ARM",
        help=f"{', '.join(NAMES)}, or a .json file of a schedule's to_dict() (default: cosine)",
    )
    add("--max-lr", type=float, metavar="R", help="the peak rate (default: by workload and optimizer)")
    add(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of the schedule, such as cycles=3, base=0.1 or warmup_share=0; may be repeated",
    )


def _add_optimizer(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("the optimizer").add_argument
    add(
        "--optimizer",
        metavar="O",
        help="sgd, adam, adamw, a class of torch.optim, or module:function (default: the workload's)",
    )
    add("--option", action="append", default=[], metavar="NAME=VALUE", help="an argument of its class, as JSON")
    add("--momentum", type=float, metavar="B", help="of sgd (default: 0.9)")
    add("--weight-decay", type=float, metavar="W", help="weight decay of every parameter (default: the workload's)")
    add("--batch-size", type=int, metavar="N", help="examples in an update (default: the workload's)")
    add("--accumulation", type=int, metavar="K", help="compute each batch in K parts, to save memory (default: 1)")
    add("--grad-clip", type=float, metavar="G", help="largest norm of the gradient (default: no clipping)")
    add("--label-smoothing", type=float, metavar="E", help="share of the label spread over all classes (default: 0)")
    add("--average", metavar="A,B,...", help=f"averages of the weights: {', '.join(AVERAGES)} (default: none)")
    add("--ema-decay", type=float, metavar="D", help="decay of the exponential moving average (default: 0.99)")
    add("--swa-share", type=float, metavar="Q", help="last share of the run over which swa averages (default: 0.25)")
    add("--snapshots", type=int, metavar="K", help="number of ends of cycles to average (default: 5)")
    add(
        "--preset",
        choices=["paper"],
        help="paper: the setting of the paper; options that are given as well take precedence",
    )


def _add_computation(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("computation").add_argument
    add("--precision", choices=PRECISIONS, help="bfloat16 is used only where it is native (default: the workload's)")
    add("--channels-last", action="store_true", help="store images channels-last in memory")
    add("--compile", action="store_true", help="compile the network with torch.compile")
    add("--threads", type=int, metavar="N", help="torch's threads on a CPU (default: torch's own choice)")


def _add_place(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("where").add_argument
    add("--out", type=Path, required=True, metavar="DIR", help="the run's folder")
    add("--data-root", type=Path, metavar="PATH", help="folder with data sets (default: LOGANNEAL_DATA)")
    add("--checkpoint-steps", type=int, metavar="N", help="updates between checkpoints (default: a fiftieth)")
    add("--tensorboard", action="store_true", help="write the curve for TensorBoard too, to DIR/tensorboard")
