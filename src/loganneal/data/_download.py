"""Where a shipped data set lies: in the folder named, or downloaded into the cache folder."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from loganneal.data._base import DataNotFoundError
from loganneal.data._cache import cache_folder, move_unless_there, writing_cache


class Published(NamedTuple):
    """A data set that others publish.

    Args:
        title: Its name for a reader.
        names: Files or folders that hold it; the first that is there is taken.
        downloaded: The name that `download` leaves.
        download: Puts it into an empty folder.
        remedy: What to do where it is not there.
    """

    title: str
    names: tuple[str, ...]
    downloaded: str
    download: Callable[[Path], object]
    remedy: str

    def locate(self, data_root: Path | None) -> Path:
        """The file or folder: in `data_root`, else in the folder that LOGANNEAL_DATA names, else downloaded.

        Raises:
            DataNotFoundError: It is not there, and could not be downloaded.
        """
        named = data_root or os.environ.get("LOGANNEAL_DATA")
        root = Path(named) if named else cache_folder()
        for name in self.names:
            if (root / name).exists():
                return root / name
        if named:
            raise DataNotFoundError(f"{self.title} is not in {root}: {self.remedy}.")
        return self._fetch(root)

    def damaged(self, location: Path) -> DataNotFoundError:
        """The error for a location that does not hold what it should."""
        return DataNotFoundError(f"{self.title} in {location} is damaged: remove it, then {self.remedy}.")

    def _fetch(self, root: Path) -> Path:
        with writing_cache(root):
            root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=root) as temporary:
            try:
                self.download(Path(temporary))
            except (ImportError, OSError, RuntimeError) as error:
                reason = " ".join(str(error).split())[:200]
                raise DataNotFoundError(
                    f"{self.title} is not in {root} and could not be downloaded ({reason}): {self.remedy}."
                ) from error
            move_unless_there(Path(temporary) / self.downloaded, root / self.downloaded)
        return root / self.downloaded
