"""The options that say where runs execute, and the engine that they mean."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loganneal.studies.engines import Engine

ENGINES = ("local", "ray")


def add_engine(group: Any) -> None:
    """Add the options to argparse's parser or group."""
    add = group.add_argument
    add("--engine", choices=ENGINES, default="local", help="local processes, or a Ray cluster (default: local)")
    add("--workers", type=int, default=2, metavar="N", help="local runs at a time; 0: in this process (default: 2)")
    add("--threads", type=int, default=1, metavar="N", help="processors for each run (default: 1)")
    add("--gpus", type=float, default=0.0, metavar="N", help="on Ray, GPUs for each run, such as 0.25 (default: 0)")
    add(
        "--address",
        metavar="HOST:PORT",
        help="of the Ray cluster; local starts one (default: RAY_ADDRESS)",
    )
    add(
        "--data-root",
        type=Path,
        metavar="PATH",
        help="folder with data sets; on Ray the same on every node (default: LOGANNEAL_DATA, on Ray the node's own)",
    )


def build_engine(args: argparse.Namespace) -> "Engine":
    """The engine that the options mean.

    Raises:
        ValueError: A number is not allowed.
    """
    from loganneal.studies.engines import InProcess, LocalProcesses, OnRay  # parsing must not need what running needs

    if args.engine == "ray":
        return OnRay(args.address, args.data_root, args.threads, args.gpus)
    if args.workers == 0:
        return InProcess(args.data_root, args.threads)
    return LocalProcesses(args.workers, args.data_root, args.threads)
