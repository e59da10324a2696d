"""Ignite's engine with a scheduler of loganneal: no adapter is needed, and where it has to be attached."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from ignite.engine import Engine, Events
from ignite.engine.deterministic import DeterministicEngine
from ignite.handlers import Checkpoint, DiskSaver, LRScheduler, create_lr_scheduler_with_warmup
from tiny_training import SCHEDULE, inputs, linear, loss, rates, scheduled

import loganneal as la
from loganneal.torch import ScheduleLR

BATCHES = inputs().split(4)

Attach = Callable[[Engine, ScheduleLR], Any]


def by_step(trainer: Engine, scheduler: ScheduleLR) -> None:
    trainer.add_event_handler(Events.ITERATION_COMPLETED, lambda: scheduler.step())


class Run:
    """A trainer that notes the rate of each update."""

    def __init__(self, attach: Attach = by_step, schedule: la.Schedule = SCHEDULE) -> None:
        self.model, self.rates = linear(), []
        self.optimizer, self.scheduler = scheduled(self.model, schedule)
        self.trainer = DeterministicEngine(self.update)  # continues in the middle of the data, too
        attach(self.trainer, self.scheduler)

    def update(self, engine: Engine, batch: torch.Tensor) -> None:
        self.rates.append(self.optimizer.param_groups[0]["lr"])
        self.optimizer.zero_grad()
        loss(self.model, batch).backward()
        self.optimizer.step()

    def go(self, epochs: int = 2) -> "Run":
        self.trainer.run(BATCHES, max_epochs=epochs)
        return self

    def parts(self) -> dict[str, Any]:
        names = ("trainer", "model", "optimizer", "scheduler")
        return {name: getattr(self, name) for name in names}


def test_a_step_after_each_iteration() -> None:
    """``scheduler.step()`` at ITERATION_COMPLETED gives each update its rate, to the bit."""
    assert Run().go().rates == rates(14)


def test_the_step_itself_is_no_handler() -> None:
    """A trap: Ignite passes the engine to a handler that takes an argument; the scheduler refuses it in a sentence."""
    attach = lambda trainer, scheduler: trainer.add_event_handler(Events.ITERATION_COMPLETED, scheduler.step)  # noqa: E731
    with pytest.raises(ValueError, match=r"The 'epoch' parameter of ScheduleLR.step must be a number"):
        Run(attach).go()


def test_the_handler_of_ignite_belongs_at_the_start() -> None:
    """The trap: Ignite's own LRScheduler sets a rate before its update; at ITERATION_COMPLETED it is a step late."""

    def at(event: Events) -> Attach:
        return lambda trainer, scheduler: trainer.add_event_handler(event, LRScheduler(scheduler))

    assert Run(at(Events.ITERATION_STARTED)).go().rates == rates(14)
    assert Run(at(Events.ITERATION_COMPLETED)).go().rates == rates(1) + rates(13)


def test_the_warmup_of_ignite_is_ours() -> None:
    """``create_lr_scheduler_with_warmup`` around a scheduler gives the rates of ``Warmup`` around its schedule."""
    fall = la.CyclicalLogAnnealing(max_lr=0.1, cycle_steps=4, cycle_mult=2)

    def attach(trainer: Engine, scheduler: ScheduleLR) -> None:
        warm = create_lr_scheduler_with_warmup(scheduler, warmup_start_value=0.0, warmup_duration=3)
        trainer.add_event_handler(Events.ITERATION_STARTED, warm)

    expected = la.Warmup(fall, warmup_steps=2)
    assert Run(attach, fall).go().rates == pytest.approx([expected(step) for step in range(14)])


@pytest.mark.parametrize("cut", [1, 5, 6, 7, 13])
def test_resuming_from_a_checkpoint(tmp_path: Path, cut: int) -> None:
    """Ignite's Checkpoint accepts the scheduler as it is; a run that continues has the same rates and weights."""
    whole = Run()
    saver = DiskSaver(str(tmp_path), create_dir=False)
    checkpoint = Checkpoint(whole.parts(), saver, global_step_transform=lambda engine, _: engine.state.iteration)
    whole.trainer.add_event_handler(Events.ITERATION_COMPLETED(once=cut), checkpoint)
    whole.go()
    resumed = Run()
    saved = torch.load(tmp_path / f"checkpoint_{cut}.pt", weights_only=False)  # Ignite keeps random states of numpy
    Checkpoint.load_objects(resumed.parts(), saved)
    resumed.go()
    assert resumed.rates == rates(14, cut)
    assert torch.equal(resumed.model.weight, whole.model.weight)
