"""The schedules that `loganneal predict` is asked about."""

from collections.abc import Sequence

from loganneal import _checks, from_dict
from loganneal._reading import parse_json
from loganneal.cli._arm import FILE, NAMES, schedule_in_file
from loganneal.prediction.families import Setting, members
from loganneal.schedules import Schedule
from loganneal.studies.declare.arms import ARMS

COMMAND = "loganneal predict"
NOT_ASKED = ("published",)
"""Names that are left out unless they are asked for: nobody would choose this schedule today."""


def asked_schedules(names: Sequence[str], families: Sequence[str], setting: Setting) -> dict[str, Schedule]:
    """The schedules to predict, by name.

    Args:
        names: Short names, files, or JSON of schedules.
        families: Names of families, all of whose members are predicted.
        setting: Peak, budget and warmup of the log's run.

    Raises:
        ValueError: There is no such name, or the JSON is not a schedule.
    """
    if not names and not families:
        names = [name for name in NAMES if name not in NOT_ASKED]
        families = ("wsd",)
    found = {name: _schedule(name, setting) for name in names}
    for family, chosen in members(tuple(families), setting).items():
        found |= {f"{family.title}, {family.parameter} {value:g}": one for value, one in chosen.items()}
    return found


def _schedule(name: str, setting: Setting) -> Schedule:
    if name.endswith(FILE):
        return schedule_in_file(COMMAND, "--for", name)
    if name.lstrip().startswith("{"):
        return _from_json(name)
    arm = ARMS[_checks.one_of(COMMAND, "--for", name, NAMES)]
    return arm.build_warmed(setting.peak, setting.steps, setting.warmup)


def _from_json(text: str) -> Schedule:
    try:
        return from_dict(parse_json(text))
    except (ValueError, KeyError, TypeError) as error:
        _checks.fail(COMMAND, "--for", "the JSON of a schedule's to_dict()", text, f"It says: {error}")
