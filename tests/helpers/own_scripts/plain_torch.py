"""A plain loop of PyTorch as a user writes it, and each way in which it can go wrong, by its first argument.

It fits a line to noisy data in 60 updates; one update is a few microseconds of arithmetic.
"""

import os
import subprocess
import sys
import time

import torch

import loganneal as la

SABOTAGE = sys.argv[1] if len(sys.argv) > 1 else "none"
SECONDS = float(os.environ.get("TINY_SECONDS", "0"))
"""So long each update takes, for tests that kill a run in its midst."""


def main() -> None:
    torch.set_num_threads(1)
    trial = la.trial(la.Cosine(0.1, 60), seed=1)
    torch.manual_seed(0 if SABOTAGE == "seed-ignored" else trial.seed)
    inputs = torch.linspace(-1, 1, 64)[:, None]
    targets = 3 * inputs + 1 + 0.1 * torch.randn(64, 1)
    model = torch.nn.Linear(1, 1)
    peak = 0.05 if SABOTAGE == "peak-ignored" else trial.peak_lr
    optimizer = trial.watch(torch.optim.SGD(model.parameters(), lr=peak))
    schedule = rate_of(trial)
    for step in range(trial.steps or 60):
        for group in optimizer.param_groups:
            group["lr"] = schedule(step)
        rows = torch.randint(48, (8,))
        loss = torch.nn.functional.mse_loss(model(inputs[rows]), targets[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        time.sleep(SECONDS)
        misbehave(step)
        if step % 20 == 19 and SABOTAGE != "no-result":
            held_out = torch.nn.functional.mse_loss(model(inputs[48:]), targets[48:])
            trial.report(step + 1, loss=loss.item(), validation=held_out.item())


def rate_of(trial):
    """The rate of each update, as the sabotage has it."""
    schedule = trial.schedule
    return {
        "schedule-ignored": lambda step: trial.peak_lr,
        "stepped-twice": lambda step: schedule(2 * step),
        "stepped-by-epoch": lambda step: schedule(step // 6),
        "resumed-without-state": lambda step: schedule(step if step < 25 else step - 25),
        "counted-in-batches": lambda step: schedule(step / 4),
        "peak-ignored": lambda step: 0.05 * schedule(step) / trial.peak_lr,
    }.get(SABOTAGE, schedule)


def misbehave(step: int) -> None:
    if SABOTAGE == "hangs" and step == 30:
        time.sleep(1000)
    if SABOTAGE == "leaks" and step == 0:
        code = "import time; time.sleep(1000)"
        subprocess.Popen([sys.executable, "-c", code, "leaked-child"], start_new_session=True)
    if SABOTAGE == "crashes" and step == 30:
        raise RuntimeError("no more memory")


if __name__ == "__main__":
    main()
