"""One training run: a specification goes in, a record comes out.

Names are loaded when they are first used, so that reading records does not load torch.
The loop itself is `loganneal.lab.train.train`: a module and its function cannot share a name here.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loganneal.lab.models import MODELS
    from loganneal.lab.records import CorruptRecordError, MetricsRow, Record, RecordStore
    from loganneal.lab.spec import RunSpec
    from loganneal.lab.workloads import WORKLOADS, DataNotFoundError, Splits, Workload

__all__ = [
    "MODELS",
    "WORKLOADS",
    "CorruptRecordError",
    "DataNotFoundError",
    "MetricsRow",
    "Record",
    "RecordStore",
    "RunSpec",
    "Splits",
    "Workload",
]

_HOMES = {
    "MODELS": "models",
    "WORKLOADS": "workloads",
    "CorruptRecordError": "records",
    "DataNotFoundError": "workloads",
    "MetricsRow": "records",
    "Record": "records",
    "RecordStore": "records",
    "RunSpec": "spec",
    "Splits": "workloads",
    "Workload": "workloads",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
