"""What a study found, as frozen values that JSON can hold."""

from loganneal.studies.result.arm_result import ArmResult, ArmScores, EqualMeanRate, TrialResult, TunedRange
from loganneal.studies.result.comparison_result import ComparisonResult, Declaration, PairResult, Power
from loganneal.studies.result.launched import Launched, RateSample
from loganneal.studies.result.study_result import CorruptResultError, StudyResult, read_result, write_result
from loganneal.studies.result.verdict import Interval, Judged, Look, Paired, Verdict, VerdictName

__all__ = [
    "ArmResult",
    "ArmScores",
    "ComparisonResult",
    "CorruptResultError",
    "Declaration",
    "EqualMeanRate",
    "Interval",
    "Judged",
    "Launched",
    "Look",
    "PairResult",
    "Paired",
    "Power",
    "RateSample",
    "StudyResult",
    "TrialResult",
    "TunedRange",
    "Verdict",
    "VerdictName",
    "read_result",
    "write_result",
]
