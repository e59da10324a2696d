"""The logs of the planted failures: one archive of CSV files, each named by its task, case and seed.

`tar xf records/diagnosis/logs.tar.xz` unpacks them without Python.
"""

import io
import tarfile
from pathlib import Path

from loganneal._disk import replace_file

LOGS = Path(__file__).parent.parent / "records" / "diagnosis" / "logs.tar.xz"


def log_names() -> list[str]:
    """The names of the logs in the archive, such as `optical/healthy-cla-0.csv`, in order."""
    with tarfile.open(LOGS) as archive:
        return archive.getnames()


def unpack_logs(folder: Path) -> None:
    """Write all logs of the archive below a folder, byte for byte as they were recorded."""
    with tarfile.open(LOGS) as archive:
        archive.extractall(folder, filter="data")


def pack_logs(folder: Path) -> None:
    """Replace the archive with the logs below a folder; the same logs give the same archive."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:xz", preset=9) as archive:
        for path in sorted(folder.glob("*/*.csv")):
            entry = tarfile.TarInfo(path.relative_to(folder).as_posix())  # without the times and owners of the files
            entry.size = path.stat().st_size
            archive.addfile(entry, io.BytesIO(path.read_bytes()))
    replace_file(LOGS, data.getvalue())
