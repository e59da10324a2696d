"""What several commands share: exit codes, and the options that say where runs execute and where records are kept."""

import argparse
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loganneal import _checks

if TYPE_CHECKING:
    from loganneal.studies.engines import Engine

DONE = 0
FAILED = 1
"""A run raised an error; everything else was done."""

INTERRUPTED = 130

PICTURES = (".png", ".svg", ".pdf")

ENGINES = ("local", "ray", "slurm")


@contextmanager
def needs_lab() -> Iterator[None]:
    """A context for the imports that a command makes when it trains: plotting must not need them.

    Raises:
        ModuleNotFoundError: A package is not installed; the message says what to install.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{error}. Run: python -m pip install 'loganneal[lab]'.") from error


def check_picture(owner: str, path: Path) -> None:
    """Check that a picture can be written to a file of this name.

    Raises:
        ValueError: It has another ending than those of pictures.
    """
    _checks.one_of(owner, "--out", path.suffix.lower(), PICTURES)


def terminal() -> tuple[int, bool]:
    """The width of a picture in the terminal in columns, and whether it has color."""
    return min(shutil.get_terminal_size((100, 24)).columns, 140), sys.stdout.isatty()


def whole_numbers(text: str) -> list[int]:
    """Comma-separated whole numbers, as the type of an option."""
    try:
        return [int(number) for number in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"takes whole numbers with commas, such as 1,3. Got {text!r}.") from None


def read_number(owner: str, option: str, text: str) -> float:
    """The number that an option gives as text.

    Raises:
        ValueError: It is not a number; the message names the option.
    """
    try:
        return float(text)
    except ValueError:
        _checks.fail(owner, option, "a number", text)


def add_records(group: Any) -> None:
    """Add the option that says where records are kept to an argparse parser or group."""
    group.add_argument(
        "--records",
        type=Path,
        metavar="DIR",
        help="journal of runs, which studies share (default: LOGANNEAL_RECORDS, or the user's data folder)",
    )


def add_engine(group: Any) -> None:
    """Add the options that say where runs execute to an argparse parser or group."""
    add = group.add_argument
    add(
        "--engine",
        choices=ENGINES,
        default="local",
        help="local processes, a Ray cluster, or Slurm jobs (default: local)",
    )
    add(
        "--workers",
        type=int,
        default=2,
        metavar="N",
        help="number of local runs at a time; 0 runs them in this process (default: 2)",
    )
    add("--threads", type=int, default=1, metavar="N", help="processors for each run (default: 1)")
    add(
        "--gpus",
        type=float,
        metavar="N",
        help="GPUs for each run, 0.25 to share one on Ray (default: none; for a command, one if there are any, except "
        "on Slurm, where it must be given)",
    )
    add(
        "--slurm",
        default="",
        metavar="NAME=VALUE,...",
        help="parameters of the jobs, such as partition=gpu,timeout_min=240; --workers limits the jobs at a time",
    )
    add(
        "--address",
        metavar="HOST:PORT",
        help="address of the Ray cluster; local starts one on this machine (default: RAY_ADDRESS)",
    )
    add(
        "--data-root",
        type=Path,
        metavar="PATH",
        help="folder with data sets; on Ray, the same path on every node (default: LOGANNEAL_DATA of each node)",
    )


def build_engine(args: argparse.Namespace) -> "Engine":
    """The engine that the options describe.

    Raises:
        ValueError: A number is not allowed, or the engine does not take an option.
    """
    from loganneal.studies.engines import (  # parsing must not need what running needs
        InProcess,
        LocalProcesses,
        OnRay,
        OnSlurm,
    )

    _check_taken(args)
    if args.engine == "ray":
        return OnRay(args.address, args.data_root, args.threads, args.gpus)
    if args.engine == "slurm":
        jobs, asked = Path("loganneal-jobs").absolute(), _slurm_parameters(args.slurm)
        return OnSlurm(jobs, args.data_root, args.threads, args.gpus, args.workers, parameters=asked)
    if args.workers == 0:
        return InProcess(args.data_root, args.threads)
    return LocalProcesses(args.workers, args.data_root, args.threads)


_TAKEN_BY = {"address": ("ray",), "slurm": ("slurm",), "gpus": ("ray", "slurm")}
"""The options that only some engines take."""


def _check_taken(args: argparse.Namespace) -> None:
    taken = {"gpus"} if getattr(args, "script", None) else set()  # a command on this machine has its own GPUs
    for name, engines in _TAKEN_BY.items():
        given = getattr(args, name)
        if given not in (None, "") and args.engine not in engines and name not in taken:
            remedy = "In the file of a study, `gpus` says how many a command takes." if name == "gpus" else ""
            _checks.fail("loganneal", f"--{name}", f"left out with --engine {args.engine}", given, remedy)


def _slurm_parameters(text: str) -> dict[str, str | int]:
    """Parameters for submitit from text such as ``partition=gpu,timeout_min=240``."""
    pairs = [word.partition("=") for word in text.split(",") if word]
    if not all(name and sign for name, sign, _ in pairs):
        _checks.fail("loganneal", "--slurm", "NAME=VALUE, with commas", text)
    return {_submitit_name(name): int(value) if value.isdigit() else value for name, _, value in pairs}


def _submitit_name(name: str) -> str:
    return name if name in ("timeout_min", "mem_gb", "nodes") or name.startswith("slurm_") else f"slurm_{name}"
