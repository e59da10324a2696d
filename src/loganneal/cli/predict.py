"""`loganneal predict`: from your own logs, which learning-rate schedule to use."""

import argparse
import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from loganneal import _checks
from loganneal._disk import replace_file
from loganneal.cli._log_options import add_reading, read
from loganneal.cli._options import needs_lab
from loganneal.runs.macros import check_macros

if TYPE_CHECKING:
    from loganneal.diagnosis.logs import Reading
    from loganneal.prediction import Prediction, Run
    from loganneal.schedules import Schedule

COMMAND = "loganneal predict"

CANNOT_TELL = 3
"""The exit status if the logs cannot tell schedules apart."""

EPILOG = """logs:
  as for loganneal diagnose: a run folder, CSV, JSON, event files, or trainer_state.json; with steps, learning rates and
  losses. All of them must be runs of the same training that differ only in the schedule and the length.

  One of the logs has to hold a probe: a fast fall from a plateau, as in warmup-stable-decay with a cooldown of 20%, or
  a learning rate that rises after the warmup. A run that only decays says nothing; the probe to train is then printed.

examples:
  loganneal predict cosine.csv                           print what to train so that a prediction is possible
  loganneal predict cosine.csv wsd.csv                   predict all short names, and the best cooldown, base and cycles
  loganneal predict wsd.csv --for linear one-cycle mine.json
  loganneal predict wsd.csv --family cla,wsd --total-steps 40000
  loganneal predict cosine.csv wsd.csv --out report.html
  loganneal predict cosine.csv wsd.csv --then study.toml -- python train.py --seed '${seed}'
      also write the study that tests the prediction with the command that produced the logs; docs/own-script.md says
      what the command needs

exit status: 0; 2 for a user error; 3 if the logs cannot tell schedules apart
"""


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "predict",
        help="predict which schedule to use, from one to four logs",
        description="Predict the final loss under other schedules at the same peak learning rate, from logs.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("log", type=Path, nargs="+", metavar="LOG", help="logs; differences are to the run in the first")
    add(
        "--for",
        dest="names",
        nargs="+",
        action="extend",
        default=[],
        metavar="SCHEDULE",
        help="schedules, as short names or JSON",
    )
    add(
        "--family",
        default="",
        metavar="NAMES",
        help="predict all members of these families: cla, wsd (default: wsd and short names)",
    )
    add("--total-steps", type=int, metavar="N", help="budget to predict for (default: that of the first log)")
    add_reading(add)
    add("--json", action="store_true", help="print the prediction as JSON")
    add("--out", type=Path, metavar="FILE", help="write a report with figures, as .html")
    add("--then", type=Path, metavar="FILE", help="write the study that tests the prediction, as .toml")
    add("--workload", metavar="NAME", help="for that study, the workload that produced the logs")
    add(
        "--metric",
        default="validation",
        metavar="NAME",
        help="for that study, the loss that the command after -- reports",
    )
    parser.keeps_command = True
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read logs, predict from them, and show the result.

    Returns:
        0, or 3 if the logs cannot tell schedules apart.

    Raises:
        ValueError: A log lacks something, or an argument is wrong.
        OSError: There is no such log.
        ModuleNotFoundError: SciPy, or a package that the report needs, is not installed.
    """
    _check_options(args)
    with needs_lab():
        from loganneal.prediction import Run, predict
    readings = read(COMMAND, args, args.log)
    runs = [Run(reading.log) for reading in readings]
    schedules = _schedules(args, runs)
    prediction = predict(runs, schedules, total_steps=args.total_steps)
    _print(args, prediction, runs, schedules, readings)
    if prediction.refusal:
        return _write_nothing(args)
    _write_report(args, prediction, runs, schedules)
    _write_study(args, prediction, runs, schedules)
    return 0


def _check_options(args: argparse.Namespace) -> None:
    for option, suffix in (("out", ".html"), ("then", ".toml")):
        path = getattr(args, option)
        if path is not None:
            _checks.one_of(COMMAND, f"--{option}", path.suffix.lower(), (suffix,))
    if args.script and args.then is None:
        _checks.fail(COMMAND, "--then", "given with a command after --, which its study trains", "nothing")
    if args.script and args.workload is not None:
        _checks.fail(COMMAND, "--workload", "left out with a command after --", args.workload)
    check_macros(args.script)


def _schedules(args: argparse.Namespace, runs: Sequence["Run"]) -> dict[str, "Schedule"]:
    """The schedules to predict; none if the logs cannot be used, which `predict` then reports."""
    from loganneal.cli._predicted import asked_schedules
    from loganneal.prediction.judge_log import refuse
    from loganneal.prediction.predict import setting_of

    if refuse(runs):
        return {}
    return asked_schedules(args.names, tuple(filter(None, args.family.split(","))), setting_of(runs, args.total_steps))


def _print(
    args: argparse.Namespace,
    prediction: "Prediction",
    runs: Sequence["Run"],
    schedules: Mapping[str, "Schedule"],
    readings: Sequence["Reading"],
) -> None:
    from loganneal.prediction.track_record import track_record
    from loganneal.prediction.words import PEAK, peak_factors, text

    record = track_record()
    factors = {} if prediction.refusal else peak_factors(runs[0], schedules, prediction.total_steps)
    if args.json:
        history = "" if prediction.refusal else record.sentence(prediction.log_class)
        more = {
            "track_record": history,
            "experimental": record.experimental,
            "peak_factors": factors,
            "peak_factors_note": PEAK.replace("\n", " ") if factors else "",
            "logs": [reading.to_dict() for reading in readings],
        }
        print(json.dumps(prediction.to_dict() | more, indent=2, allow_nan=False))
    else:
        print(text(prediction, record, factors))
        print("\n".join(_read_lines(args.log, readings)))
    if args.json and prediction.refusal:
        print(prediction.refusal, file=sys.stderr)


def _read_lines(paths: Sequence[Path], readings: Sequence["Reading"]) -> list[str]:
    """What was read from each log."""
    lines = ["", "Read:"]
    for path, reading in zip(paths, readings, strict=True):
        lines += [f"  {_checks.printable(path)}", *(f"    {line}" for line in reading.lines())]
    return lines


def _write_nothing(args: argparse.Namespace) -> int:
    """Say what is not written, since nothing is predicted."""
    asked = [_checks.printable(path) for path in (args.out, args.then) if path is not None]
    if asked:
        print(
            f"Nothing is predicted: {' and '.join(asked)} {'is' if len(asked) == 1 else 'are'} not written.",
            file=sys.stderr,
        )
    return CANNOT_TELL


def _write_report(
    args: argparse.Namespace, prediction: "Prediction", runs: Sequence["Run"], schedules: Mapping[str, "Schedule"]
) -> None:
    if args.out is None:
        return
    with needs_lab():
        from loganneal.reports.prediction import report_page
    args.out.parent.mkdir(parents=True, exist_ok=True)
    replace_file(args.out, report_page(prediction, runs, schedules).encode())
    print(f"Wrote {_checks.printable(args.out)}.", file=_notes(args))


def _write_study(
    args: argparse.Namespace, prediction: "Prediction", runs: Sequence["Run"], schedules: Mapping[str, "Schedule"]
) -> None:
    if args.then is None:
        return
    if prediction.unit != "updates":
        remedy = "Log updates, or declare the study in updates by hand."
        _checks.fail(COMMAND, "--then", "left out for logs that do not count updates", prediction.unit, remedy)
    from loganneal.cli._predicted_study import Trained, study_text

    trained = Trained(args.workload or "", args.script, args.metric)
    args.then.parent.mkdir(parents=True, exist_ok=True)
    replace_file(args.then, study_text(prediction, runs, schedules, trained, args.then.parent).encode())
    name = _checks.printable(args.then)
    action = "check" if args.script else "run"
    print(f"Wrote {name}. Next: loganneal study {action} {shlex.quote(name)}", file=_notes(args))


def _notes(args: argparse.Namespace) -> TextIO:
    """The stream for notes on what was written: JSON has stdout to itself."""
    return sys.stderr if args.json else sys.stdout
