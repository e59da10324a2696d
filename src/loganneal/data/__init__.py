"""The tasks that schedules are compared on. Torch-free, unless a task of your own imports torch."""

import dataclasses
from pathlib import Path

from loganneal import _checks
from loganneal.data._base import CustomTask, DataNotFoundError, Examples, Splits, Workload
from loganneal.data._download import Published
from loganneal.data.cifar10 import CIFAR10
from loganneal.data.custom import from_function
from loganneal.data.digits import DIGITS
from loganneal.data.files import from_path
from loganneal.data.imagenette import IMAGENETTE
from loganneal.data.pneumonia import PNEUMONIA
from loganneal.data.shakespeare import SHAKESPEARE

BUILT_IN = (DIGITS, CIFAR10, IMAGENETTE, PNEUMONIA, SHAKESPEARE)
LONGEST_PATH = 4096  # bytes, Linux's own bound
WORKLOADS: dict[str, Workload] = {workload.name: workload for workload in BUILT_IN}
"""The built-in workloads, by name."""

__all__ = [
    "WORKLOADS",
    "CustomTask",
    "DataNotFoundError",
    "Examples",
    "Splits",
    "Workload",
    "find_workload",
    "names_code",
]


def find_workload(name: str, data_root: str | Path | None = None) -> Workload:
    """Find a workload by its name, by the path of its data, or by the function that returns it.

    Args:
        name: A key of `WORKLOADS`; or a path to a folder or zip file of images laid out for torchvision's ImageFolder,
            to an .npz file in MedMNIST's layout, or to a text file in UTF-8; or ``module:function``, see
            ``loganneal.data.custom``.
        data_root: Folder in which a published data set is looked for; None for the one that LOGANNEAL_DATA names, or
            else the cache folder, into which the data set is downloaded.

    Returns:
        The workload. The examples of a built-in one are read only by `Workload.load`.

    Raises:
        DataNotFoundError: The name is a path, and nothing is there.
        OSError: What is there is neither a folder nor a regular file.
        ValueError: There is no workload of that name, or a network cannot learn from what is there.

    Example:
        >>> find_workload("digits").title
        'Handwritten digits (5,000 MNIST images)'
    """
    if name in WORKLOADS:
        return _looked_for_in(data_root, WORKLOADS[name])
    _checks.title("RunSpec", "workload", name, LONGEST_PATH)
    if _exists(name):
        return from_path(name)
    if names_code(name):
        return from_function(name)
    if Path(name).suffix or len(Path(name).parts) > 1:
        raise DataNotFoundError(
            f"The workload {name} is a path, but nothing is there: name an existing file or folder."
        )
    return WORKLOADS[_checks.one_of("RunSpec", "workload", name, WORKLOADS)]


def _looked_for_in(data_root: str | Path | None, workload: Workload) -> Workload:
    if data_root is None or not isinstance(workload.loader, Published):
        return workload
    loader = dataclasses.replace(workload.loader, data_root=Path(data_root))
    return dataclasses.replace(workload, loader=loader)


def names_code(name: str) -> bool:
    """Whether a name stands for your own code, ``module:function``, which `find_workload` runs.

    Args:
        name: A name, a path or ``module:function``.

    Returns:
        False for built-in workloads and for paths that exist.

    Example:
        >>> names_code("digits"), names_code("mine:line")
        (False, True)
    """
    return name not in WORKLOADS and ":" in name and not _exists(name)


def _exists(name: str) -> bool:
    try:
        return Path(name).expanduser().exists()
    except RuntimeError:  # there is no user with the name after the ~
        return False
