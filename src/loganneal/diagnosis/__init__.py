"""What training looked like, and what is wrong with it. Torch-free."""

from loganneal.diagnosis.cycles import Cycle, cycles, restarts
from loganneal.diagnosis.diagnosis import Diagnosis, diagnose, diagnose_opening
from loganneal.diagnosis.finding import Finding
from loganneal.diagnosis.log import Log
from loganneal.diagnosis.rule import Outcome, Rule, Verdict
from loganneal.diagnosis.rules import RULES

__all__ = [
    "RULES",
    "Cycle",
    "Diagnosis",
    "Finding",
    "Log",
    "Outcome",
    "Rule",
    "Verdict",
    "cycles",
    "diagnose",
    "diagnose_opening",
    "restarts",
]
