"""What `loganneal study run`, `status` and `report` do."""

import argparse
import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path

from loganneal.cli._engine import build_engine
from loganneal.cli._studying import Work, run_study, show_report, show_status
from loganneal.studies.declare.study_file import read_study
from loganneal.studies.result.conclude import conclude_study


def _work(args: argparse.Namespace) -> Work:
    study = read_study(args.file)
    words = ["loganneal", "study", "run", str(args.file)]
    if args.only is not None:
        study = study.only(args.only)
        words += ["--only", ",".join(map(str, args.only))]
    if args.first_seed is not None:
        study = study.on_seeds_from(args.first_seed)
        words += ["--first-seed", str(args.first_seed)]
    conclude = partial(conclude_study, study, command=shlex.join(words))
    return Work(f"study {args.action}", study, args.out or Path("loganneal-study") / study.name, conclude)


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "run": lambda args: run_study(_work(args), build_engine(args)),
    "status": lambda args: show_status(_work(args)),
    "report": lambda args: show_report(_work(args)),
}
