"""Comparing schedules fairly over many runs: declare a study, run it anywhere, judge it.

``declare`` describes what is compared, ``engines`` run the training, ``judge`` draws the conclusions, and ``result``
holds the findings. The names here are loaded on first use, so that looking up the name of a schedule does not need
SciPy.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loganneal.studies.declare.comparison import Comparison
    from loganneal.studies.declare.study import Study, study_of
    from loganneal.studies.declare.study_file import StudyError, read_study
    from loganneal.studies.result import ArmResult, ComparisonResult, StudyResult, TrialResult, read_result
    from loganneal.studies.run import StudyFailedError, judge_study, run_study

__all__ = [
    "ArmResult",
    "Comparison",
    "ComparisonResult",
    "Study",
    "StudyError",
    "StudyFailedError",
    "StudyResult",
    "TrialResult",
    "judge_study",
    "read_result",
    "read_study",
    "run_study",
    "study_of",
]

_HOMES = {
    "Comparison": "declare.comparison",
    **dict.fromkeys(("Study", "study_of"), "declare.study"),
    **dict.fromkeys(("StudyError", "read_study"), "declare.study_file"),
    **dict.fromkeys(("ArmResult", "ComparisonResult", "StudyResult", "TrialResult", "read_result"), "result"),
    **dict.fromkeys(("StudyFailedError", "judge_study", "run_study"), "run"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
