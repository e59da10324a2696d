"""Where runs execute: in this process, in local worker processes, on a Ray cluster, or as Slurm jobs.

An engine takes specifications and yields records as the runs end. A run that has a record in the store is never run
again, whichever engine ran it.
"""

from loganneal.studies.engines._base import Engine, Failure, torch_threads
from loganneal.studies.engines.in_process import InProcess
from loganneal.studies.engines.local_processes import LocalProcesses
from loganneal.studies.engines.on_ray import OnRay
from loganneal.studies.engines.on_slurm import OnSlurm
from loganneal.studies.engines.resume import Inventory, RunFailedError, run_missing, take_inventory
from loganneal.studies.engines.writer_lock import StudyInUseError, hold_study_folder

__all__ = [
    "Engine",
    "Failure",
    "InProcess",
    "Inventory",
    "LocalProcesses",
    "OnRay",
    "OnSlurm",
    "RunFailedError",
    "StudyInUseError",
    "hold_study_folder",
    "run_missing",
    "take_inventory",
    "torch_threads",
]
