"""Where runs execute: in this process, in local worker processes, or on a Ray cluster.

An engine takes specifications and gives records, as they come. The records folder is the truth: what has a record is
never run again, whichever engine made it.
"""

from loganneal.studies.engines._alone import StudyInUseError
from loganneal.studies.engines._base import Engine, Failure, torch_threads
from loganneal.studies.engines.here import InProcess
from loganneal.studies.engines.missing import RunFailedError, Stock, run_missing, take_stock
from loganneal.studies.engines.on_ray import OnRay
from loganneal.studies.engines.processes import LocalProcesses

__all__ = [
    "Engine",
    "Failure",
    "InProcess",
    "LocalProcesses",
    "OnRay",
    "RunFailedError",
    "Stock",
    "StudyInUseError",
    "run_missing",
    "take_stock",
    "torch_threads",
]
