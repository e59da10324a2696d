"""Optimizers whose state is sharded over processes: ZeroRedundancyOptimizer, and any optimizer under fully_shard."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import torch_sharded

WORLD = 2

pytestmark = pytest.mark.skipif(not torch.distributed.is_available(), reason="this torch is built without distributed")


def results(tmp_path: Path) -> list[dict[str, Any]]:
    """What each of two processes on this machine got; they find one another by a file."""
    loopback = {"GLOO_SOCKET_IFNAME": "lo"} if sys.platform == "linux" else {}
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **loopback}
    commands = [[sys.executable, torch_sharded.__file__, str(rank), str(WORLD), str(tmp_path)] for rank in range(WORLD)]
    processes = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) for command in commands]
    errors = [process.communicate(timeout=300)[1].decode() for process in processes]
    files = [Path(tmp_path, f"{rank}.json") for rank in range(WORLD)]
    assert all(file.exists() for file in files), errors
    return [json.loads(file.read_text()) for file in files]


@pytest.mark.slow
def test_every_process_trains_as_one_that_is_not_sharded(tmp_path: Path) -> None:
    """Rates, weight decays and momenta to the bit, over restarts and a resume; and the weights, put together."""
    for result in results(tmp_path):
        for kind in ("zero", "fsdp"):
            assert result[kind]["used"] == result[kind]["expected"]
            assert len(result[kind]["used"]) == torch_sharded.STEPS
            assert result[kind]["weights"] == pytest.approx(result[kind]["reference"], rel=1e-5, abs=1e-6)
