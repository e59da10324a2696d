"""Fixtures for data sets: a cache of the test's own, and pictures made on the spot."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def own_cache(tmp_path, monkeypatch) -> Path:
    """A cache folder of the test's own, and no data folder named by the environment."""
    monkeypatch.setenv("LOGANNEAL_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("LOGANNEAL_DATA", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def no_network(monkeypatch) -> None:
    """Every download fails at once: the configured proxy refuses connections."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def pictures(tmp_path) -> Callable[..., Path]:
    """A function that writes pictures as `<split>/<class>/<number>.png`; red tells the class, green the number."""

    def write(splits: dict[str, int], classes: int = 3, size: tuple[int, int] = (20, 20), root: str = "mine") -> Path:
        for split, count in splits.items():
            for label in range(classes):
                folder = tmp_path / root / split / f"class-{label}"
                folder.mkdir(parents=True)
                for number in range(count):
                    Image.new("RGB", size, (80 * label, 3 * number, 0)).save(folder / f"{number:03}.png")
        return tmp_path / root

    return write


@pytest.fixture
def zipped() -> Callable[[Path], Path]:
    """A function that makes a zip file of a folder, the folder's name on top."""

    def write(folder: Path) -> Path:
        target = folder.with_name(folder.name + ".zip")
        with zipfile.ZipFile(target, "w") as archive:
            for path in sorted(folder.rglob("*.png")):
                archive.write(path, path.relative_to(folder.parent))
        return target

    return write


@pytest.fixture
def medical(tmp_path) -> Callable[..., Path]:
    """A function that writes an .npz in MedMNIST's layout with `counts` images of each class in each part."""

    def write(counts: dict[str, tuple[int, ...]], channels: tuple[int, ...] = (), name: str = "mine.npz") -> Path:
        arrays = {}
        for part, of_classes in counts.items():
            labels = np.repeat(np.arange(len(of_classes)), of_classes)
            arrays[f"{part}_labels"] = labels[:, None].astype(np.uint8)
            images = np.zeros((len(labels), 28, 28, *channels), dtype=np.uint8)
            images[:, 0, 0] = labels.reshape(-1, *(1 for _ in channels))
            arrays[f"{part}_images"] = images
        np.savez(tmp_path / name, **arrays)
        return tmp_path / name

    return write
