"""Images a second of the lab's loop, against a bare handwritten loop and against torchvision's usual data loading.

    python benchmarks/lab_throughput.py [--data-root PATH] [--part loops|threads]

All train the same network on CIFAR-10 by SGD with crops and flips, in float32; the lab once more in bfloat16, as it
trains this workload unless told otherwise. The bare loop does what the lab does and nothing else: no curve, no gradient
norm, no check of the loss, no Fabric. The usual loop reads its batches from a `DataLoader` over torchvision's
transforms. A loop on one fixed batch, without any work on data, is the most that any data loading can reach. The loops
are measured one right after the other; each number is the median over rounds, and ratios are taken within a round: of
the time that passes, and of the processor's time, which other programs on the machine do not lengthen, if a loop has
one process. Peak memory is that of a process of its own, all with the same imports. At the end the settings of threads
are compared.
"""

import argparse
import dataclasses
import itertools
import multiprocessing
import os
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.transforms.functional import to_pil_image

import loganneal as la
from loganneal.data import find_workload
from loganneal.models import build_model
from loganneal.runs.spec import RunSpec
from loganneal.torch import ScheduleLR
from loganneal.training import train
from loganneal.training.augmentation import augment
from loganneal.training.tasks import Task

NETWORKS = {"tiny": ("resnet-tiny", 128, 40), "small": ("resnet-8-stride-2", 128, 40), "large": ("resnet-34", 32, 4)}
WARM_STEPS = 1
CIFAR10 = find_workload("cifar10")


class Measured(Exception):  # noqa: N818 - not an error: the run is stopped before its scores, which take longer than it
    """All updates are done."""


class Moment(NamedTuple):
    """The clock, and the processor's time of this process, in seconds."""

    clock: float
    processor: float


class Speed(NamedTuple):
    """Images a second, of the time that passes and of this process's processor time."""

    clock: float
    processor: float


Loop = Callable[[RunSpec, Path | None], Speed]


def specification(size: str) -> RunSpec:
    """The run that is measured."""
    model, batch_size, steps = NETWORKS[size]
    settings = {"model": model, "batch_size": batch_size, "steps": steps + WARM_STEPS, "precision": "float32"}
    data = {"train_examples": 5000, "validation_examples": 10, "evaluations": 1}
    return CIFAR10.spec(schedule=la.Constant(0.05), seed=0, split_seed=0, **settings, **data)


def the_lab(spec: RunSpec, data_root: Path | None) -> Speed:
    """Images a second of `train`, between its updates."""
    moments: list[Moment] = []

    def on_step(step: int) -> None:
        moments.append(now())
        if step == spec.steps:
            raise Measured

    with suppress(Measured):
        train(spec, data_root=data_root, on_step=on_step)
    return speed(spec, moments)


def bare(spec: RunSpec, data_root: Path | None) -> Speed:
    """Images a second of a loop by hand on the lab's batches."""
    splits = find_workload("cifar10", data_root).load(spec.split_seed, spec.train_examples, spec.validation_examples)
    images, labels = torch.tensor(splits.train.inputs), torch.tensor(splits.train.targets)
    generator = torch.Generator().manual_seed(spec.seed)

    def batches() -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        while True:
            for chosen in torch.split(torch.randperm(len(labels), generator=generator), spec.batch_size):
                if len(chosen) == spec.batch_size:
                    inputs = images.index_select(0, chosen)
                    yield augment(inputs, CIFAR10.crop, CIFAR10.flip, generator), labels.index_select(0, chosen)

    network = Task(CIFAR10, splits, torch.device("cpu")).network(spec.model, spec.seed)
    return by_hand(spec, network, batches())


def fixed(spec: RunSpec, data_root: Path | None) -> Speed:
    """Images a second of a loop by hand that sees one batch again and again: what the network alone takes."""
    splits = find_workload("cifar10", data_root).load(spec.split_seed, spec.train_examples, spec.validation_examples)
    chosen = slice(spec.batch_size)
    images, labels = torch.tensor(splits.train.inputs[chosen]), torch.tensor(splits.train.targets[chosen])
    batch = augment(images, CIFAR10.crop, CIFAR10.flip, torch.Generator().manual_seed(spec.seed)), labels
    network = Task(CIFAR10, splits, torch.device("cpu")).network(spec.model, spec.seed)
    return by_hand(spec, network, itertools.repeat(batch))


class PILImages(torch.utils.data.Dataset[tuple[torch.Tensor, int]]):
    """CIFAR-10 as torchvision's own data set gives it: PIL images, transformed one by one."""

    def __init__(self, spec: RunSpec, data_root: Path | None) -> None:
        splits = find_workload("cifar10", data_root).load(
            spec.split_seed, spec.train_examples, spec.validation_examples
        )
        self.images = [to_pil_image(torch.tensor(image)) for image in splits.train.inputs]
        self.labels = splits.train.targets.tolist()
        self.transform = transforms.Compose(
            [
                transforms.RandomCrop(32, padding=4),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize(CIFAR10.mean, CIFAR10.std),
            ]
        )

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return self.transform(self.images[index]), self.labels[index]


def usual(spec: RunSpec, data_root: Path | None, workers: int = 0) -> Speed:
    """Images a second of a loop by hand on a DataLoader."""
    network = build_model(spec.model, CIFAR10.channels, CIFAR10.classes, spec.seed)
    loader = DataLoader(
        PILImages(spec, data_root),
        spec.batch_size,
        shuffle=True,
        drop_last=True,
        num_workers=workers,
        persistent_workers=workers > 0,
    )
    return by_hand(spec, network, (batch for _ in iter(int, 1) for batch in loader))


