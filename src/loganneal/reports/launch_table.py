"""How the runs of a command went, as a table: what was run, and the rates that were seen."""

from loganneal.reports.study_tables import Table
from loganneal.studies.result import ComparisonResult, Launched


def launch_table(comparison: ComparisonResult) -> Table | None:
    """What was run and what was seen of it; None if the comparison is not of a command."""
    launched = comparison.launched
    if launched is None:
        return None
    rows = [*_command(launched, comparison), *_rates(launched), *_samples(launched)]
    return Table(("", "Value"), rows, ("name", "value"), [tuple(row) for row in rows])


def _command(launched: Launched, comparison: ComparisonResult) -> list[tuple[str, ...]]:
    devices = ", ".join(comparison.environment.get("device", ()))
    return [
        ("Command", " ".join(launched.command)),
        ("First run", " ".join(launched.argv)),
        ("Digest of the code", launched.code),
        ("Chosen by", launched.metric),
        ("Scored by", launched.test_metric),
        ("Runs and starts", f"{launched.runs}, {launched.attempts}"),
        ("Device", devices),
    ]


def _rates(launched: Launched) -> list[tuple[str, ...]]:
    if launched.largest_error is None:
        return [("Recorded rates", "none yet")]
    late = ", ".join(map(str, launched.offsets))
    return [
        ("Source of the recorded rates", ", ".join(launched.sources)),
        ("Recorded over scheduled rate", f"{launched.factor:g}"),
        ("Updates late", late),
        ("Largest error, over the peak rate", f"{launched.largest_error:.1g}"),
    ]


def _samples(launched: Launched) -> list[tuple[str, ...]]:
    return [
        (f"Rate of update {one.update:,}, first run", f"scheduled {one.asked:.6g}, recorded {one.seen:.6g}")
        for one in launched.samples
    ]
