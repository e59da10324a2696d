"""The curve of a run as TensorBoard's events."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from loganneal.runs import MetricsRow


@contextmanager
def event_writer(folder: Path) -> Iterator[Callable[[MetricsRow], None]]:
    """A function that writes a row of the curve.

    The events are rewritten at each start, since the rows from before an interruption are reported again.

    Args:
        folder: Folder of the events; what it contains is removed.

    Raises:
        ModuleNotFoundError: TensorBoard is not installed.
    """
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"--tensorboard needs {error.name}: python -m pip install tensorboard") from error
    shutil.rmtree(folder, ignore_errors=True)
    with SummaryWriter(str(folder)) as writer:

        def write(row: MetricsRow) -> None:
            for name, value in row._asdict().items():
                if name != "step" and value is not None:
                    writer.add_scalar(name, value, row.step)

        yield write
