"""What `loganneal calibrate` does: train the pool and a study of an arm against itself, resample, show."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from loganneal import _checks
from loganneal.cli._engine import build_engine
from loganneal.cli._studying import FAILED, INTERRUPTED, build_console
from loganneal.data import Workload, find_workload
from loganneal.data.metric import metric_of
from loganneal.reports import calibration as pictures
from loganneal.reports.figures import save
from loganneal.reports.folder import RECORDS, write_folder, write_whole
from loganneal.runs.journal import Journal, Store
from loganneal.studies.calibrate.against_itself import against_itself, plan_against_itself
from loganneal.studies.calibrate.calibration import calibrate
from loganneal.studies.calibrate.run_grid import plan_pool, pool_csv, read_pool
from loganneal.studies.declare.arms import ARMS, Arm
from loganneal.studies.declare.comparison import FinishedRun, PlannedRun
from loganneal.studies.engines import Engine, RunFailedError, run_missing, take_inventory
from loganneal.studies.result.conclude import conclude

POOL = "pool.csv"
TRIALS, REPLICATES = 4, 10
"""Of the study that is trained."""

APART = (1000, 2000)
"""How far the seeds of its two names lie from the pool's."""


def calibrate_and_show(args: argparse.Namespace) -> int:
    """Do what is missing of a calibration, and show it.

    Args:
        args: The options of `loganneal calibrate`.

    Returns:
        The exit code: 0 when complete, 1 when runs failed, 130 when interrupted.

    Raises:
        ValueError: An argument is wrong.
        DataNotFoundError: The data set is not there.
    """
    console = build_console()
    workload, arm = find_workload(args.workload), ARMS[_checks.one_of("loganneal calibrate", "--arm", args.arm, ARMS)]
    folder: Path = args.out or Path("loganneal-calibrate") / workload.name
    try:
        pool = args.pool or _train(args, workload, arm, folder, console)
    except KeyboardInterrupt:
        console.print("Stopped. What is finished is kept: the same command continues.", highlight=False)
        return INTERRUPTED
    except RunFailedError as error:
        print(f"loganneal calibrate: {error}", file=sys.stderr)
        return FAILED
    scale = metric_of(workload)
    margin = scale.margin(workload.margin if args.margin is None else args.margin)
    result = calibrate(read_pool(pool, scale), margin, args.studies)
    _write(result, folder)
    _show(result, folder, console)
    return 0


def _train(args: argparse.Namespace, workload: Workload, arm: Arm, folder: Path, console: Console) -> Path:
    """The pool's file, written from its records; and the study that is trained, as a folder beside."""
    engine, store = build_engine(args), Journal(folder / RECORDS)
    pool = _finish(plan_pool(workload, arm, args.peaks, args.seeds, args.first_seed), store, engine, console)
    write_whole(folder / POOL, pool_csv(pool, workload.floor, metric_of(workload)))
    first, second = (args.first_seed + apart for apart in APART)
    declared = against_itself(args.workload, arm, trials=TRIALS, replicates=REPLICATES, first_seed=first)
    runs = _finish(plan_against_itself(declared, second), store, engine, console)
    summary = {
        **conclude(declared, runs),
        "command": f"loganneal calibrate --workload {args.workload} --arm {arm.name}",
    }
    write_folder(summary, runs, folder / "against-itself")
    return folder / POOL


def _finish(planned: Sequence[PlannedRun], store: Store, engine: Engine, console: Console) -> Sequence[FinishedRun]:
    """All the runs, with a line for each twentieth."""
    stock = take_inventory(planned, store)
    finished = list(stock.finished)
    for run in run_missing(stock.missing, store, engine):
        finished.append(run)
        if len(finished) % max(1, len(planned) // 20) == 0:
            console.print(f"{len(finished)} of {len(planned)} runs are done.", highlight=False)
    return finished


def _write(result: dict[str, Any], folder: Path) -> None:
    for name in pictures.TABLES:
        write_whole(folder / f"{name}.md", pictures.to_markdown(result, name))
        write_whole(folder / f"{name}.csv", pictures.to_csv(result, name))
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    save(pictures.false_alarms_figure(result), folder / "figures" / "false-alarms")
    save(pictures.power_figure(result), folder / "figures" / "power")
    write_whole(folder / "calibration.json", json.dumps(result, indent=1) + "\n")


def _show(result: dict[str, Any], folder: Path, console: Console) -> None:
    pool, limit = result["pool"], result["limit"]
    worst = max(row["decided"] for row in result["same"])
    usual = [max(row["different"], row["different_t"]) for row in result["usual"]]
    holds = "which holds" if worst <= limit else "which does NOT hold"
    for line in (
        f"{result['studies']:,} studies for each row, from {pool['runs']} runs: {len(pool['peaks'])} peak rates with "
        f"{pool['seeds']} seeds.",
        f"An arm against itself is decided in at most {worst:.1%} of studies; {limit:.1%} are allowed, {holds}.",
        f"Tuned once and trained again it is called different in {min(usual):.1%} to {max(usual):.1%}.",
        f"Tables, figures and pool: {folder}",
    ):
        console.print(line, highlight=False, soft_wrap=True, markup=False)
