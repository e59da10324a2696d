"""`loganneal diagnose`: find what is wrong with a training run, from its log."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loganneal import _checks
from loganneal.cli._log_options import add_reading, read
from loganneal.cli._options import check_picture, needs_lab, terminal

if TYPE_CHECKING:
    from loganneal.diagnosis import Diagnosis, Log
    from loganneal.diagnosis.logs import Reading

EPILOG = """logs:
  a run folder of loganneal train; a CSV file; JSON, as one dictionary on each line or a list of dictionaries;
  event files of TensorBoard, or a folder of them; trainer_state.json of Transformers, or a folder with its checkpoints

  Columns are recognized by what their names mean. The choice is printed, and --column overrides it.

examples:
  loganneal diagnose runs/digits                         print the diagnosis, its evidence, advice, and a picture
  loganneal diagnose log.csv --steps-per-epoch 391       compare cycles with an epoch of 391 steps
  loganneal diagnose results.csv --column loss=train/box_loss
  loganneal diagnose wandb.csv --run brisk-lake-3        one of several runs in a file
  loganneal diagnose log.csv --out picture.svg           write the picture to a file
  loganneal diagnose trainer_state.json --json           print JSON, for programs
  loganneal diagnose runs/digits --confirm               print the command that applies the advice
"""


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "diagnose",
        help="find what is wrong with a training run, from its log",
        description="Look for five failures: instability, a decay that is too fast, cycles that are too short, a high "
        "learning rate at the end, and overfitting.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("log", type=Path, metavar="LOG", help="run folder, CSV, JSON, event files, or trainer_state.json")
    add_reading(add)
    add("--out", type=Path, metavar="FILE", help="write the picture as .png, .svg or .pdf instead of drawing here")
    add("--json", action="store_true", help="print the diagnosis as JSON, without a picture")
    add(
        "--confirm",
        action="store_true",
        help="print the command that trains the run again with the advice applied",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read a log, diagnose it, and show the result.

    Raises:
        ValueError: The log lacks something or is ambiguous, or an argument is wrong.
        OSError: There is no such log.
        ModuleNotFoundError: A package that reading or drawing needs is not installed.
    """
    from loganneal.diagnosis import diagnose

    if args.out is not None:
        check_picture("loganneal diagnose", args.out)
    (reading,) = read("loganneal diagnose", args, [args.log])
    diagnosis = diagnose(reading.log)
    if args.json:
        print(json.dumps(diagnosis.to_dict() | reading.to_dict(), indent=2, allow_nan=False))
    else:
        _show(reading, diagnosis)
    if args.out is not None or not args.json:
        _draw(reading.log, diagnosis, args)
    if args.confirm:
        _confirm(args, diagnosis)
    return 0


def _show(reading: "Reading", diagnosis: "Diagnosis") -> None:
    print(f"{diagnosis.name}: {diagnosis.sentence}\n")
    sections = {
        "Evidence": diagnosis.evidence,
        "Advice": diagnosis.advice,
        "Notes": diagnosis.notes,
        "Read": reading.lines(),
    }
    for title, lines in sections.items():
        if lines:
            print("\n".join([f"{title}:", *(f"  {line}" for line in lines), ""]))


def _draw(log: "Log", diagnosis: "Diagnosis", args: argparse.Namespace) -> None:
    with needs_lab():  # JSON needs no library for drawing
        from loganneal.reports import diagnosis as diagnosis_report

    if args.out is None:
        width, colour = terminal()
        print(diagnosis_report.run_text(log, diagnosis, width=width, colour=colour))
        return
    diagnosis_report.write_figure(diagnosis_report.run_figure(log, diagnosis), args.out)
    print(f"Wrote {_checks.printable(args.out)}.", file=sys.stderr if args.json else sys.stdout)


def _confirm(args: argparse.Namespace, diagnosis: "Diagnosis") -> None:
    from loganneal.cli._train_again import changed_command, read_spec

    if not (args.log / "spec.json").is_file():
        _checks.fail("loganneal diagnose", "--confirm", "used with a run folder of loganneal train", str(args.log))
    command = changed_command(read_spec(args.log), diagnosis)
    text = f"The same run with the advice applied; one pair of runs is a hint, not proof:\n  {command}"
    print(text, file=sys.stderr if args.json else sys.stdout)
