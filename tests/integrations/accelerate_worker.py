"""Trainings by two processes of Accelerate on the CPU; prints what each way of stepping did, as JSON.

In the folder of its argument it leaves a trial for each watched way, with the rates that were seen.
"""

import gc
import json
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator, debug_launcher
from accelerate.state import AcceleratorState, GradientState
from tiny_training import SCHEDULE, inputs, linear, loss, scheduled

import loganneal as la


def accelerator(way: str, accumulation: int = 1) -> Accelerator:
    for state in (AcceleratorState, GradientState):  # an Accelerator with other settings, in the same processes
        state._reset_state()
    linked = way != "unlinked"
    return Accelerator(cpu=True, gradient_accumulation_steps=accumulation, step_scheduler_with_optimizer=linked)


class Run:
    """A training whose scheduler is stepped in one of the ways.

    prepared: by Accelerate's wrapper, as its documentation has it. unlinked: by the wrapper, with
    step_scheduler_with_optimizer=False. plain: by the loop, unprepared. follow: by the optimizer itself.
    """

    def __init__(
        self, way: str, accumulation: int = 1, schedule: la.Schedule = SCHEDULE, batch_size: int = 4, **options: Any
    ) -> None:
        self.way, self.rates = way, []
        self.accelerator = accelerator(way, accumulation)
        model = linear()
        optimizer, self.scheduler = scheduled(model, schedule, follow=way == "follow", **options)
        data = torch.utils.data.DataLoader(inputs(64), batch_size)
        self.model, self.optimizer, self.data = self.accelerator.prepare(model, optimizer, data)
        if way in ("prepared", "unlinked"):
            self.scheduler = self.accelerator.prepare(self.scheduler)
        else:
            self.accelerator.register_for_checkpointing(self.scheduler)

    def go(self, start: int = 0, stop: int | None = None) -> "Run":
        for batch in list(self.data)[start:stop]:
            with self.accelerator.accumulate(self.model):
                self.update(batch)
        return self

    def update(self, batch: torch.Tensor) -> None:
        self.accelerator.backward(loss(self.model, batch))
        if self.accelerator.sync_gradients:
            self.rates.append(self.optimizer.param_groups[0]["lr"])
        self.optimizer.step()
        if self.way == "prepared" or (self.way in ("plain", "unlinked") and self.accelerator.sync_gradients):
            self.scheduler.step()
        self.optimizer.zero_grad()

    def weights(self) -> list[float]:
        return self.accelerator.unwrap_model(self.model).weight.flatten().tolist()


def resumed(way: str, cut: int, folder: str) -> Run:
    Run(way).go(0, cut).accelerator.save_state(folder)
    run = Run(way)
    run.accelerator.load_state(folder)
    return run.go(cut)


def warned(way: str, steps: int) -> list[str]:
    """The warnings of a run whose schedule has so many steps, when it is over."""
    gc.collect()  # earlier runs, one of which was cut in the middle
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run = Run(way, schedule=la.Linear(0.1, steps)).go()
        run.accelerator.free_memory()
        del run
        gc.collect()
    return [str(warning.message) for warning in caught if "ScheduleLR" in str(warning.message)]


def rebatched(folder: str) -> list[float]:
    """The rates of the second half, with half the batch size and so twice the steps."""
    first = Run("follow", schedule=la.Linear(0.1, 8)).go(0, 4)
    first.accelerator.save_state(folder)
    second = Run("follow", schedule=la.Linear(0.1, 16), batch_size=2, on_mismatch="keep_share")
    second.accelerator.load_state(folder)
    return second.go(8).rates


WATCHED = [(way, accumulation) for way in ("prepared", "unlinked", "plain", "follow") for accumulation in (1, 2)]


def write_trial(place: Path) -> None:
    """What a study passes to a script."""
    numbers = {"version": 1, "steps": 8, "seed": 0, "split_seed": 0}
    place.mkdir()
    (place / "trial.json").write_text(json.dumps({**numbers, "schedule": SCHEDULE.to_dict(), "folder": str(place)}))


def watch(place: Path, way: str, accumulation: int) -> None:
    """A run whose optimizer is watched as Accelerate gives it back; its end is that of the process."""
    trial, run = la.trial(SCHEDULE, path=place / "trial.json"), Run(way, accumulation)
    trial.watch(run.optimizer)
    run.go()


def main(folder: str, trials: str) -> None:
    for way, accumulation in WATCHED:
        watch(Path(trials, f"{way}-{accumulation}"), way, accumulation)
    result: dict[str, Any] = {"processes": accelerator("plain").num_processes}
    for way in ("prepared", "unlinked", "plain", "follow"):
        result[way] = [Run(way, accumulation).go().rates for accumulation in (1, 2)]
    for way in ("unlinked", "plain", "follow"):
        whole, again = Run(way).go(), resumed(way, 3, f"{folder}/{way}")
        result[f"{way} resumed"] = [again.rates, again.weights() == whole.weights()]
    result["rebatched"] = rebatched(f"{folder}/rebatched")
    result["warned"] = {way: [warned(way, steps) for steps in (16, 8, 30)] for way in ("plain", "follow", "prepared")}
    if accelerator("plain").is_main_process:
        print(json.dumps(result), file=sys.stdout, flush=True)
    torch.distributed.destroy_process_group()


if __name__ == "__main__":
    for one, count in WATCHED:
        write_trial(Path(sys.argv[1], f"{one}-{count}"))
    with tempfile.TemporaryDirectory() as directory:
        debug_launcher(main, (directory, sys.argv[1]), num_processes=2)
