"""The tasks that schedules are compared on, by name. Torch-free."""

from loganneal.lab.workloads._base import DataNotFoundError, Images, Splits, Workload
from loganneal.lab.workloads.cifar10 import CIFAR10
from loganneal.lab.workloads.digits import DIGITS

WORKLOADS: dict[str, Workload] = {workload.name: workload for workload in (DIGITS, CIFAR10)}

__all__ = ["WORKLOADS", "DataNotFoundError", "Images", "Splits", "Workload"]
