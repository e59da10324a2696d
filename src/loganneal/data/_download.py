"""The loader of data sets that others publish: found in the folder named, or downloaded into the cache folder."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loganneal._disk import TEMPORARY
from loganneal.data._base import DataNotFoundError, Splits
from loganneal.data._cache import CacheNotWritableError, cache_folder, move_unless_there, writing_cache


@dataclass(frozen=True)
class Published:
    """The loader of a data set that others publish.

    Args:
        title: Its name for a reader.
        names: Files or folders that contain it; the first that exists is taken.
        downloaded: The name that `download` leaves.
        download: Puts it into an empty folder.
        remedy: What to do if it is not there.
        draw: Maps its location, the split seed, and the numbers of training and validation examples to the splits.
        data_root: Folder to look in; None for the one that LOGANNEAL_DATA names, else the cache folder.
    """

    title: str
    names: tuple[str, ...]
    downloaded: str
    download: Callable[[Path], object]
    remedy: str
    draw: Callable[[Path, int, int, int], Splits]
    data_root: Path | None = None

    def __call__(self, split_seed: int, train_examples: int, validation_examples: int) -> Splits:
        """The examples, split anew by `split_seed`.

        Raises:
            DataNotFoundError: It is not there, and could not be downloaded.
            ValueError: There are fewer examples than asked for.
        """
        return self.draw(self.locate(), split_seed, train_examples, validation_examples)

    def locate(self) -> Path:
        """The file or folder: in `data_root`, else in the folder that LOGANNEAL_DATA names, else downloaded.

        Raises:
            DataNotFoundError: It is not there, and could not be downloaded.
        """
        named = self.data_root or os.environ.get("LOGANNEAL_DATA")
        root = Path(named) if named else cache_folder()
        for name in self.names:
            if (root / name).exists():
                return root / name
        if named:
            raise DataNotFoundError(f"{self.title} is not in {root}: {self.remedy}.")
        return self._fetch(root)

    @contextmanager
    def reading(self, location: Path) -> Iterator[None]:
        """Wrap reading a location: whatever is wrong with it is raised as `damaged`; a full cache is its own error."""
        try:
            yield
        except CacheNotWritableError:
            raise
        except (OSError, ValueError) as error:
            raise self.damaged(location) from error

    def damaged(self, location: Path) -> DataNotFoundError:
        """The error for a location that does not hold what it should."""
        return DataNotFoundError(f"{self.title} in {location} is damaged. Remove it, then {self.remedy}.")

    def _fetch(self, root: Path) -> Path:
        with writing_cache(root):
            root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=root) as temporary:
            try:
                self.download(Path(temporary))
            except (ImportError, OSError, RuntimeError) as error:
                reason = " ".join(str(error).split())[:200]
                raise DataNotFoundError(
                    f"{self.title} is not in {root} and could not be downloaded ({reason}): {self.remedy}."
                ) from error
            move_unless_there(Path(temporary) / self.downloaded, root / self.downloaded)
        return root / self.downloaded
