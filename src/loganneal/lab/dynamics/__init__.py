"""What training looked like, and what is wrong with it. Torch-free."""

from loganneal.lab.dynamics.cycles import Cycle, cycles, restarts
from loganneal.lab.dynamics.diagnosis import Diagnosis, diagnose, diagnose_opening
from loganneal.lab.dynamics.finding import Finding
from loganneal.lab.dynamics.log import Log
from loganneal.lab.dynamics.rules import RULES

__all__ = ["RULES", "Cycle", "Diagnosis", "Finding", "Log", "cycles", "diagnose", "diagnose_opening", "restarts"]
