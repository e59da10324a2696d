"""Event files of TensorBoard."""

from pathlib import Path

from loganneal.diagnosis.logs.series import Series, in_order

EVENTS = "*tfevents*"


def event_series(path: Path) -> dict[str, Series]:
    """Every scalar of the event files, its name led by that of the folder inside `path` where it lies."""
    found: dict[str, Series] = {}
    folders = sorted({file.parent for file in path.rglob(EVENTS)}) if path.is_dir() else [path]
    for folder in folders:
        prefix = f"{folder.relative_to(path)}/" if folder not in (path, Path()) else ""
        for tag, pairs in _scalars(folder).items():
            found[prefix + tag] = in_order(pairs)
    return found


def _scalars(path: Path) -> dict[str, list[tuple[float, float]]]:
    try:
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
        from tensorboard.util import tensor_util
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"Event files need {error.name}. Run: python -m pip install tensorboard.") from error
    events = EventAccumulator(str(path), size_guidance={"scalars": 0, "tensors": 0}).Reload()
    found = {tag: [(e.step, e.value) for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
    for tag in events.Tags()["tensors"]:  # Keras and TensorFlow 2 write scalars as tensors
        values = [(event.step, tensor_util.make_ndarray(event.tensor_proto)) for event in events.Tensors(tag)]
        if all(value.size == 1 and value.dtype.kind in "fiu" for _, value in values):
            found[tag] = [(step, float(value.reshape(()))) for step, value in values]
    return found