def by_hand(spec: RunSpec, network: nn.Module, batches: Iterator[Any]) -> Speed:
    """Images a second of a bare loop."""
    optimizer = torch.optim.SGD(
        network.parameters(), spec.schedule.max_lr, spec.momentum, weight_decay=spec.weight_decay, nesterov=True
    )
    scheduler = ScheduleLR(optimizer, spec.schedule)
    network.train()
    moments = []
    for _ in range(spec.steps):
        images, labels = next(batches)
        optimizer.zero_grad()
        functional.cross_entropy(network(images), labels).backward()
        optimizer.step()
        scheduler.step()
        moments.append(now())
    return speed(spec, moments)


def now() -> Moment:
    """The current moment."""
    return Moment(time.perf_counter(), time.process_time())


def speed(spec: RunSpec, moments: list[Moment]) -> Speed:
    """Images a second after the first updates."""
    images, first, last = spec.batch_size * (spec.steps - WARM_STEPS), moments[WARM_STEPS - 1], moments[-1]
    return Speed(images / (last.clock - first.clock), images / (last.processor - first.processor))


def as_it_comes(spec: RunSpec, data_root: Path | None) -> Speed:
    """Images a second of `train` in the workload's own precision."""
    return the_lab(dataclasses.replace(spec, precision=CIFAR10.precision), data_root)


LOOPS: dict[str, Loop] = {
    "lab": the_lab,
    "lab, bfloat16": as_it_comes,
    "bare": bare,
    "one fixed batch": fixed,
    **{f"DataLoader, {workers} workers": partial(usual, workers=workers) for workers in (0, 1, 2)},
}


def compare_loops(size: str, data_root: Path | None, rounds: int) -> None:
    """Print the table of one network, with one thread."""
    spec = specification(size)
    torch.set_num_threads(1)
    found = [{name: loop(spec, data_root) for name, loop in LOOPS.items()} for _ in range(rounds)]
    print(f"\n{size}: {spec.model}, batches of {spec.batch_size}, one thread, {rounds} rounds\n")
    print(
        "| loop | images/s | lab / loop | in processor time | lab in bfloat16 / loop | in processor time | peak MiB |"
    )
    print("| --- " * 7 + "|")
    for name in LOOPS:
        images = statistics.median(row[name].clock for row in found)
        ratios = [ratio for lab in ("lab", "lab, bfloat16") for ratio in ratios_to(name, lab, found)]
        memory = in_a_process(peak_memory, name, size, data_root)
        print(f"| {name} | {images:.0f} | {' | '.join(ratios)} | {memory:.0f} |", flush=True)


def ratios_to(name: str, lab: str, found: list[dict[str, Speed]]) -> list[str]:
    """How much faster the lab is than a loop, by the clock and in processor time; medians over rounds."""
    passed = statistics.median(row[lab].clock / row[name].clock for row in found)
    used = statistics.median(row[lab].processor / row[name].processor for row in found)
    return [f"{passed:.2f}", "" if "1 w" in name or "2 w" in name else f"{used:.2f}"]


def peak_memory(name: str, size: str, data_root: Path | None) -> float:
    """MiB of this process after one loop; workers of a DataLoader come on top."""
    torch.set_num_threads(1)
    LOOPS[name](specification(size), data_root)
    own, workers = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return (own + int(name.split()[1] if "workers" in name else 0) * workers) / 1024


def in_a_process(function: Callable[..., float], *arguments: Any) -> float:
    """What a function returns in a process of its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def with_threads(threads: int, size: str, data_root: Path | None) -> float:
    """Images a second of the lab with ``threads`` threads."""
    torch.set_num_threads(threads)
    return the_lab(specification(size), data_root).clock


def compare_threads(size: str, data_root: Path | None, rounds: int) -> None:
    """Print what one run gains from threads, and what runs side by side gain."""
    cores = os.cpu_count() or 1
    with multiprocessing.get_context("spawn").Pool(cores) as pool:
        pool.map(partial(with_threads, 1, size), [data_root] * cores)  # imports and the data, once
        rows = []
        for _ in range(rounds):
            alone = [pool.apply(with_threads, (threads, size, data_root)) for threads in (1, cores)]
            rows.append([*alone, sum(pool.map(partial(with_threads, 1, size), [data_root] * cores, chunksize=1))])
    one, many, beside = (statistics.median(column) for column in zip(*rows, strict=True))
    print(f"| {size} | {one:.0f} | {many:.0f} ({many / one:.2f}) | {beside:.0f} ({beside / one:.2f}) |", flush=True)


def main() -> None:
    """Print the tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data-root", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--part", choices=["loops", "threads", "both"], default="both")
    args = parser.parse_args()
    print(f"torch {torch.__version__}, {os.cpu_count()} cores, {torch.backends.cpu.get_cpu_capability()}, float32")
    for size in NETWORKS if args.part != "threads" else ():
        compare_loops(size, args.data_root, args.rounds)
    if args.part == "loops":
        return
    cores = os.cpu_count()
    print(f"\nThreads: images/s of the lab, {args.rounds} rounds; in brackets, over one thread\n")
    print(f"| network | one run, 1 thread | one run, {cores} threads | {cores} runs of 1 thread each, together |")
    print("| --- | --- | --- | --- |")
    for size in NETWORKS:
        compare_threads(size, args.data_root, args.rounds)


if __name__ == "__main__":
    main()
