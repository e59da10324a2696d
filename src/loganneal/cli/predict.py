"""`loganneal predict`: from logs of your own, which learning-rate schedule to use."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loganneal import _checks
from loganneal._disk import replace_file
from loganneal.cli._options import needs_lab

if TYPE_CHECKING:
    from loganneal.prediction import Prediction, Run
    from loganneal.schedules import Schedule

CANNOT_TELL = 3
"""The exit status where the logs cannot tell schedules apart."""

EPILOG = """logs:
  as for loganneal diagnose: a run folder, CSV, JSON, event files, or trainer_state.json; with steps, learning rates and
  losses. All of them are runs of the same training that differ in the schedule and the length only.

  One of the logs has to hold a probe: a fast fall from a plateau, as warmup-stable-decay with a cooldown of 20 % has,
  or a rate that rises after the warmup. From a run that only decays nothing can be told; the probe to train is printed.

examples:
  loganneal predict cosine.csv                           what to train so that a prediction is possible
  loganneal predict cosine.csv wsd.csv                   every short name, and the best cooldown, base and cycles
  loganneal predict wsd.csv --for linear one-cycle mine.json
  loganneal predict wsd.csv --family cla,wsd --total-steps 40000
  loganneal predict cosine.csv wsd.csv --out report.html --then study.toml

exit status: 0; 2 for a user error; 3 where the logs cannot tell
"""


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "predict",
        help="which schedule to use, from one or two logs",
        description="Predict the final loss under other schedules at the same peak learning rate, from logs.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("log", type=Path, nargs="+", metavar="LOG", help="logs; differences are to the run in the first")
    add("--for", dest="names", nargs="+", action="extend", default=[], metavar="SCHEDULE", help="short names or JSON")
    add("--family", default="", metavar="NAMES", help="every member of these: cla, wsd (default: wsd and short names)")
    add("--total-steps", type=int, metavar="N", help="budget to predict for (default: that of the first log)")
    add("--json", action="store_true", help="print the prediction as JSON")
    add("--out", type=Path, metavar="FILE", help="write a report with figures, as .html")
    add("--then", type=Path, metavar="FILE", help="write the study that tests the prediction, as .toml")
    add("--workload", default="digits", metavar="NAME", help="what that study trains on (default: digits)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read, predict, show.

    Returns:
        0, or 3 where the logs cannot tell.

    Raises:
        ValueError: A log lacks something, or an argument is wrong.
        OSError: There is no such log.
        ModuleNotFoundError: SciPy, or what the report needs, is not installed.
    """
    _check_files(args)
    with needs_lab():
        from loganneal.diagnosis.logs import read_log
        from loganneal.prediction import Run, predict
    runs = [Run(read_log(path).log) for path in args.log]
    schedules = _schedules(args, runs)
    prediction = predict(runs, schedules, total_steps=args.total_steps)
    _print(args, prediction, runs, schedules)
    if not prediction.refusal:
        _write(args, prediction, runs, schedules)
    return CANNOT_TELL if prediction.refusal else 0


def _check_files(args: argparse.Namespace) -> None:
    for option, suffix in (("out", ".html"), ("then", ".toml")):
        path = getattr(args, option)
        if path is not None:
            _checks.one_of("loganneal predict", f"--{option}", path.suffix.lower(), (suffix,))


def _schedules(args: argparse.Namespace, runs: Sequence["Run"]) -> dict[str, "Schedule"]:
    """What is asked about; nothing where the log has no rate, which `predict` then says."""
    from loganneal.cli._predicted import asked_schedules
    from loganneal.prediction.predict import setting_of

    if not runs[0].log.has_rate or not runs[0].peak > 0:
        return {}
    return asked_schedules(args.names, tuple(filter(None, args.family.split(","))), setting_of(runs, args.total_steps))


def _print(
    args: argparse.Namespace, prediction: "Prediction", runs: Sequence["Run"], schedules: Mapping[str, "Schedule"]
) -> None:
    from loganneal.prediction.track_record import track_record
    from loganneal.prediction.words import peak_factors, text

    record = track_record()
    factors = {} if prediction.refusal else peak_factors(runs[0], schedules, prediction.total_steps)
    if args.json:
        history = "" if prediction.refusal else record.sentence(prediction.log_class)
        more = {"track_record": history, "experimental": record.experimental, "peak_factors": factors}
        print(json.dumps(prediction.to_dict() | more, indent=2, allow_nan=False))
    else:
        print(text(prediction, record, factors))
    if args.json and prediction.refusal:
        print(prediction.refusal, file=sys.stderr)


def _write(
    args: argparse.Namespace, prediction: "Prediction", runs: Sequence["Run"], schedules: Mapping[str, "Schedule"]
) -> None:
    note = sys.stderr if args.json else sys.stdout
    if args.out is not None:
        with needs_lab():
            from loganneal.reports.prediction import report_page
        replace_file(args.out, report_page(prediction, runs, schedules).encode())
        print(f"Wrote {_checks.printable(args.out)}.", file=note)
    if args.then is not None:
        from loganneal.cli._predicted import study_text
        from loganneal.prediction.own_schedule import own_schedule

        own = own_schedule(runs[0].log)
        text = study_text(prediction, schedules, own, prediction.total_steps, args.workload)
        replace_file(args.then, text.encode())
        print(f"Wrote {_checks.printable(args.then)}; loganneal study run {_checks.printable(args.then)}", file=note)
