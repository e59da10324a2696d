"""One process of several that share a run, started by torchrun in the tests.

    torchrun --nproc-per-node 2 torchrun_run.py SPECIFICATION FOLDER

Each process writes the rates, losses and weights that it has.
"""

import json
import os
import sys
from pathlib import Path

import torch

from loganneal.runs.spec import RunSpec
from loganneal.training import train


def main():
    """Do it."""
    torch.set_num_threads(1)
    torch.backends.mkldnn.enabled = False  # as in the test, which says why
    spec, folder = RunSpec.from_dict(json.loads(Path(sys.argv[1]).read_text())), Path(sys.argv[2])
    record = train(spec, folder=folder)
    found = {"rows": [row[:6] for row in record.metrics], "weights": record.weights, "score": record.test_score}
    (folder.parent / f"rank-{os.environ['RANK']}.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main()
