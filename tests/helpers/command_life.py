"""One life of a study on a training command, for tests that kill it: `python command_life.py FOLDER WORKERS`."""

import sys
from pathlib import Path

from command_studies import run, study

from loganneal.studies.engines import InProcess, LocalProcesses

if __name__ == "__main__":
    workers = int(sys.argv[2])
    run(study(replicates=2), Path(sys.argv[1]), LocalProcesses(workers) if workers else InProcess())
