"""`loganneal study judge`: judge the scores of runs that were made without loganneal."""

import argparse
import shlex
from pathlib import Path
from typing import Any

from loganneal.cli._options import DONE, needs_lab, read_number, whole_numbers

COMMAND = "loganneal study judge"

EXAMPLES = """example of the file, with one row for each run:
  arm,replicate,trial,peak,validation,test
  cosine,1,1,0.0003,2.918,2.921
  cosine,1,2,0.0006,2.903,2.907
  linear,1,1,0.0003,2.911,2.915

An empty cell is a run that diverged. The columns trial and peak are needed only if tuning tried several runs in a
replicate. Without the column test, runs are scored by the value that chose them.
"""


def add_parser(actions: Any) -> None:
    """Add the action to those of `loganneal study`."""
    text = "judge the scores of runs that you have already made"
    parser = actions.add_parser(
        "judge",
        help=text,
        description=f"{text[0].upper()}{text[1:]}, from a CSV file.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("file", type=Path, metavar="FILE", help="the scores, in CSV")
    add("--out", type=Path, metavar="DIR", help="folder to write (default: loganneal-study/NAME)")
    add("--reference", required=True, metavar="ARM", help="the arm with which the others are compared")
    add(
        "--margin", required=True, metavar="M", help="two arms tie if they differ by less: 0.005, or 0.5%% of the score"
    )
    better = parser.add_mutually_exclusive_group(required=True)
    better.add_argument(
        "--higher-is-better", dest="higher_is_better", action="store_true", help="higher scores are better"
    )
    lower = "lower scores are better"
    better.add_argument("--lower-is-better", dest="higher_is_better", action="store_false", help=lower)
    add("--metric", default="score", metavar="NAME", help="name of the scores in the report (default: score)")
    add(
        "--looks",
        type=whole_numbers,
        metavar="R,R,...",
        help="numbers of replicates after which the study was allowed to end, as declared before the first run",
    )
    add("--primary", metavar="ARM", help="with looks, the rival whose test was declared")


def judge(args: argparse.Namespace) -> int:
    """Write result, table and page of the scores in a file, and show them.

    Raises:
        ValueError: The file or an option is wrong.
        OSError: The file cannot be read.
    """
    with needs_lab():
        from loganneal.reports.report import write_report
        from loganneal.reports.terminal.console import build_console
        from loganneal.reports.terminal.study_display import show_result
        from loganneal.studies.declare.script import read_margin
        from loganneal.studies.imported import judge_scores
        from loganneal.studies.run import keep_result, open_records
    folder = args.out or Path("loganneal-study") / args.file.stem
    margin, relative = read_margin(args.margin if "%" in args.margin else read_number(COMMAND, "--margin", args.margin))
    said: dict[str, Any] = {
        name: getattr(args, name) for name in ("reference", "higher_is_better", "metric", "primary")
    }
    said |= {"looks": args.looks or (), "margin": margin, "relative_margin": relative}
    result = judge_scores(args.file, command=_command(args), **said)
    result = keep_result(result, folder)
    show_result(build_console(), result, write_report(result, folder, open_records(folder / "runs")))
    return DONE


def _command(args: argparse.Namespace) -> str:
    words = ["loganneal", "study", "judge", str(args.file), "--reference", args.reference, "--margin", args.margin]
    words += ["--higher-is-better" if args.higher_is_better else "--lower-is-better", "--metric", args.metric]
    words += ["--looks", ",".join(map(str, args.looks))] if args.looks else []
    return shlex.join([*words, "--primary", args.primary] if args.primary else words)
