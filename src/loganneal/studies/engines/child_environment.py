"""The environment of a training command: that of this process, without the variables for its place in a cluster."""

import os
import re
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

from loganneal._trial import VARIABLE
from loganneal.studies.engines.devices import device_variable

_RANK = re.compile(
    r"(SLURM|SBATCH|SRUN|OMPI|PMI|PMIX|TORCHELASTIC)_.*"
    r"|(LOCAL_|GROUP_|NODE_|ROLE_)?RANK|(LOCAL_|GROUP_|ROLE_)?WORLD_SIZE|MASTER_ADDR|MASTER_PORT"
)
_LAUNCHER_OF_SLURM = ("srun", "sbatch", "mpirun", "mpiexec")


def child_environment(
    command: Sequence[str],
    trial: Path,
    devices: Sequence[str],
    threads: int,
    inherited: Mapping[str, str] = os.environ,
) -> dict[str, str]:
    """The environment of a command.

    Variables that give the rank and the job of this process would be taken for the command's own, so they are left out
    unless the command itself asks Slurm or MPI to start it. CUDA_VISIBLE_DEVICES names the run's own devices,
    MASTER_PORT is a free port, and OMP_NUM_THREADS is the run's number of threads, unless the user has set it.

    Args:
        command: The words of the command.
        trial: File of the trial.
        devices: Devices of the run; if empty, those that this process sees stay visible.
        threads: Number of threads of the run.
        inherited: The environment to start from.

    Example:
        >>> inherited = {"HOME": "/home/me", "SLURM_PROCID": "3", "RANK": "3"}
        >>> made = child_environment(["python"], Path("/runs/trial.json"), ("2",), 4, inherited)
        >>> del made["MASTER_PORT"]
        >>> made == {"HOME": "/home/me", "LOGANNEAL_TRIAL": "/runs/trial.json", "CUDA_VISIBLE_DEVICES": "2",
        ...          "OMP_NUM_THREADS": "4"}
        True
    """
    keeps_ranks = Path(command[0]).name in _LAUNCHER_OF_SLURM
    kept = {name: value for name, value in inherited.items() if keeps_ranks or not _RANK.fullmatch(name)}
    kept |= {VARIABLE: str(trial), "MASTER_PORT": str(_free_port())}
    if devices:
        kept[device_variable(inherited)] = ",".join(devices)
    kept.setdefault("OMP_NUM_THREADS", str(threads))
    return kept


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
