"""Whether a run can be trained at all, checked before a folder is claimed or a study begins."""

from torch import nn

from loganneal import _checks
from loganneal.data import Workload
from loganneal.models import MODELS, TEXT_MODELS, build_model
from loganneal.models.library import LIBRARIES
from loganneal.runs.spec import RunSpec
from loganneal.training.optimizers import build_optimizer


def check_trainable(spec: RunSpec, workload: Workload) -> None:
    """Raise unless the network and the optimizer of a run can be built for the workload's kind and size of data.

    Args:
        spec: The run.
        workload: The workload to train on; none of its data is loaded.

    Raises:
        ValueError: There is no such network or optimizer, or it does not accept these options or images.

    Example:
        >>> import loganneal as la
        >>> from loganneal.data import find_workload
        >>> digits = find_workload("digits")
        >>> check_trainable(digits.spec(schedule=la.Cosine(0.3, 10), seed=0, split_seed=0, model="resnet-9"), digits)
        Traceback (most recent call last):
        ...
        ValueError: The 'model' parameter of RunSpec must be one of 'resnet-tiny', ... Got 'resnet-9' instead...
    """
    check_names(spec, workload)
    if workload.kind == "images":
        build_model(spec.model, workload.channels, workload.classes, spec.seed, workload.image_size)


def check_names(spec: RunSpec, workload: Workload) -> None:
    """Check the names and options alone, without building a network.

    Raises:
        ValueError: There is no such network or optimizer, or the optimizer does not accept these options.
    """
    if "lr" in spec.optimizer_options:
        allowed = "without 'lr', which the schedule sets"
        _checks.fail("RunSpec", "optimizer_options", allowed, dict(spec.optimizer_options))
    _check_images(spec, workload)
    build_optimizer(nn.Linear(1, 1), spec)
    library, _, inside = spec.model.partition(":")
    if workload.kind == "images" and inside and library in LIBRARIES:
        LIBRARIES[library](inside)
        return
    names = {"images": tuple(MODELS), "text": tuple(TEXT_MODELS), "own": ("own",)}
    _checks.one_of("RunSpec", "model", spec.model, names[workload.kind])


def _check_images(spec: RunSpec, workload: Workload) -> None:
    """Raise if an option for images is set for data that are not images."""
    wanted = {"crop": spec.crop, "flip": spec.flip, "channels_last": spec.channels_last or None}
    given = {name: value for name, value in wanted.items() if value is not None}
    if given and workload.kind != "images":
        allowed = f"left out, since {workload.name} has no images"
        _checks.fail("RunSpec", ", ".join(given), allowed, tuple(given.values()))
