"""A process that forks runs and kills them, started by the tests of survival: the imports are paid for once.

    python interrupted.py FOLDER

It trains a run that is never interrupted, one that is killed at random moments, and one that is killed while it writes,
and prints the outcomes as JSON.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from unittest import mock

import torch
from interruptible import wait_until
from killed_studies import has_ended

import loganneal as la
from loganneal._disk import replacing
from loganneal.data import WORKLOADS
from loganneal.runs import checkpoints
from loganneal.runs.checkpoints import Checkpoints
from loganneal.runs.record import read_record
from loganneal.training import train

SPEC = WORKLOADS["digits"].spec(
    schedule=la.CyclicalLogAnnealing.fit(total_steps=90, cycles=3, max_lr=0.2, warmup_steps=4),
    seed=0,
    split_seed=0,
    steps=90,
    train_examples=400,
    validation_examples=50,
    batch_size=16,
    accumulation=2,
    grad_clip=1.0,
    averaging=("ema", "swa", "snapshots"),
    curve_points=90,
    evaluations=9,
)
KILLS = 20
EVERY = 3  # updates between checkpoints


def start(folder, every=EVERY):
    """Begin, or continue, the run in a process of its own."""
    process = os.fork()
    if process == 0:
        train(SPEC, folder=folder, checkpoint_steps=every)
        os._exit(0)
    return process


def wait(process):
    """Whether the process ended by itself, without an error."""
    _, status = os.waitpid(process, 0)
    if os.WIFSIGNALED(status):
        return False
    assert os.WEXITSTATUS(status) == 0
    return True


def kill_at_random(root, seconds):
    """Kill a run a random time after each start, twenty times; one that ends before is followed by another.

    That time is a number of further checkpoints, and then a share of the time that one takes. Returns the folders, and
    the step of the newest checkpoint at each kill.
    """
    draw, folders, steps = random.Random(0), [root / "killed-0"], []
    while len(steps) < KILLS:
        wanted = newest(folders[-1]) + EVERY * draw.randint(0, 3)
        process = start(folders[-1])
        wait_until(lambda path=folders[-1], step=wanted, pid=process: newest(path) >= step or has_ended(pid))
        time.sleep(draw.uniform(0.0, seconds * EVERY / SPEC.steps))
        os.kill(process, signal.SIGKILL)
        if wait(process):
            folders.append(root / f"killed-{len(folders)}")
        else:
            steps.append(newest(folders[-1]))
    return folders, steps


def newest(folder):
    """The step of the newest checkpoint; 0 when there is none."""
    return max((int(path.name[:10]) for path in (folder / "checkpoints").glob("0*.pt")), default=0)


def kill_while_writing(root):
    """Kill a run when half of its tenth checkpoint is in the file; return its folder and the last whole one's step."""
    folder, written = root / "killed-writing", []

    def replace_in_halves(path, data):
        written.append(path)
        with replacing(path) as file:
            file.write(data[: len(data) // 2])
            file.flush()
            if len(written) == 10:
                os.kill(os.getpid(), signal.SIGKILL)
            file.write(data[len(data) // 2 :])

    process = os.fork()
    if process == 0:
        with mock.patch.object(checkpoints, "replace_file", replace_in_halves):
            train(SPEC, folder=folder, checkpoint_steps=EVERY)
        os._exit(1)
    assert not wait(process)
    assert list((folder / "checkpoints").glob(".writing-*"))
    return folder, newest(folder)


def outcome(folder):
    """Everything that must be equal, without times."""
    record = read_record(folder)
    state = Checkpoints(folder / "checkpoints").load()
    rows = [row[:6] for row in record.metrics]
    return [record.weights, rows, record.averages, state["step"], len(rows)]


def main():
    """Do it."""
    torch.set_num_threads(1)
    root = Path(sys.argv[1])
    WORKLOADS["digits"].load(0, 400, 50)  # read once, for all forks
    started = time.perf_counter()
    wait(start(root / "whole"))
    folders, steps = kill_at_random(root, time.perf_counter() - started)
    folder, step = kill_while_writing(root)
    for one in (*folders, folder):
        assert wait(start(one))
    whole, killed, written = outcome(root / "whole"), [outcome(one) for one in folders], outcome(folder)
    print(json.dumps({"whole": whole, "steps": steps, "killed": killed, "step": step, "written": written}))


if __name__ == "__main__":
    main()
