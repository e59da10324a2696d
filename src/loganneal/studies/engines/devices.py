"""The GPUs that are visible here, and which of them are in use by which runs."""

import functools
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from loganneal import _checks

VARIABLES = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES")
"""Environment variables that say which devices a process sees; their entries are kept as they are."""

_SECONDS = 20.0


def visible_devices(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The devices that this process may use, as in CUDA_VISIBLE_DEVICES: indices, UUIDs or MIG instances.

    Args:
        environment: Where the variables are looked up; if none is set, `nvidia-smi` is asked.

    Example:
        >>> visible_devices({"CUDA_VISIBLE_DEVICES": "2, 3"})
        ('2', '3')
    """
    for name in VARIABLES:
        if name in environment:
            return tuple(word.strip() for word in environment[name].split(",") if word.strip() not in ("", "-1"))
    return tuple(map(str, range(_count())))


def device_variable(environment: Mapping[str, str] = os.environ) -> str:
    """The variable that selects devices: the one that is already set, or else CUDA's.

    >>> device_variable({"HIP_VISIBLE_DEVICES": "0"})
    'HIP_VISIBLE_DEVICES'
    """
    return next((name for name in VARIABLES if name in environment), VARIABLES[0])


def device_kind(devices: Sequence[str]) -> str:
    """The kind of these devices; "cpu" if there are none.

    >>> device_kind(())
    'cpu'
    """
    if not devices:
        return "cpu"
    names = {index: name for index, (name, _) in enumerate(_listed())}
    by_id = {uuid: name for name, uuid in _listed()}
    found = [names.get(int(one), one) if one.isdigit() else by_id.get(one, one) for one in devices]
    return ", ".join(sorted(set(found)))


def _count() -> int:
    return len(_listed())


@functools.cache
def _listed() -> tuple[tuple[str, str], ...]:
    """Name and UUID of each device, as `nvidia-smi -L` lists them."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return ()
    try:
        found = subprocess.run([tool, "-L"], capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(re.findall(r"^GPU \d+: (.*?) \(UUID: (.*?)\)", found.stdout, flags=re.M))


class DevicePool:
    """Devices that runs take and give back: whole devices for one run alone, or parts of a device that runs share.

    Args:
        devices: The devices as `visible_devices` returns them.

    Example:
        >>> pool = DevicePool(("0", "1"))
        >>> pool.take(1), pool.take(0.5), pool.take(0.5), pool.take(1)
        (('0',), ('1',), ('1',), None)
    """

    def __init__(self, devices: Sequence[str]) -> None:
        self._free = dict.fromkeys(devices, 1.0)

    def wanted(self, gpus: float | None) -> float:
        """How much a run takes that asks for this many devices; None asks for one device if there are any.

        Raises:
            ValueError: There are not that many devices.
        """
        gpus = min(1.0, float(len(self._free))) if gpus is None else gpus
        remedy = "Ask for fewer, or make more visible in CUDA_VISIBLE_DEVICES."
        return _checks.number("a comparison", "gpus", gpus, 0.0, float(len(self._free)), remedy=remedy)

    def room(self, gpus: float) -> int:
        """How many runs that take this many devices, above 0, run at a time if no others do.

        >>> DevicePool(("0", "1", "2")).room(2), DevicePool(("0", "1")).room(0.5)
        (1, 4)
        """
        return len(self._free) * int(1.0 / gpus) if gpus < 1.0 else len(self._free) // int(gpus)

    def take(self, gpus: float) -> tuple[str, ...] | None:
        """The devices of a run, or None while too few are free."""
        if gpus < 1.0:
            free = [device for device, share in self._free.items() if share >= gpus]
            chosen = free[:1] if gpus else []
            enough = bool(free) or not gpus
        else:
            chosen = [device for device, share in self._free.items() if share == 1.0][: int(gpus)]
            enough = len(chosen) == int(gpus)
        if not enough:
            return None
        self._change(chosen, -min(gpus, 1.0))
        return tuple(chosen)

    def give_back(self, devices: Sequence[str], gpus: float) -> None:
        """Release a run's devices."""
        self._change(devices, min(gpus, 1.0))

    def _change(self, devices: Sequence[str], share: float) -> None:
        for device in devices:
            self._free[device] = round(self._free[device] + share, 6)  # thirds add up to a whole again
