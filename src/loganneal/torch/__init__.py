"""Schedules in PyTorch: `ScheduleLR`, and `CyclicalLogAnnealingLR` in place of ``CosineAnnealingWarmRestarts``."""

try:
    import torch  # noqa: F401 - imported here, so that its absence is reported in one sentence
except ModuleNotFoundError as error:
    raise ModuleNotFoundError("loganneal.torch needs PyTorch: pip install 'loganneal[torch]'") from error

from loganneal.torch._cyclical_log_annealing_lr import CyclicalLogAnnealingLR
from loganneal.torch._schedule_lr import ScheduleLR

__all__ = ["CyclicalLogAnnealingLR", "ScheduleLR"]
