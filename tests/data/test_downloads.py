"""The real downloads of torchvision and medmnist, from a server on this machine that has small copies."""

import functools
import hashlib
import pickle
import tarfile
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import medmnist.info
import numpy as np
import pytest
from PIL import Image
from torchvision import datasets

from loganneal.data import WORKLOADS, DataNotFoundError, imagenette, shakespeare

Publish = Callable[[Path], tuple[str, str]]


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and prints nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def publish(tmp_path: Path, own_cache: Path) -> Iterator[Publish]:
    """A function that serves a file of the folder `site`, and returns its address and MD5 sum."""
    (tmp_path / "site").mkdir()
    handler = functools.partial(Quiet, directory=str(tmp_path / "site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        yield lambda path: (f"{address}/{path.name}", md5(path))
        server.shutdown()


def md5(path: Path) -> str:
    """The sum that the publishers name."""
    return hashlib.md5(path.read_bytes()).hexdigest()


def packed(folder: Path) -> Path:
    """A .tgz of a folder, next to it."""
    target = folder.with_name(folder.name + ".tgz")
    with tarfile.open(target, "w:gz") as archive:
        archive.add(folder, folder.name)
    return target


@pytest.fixture
def cifar10_site(tmp_path: Path, publish: Publish, monkeypatch: pytest.MonkeyPatch) -> Path:
    """CIFAR-10 in its original layout with 20 images a batch, published where torchvision looks."""
    folder = tmp_path / "site" / "cifar-10-batches-py"
    folder.mkdir()
    labels = [number % 10 for number in range(20)]
    images = np.repeat(np.array(labels, dtype=np.uint8)[:, None], 3072, axis=1)
    sums = {}
    for name in (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"):
        (folder / name).write_bytes(pickle.dumps({"data": images, "labels": labels}))
        sums[name] = md5(folder / name)
    (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": list("abcdefghij")}))
    archive = packed(folder)
    url, checksum = publish(archive)
    meta = {**datasets.CIFAR10.meta, "md5": md5(folder / "batches.meta")}
    *train, test = ([name, one] for name, one in sums.items())
    changes = {"url": url, "tgz_md5": checksum, "filename": archive.name, "meta": meta}
    for name, value in {**changes, "train_list": train, "test_list": [test]}.items():
        monkeypatch.setattr(datasets.CIFAR10, name, value)
    return archive


def test_cifar10(cifar10_site: Path, own_cache: Path) -> None:
    """It is fetched once, into the cache; what is loaded are the published images."""
    splits = WORKLOADS["cifar10"].load(0, 80, 20)
    assert len(splits.test) == 20
    assert np.array_equal(splits.train.inputs[:, 2, 31, 31], splits.train.targets)
    cifar10_site.unlink()
    assert len(WORKLOADS["cifar10"].load(1, 80, 20).train) == 80
    assert [path.name for path in own_cache.iterdir()] == ["cifar-10-batches-py"]


def test_an_archive_that_was_changed_is_refused(cifar10_site: Path, own_cache: Path) -> None:
    """Torchvision finds the wrong sum; nothing is kept, and the sentence says what to do."""
    cifar10_site.write_bytes(cifar10_site.read_bytes()[:-20])
    with pytest.raises(DataNotFoundError, match=r"could not be downloaded .*--data-root or LOGANNEAL_DATA"):
        WORKLOADS["cifar10"].load(0, 80, 20)
    assert list(own_cache.iterdir()) == []


def test_imagenette(tmp_path: Path, publish: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    """Photographs of any size come out at 72 pixels."""
    imagenette._read.cache_clear()
    for split, count in (("train", 4), ("val", 2)):
        for label in datasets.Imagenette._WNID_TO_CLASS:
            folder = tmp_path / "site" / "imagenette2-160" / split / label
            folder.mkdir(parents=True)
            for number in range(count):
                Image.new("RGB", (200, 160), (10 * number, 0, 0)).save(folder / f"{number}.JPEG")
    archives = {**datasets.Imagenette._ARCHIVES, "160px": publish(packed(tmp_path / "site" / "imagenette2-160"))}
    monkeypatch.setattr(datasets.Imagenette, "_ARCHIVES", archives)
    splits = WORKLOADS["imagenette"].load(0, 30, 10)
    assert splits.train.inputs.shape == (30, 3, 72, 72)
    assert len(splits.test) == 20


def test_pneumonia(
    tmp_path: Path, medical: Callable[..., Path], publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Medmnist fetches the .npz."""
    made = medical({"train": (10, 20), "val": (4, 6), "test": (5, 5)}, name="site/pneumoniamnist.npz")
    url, checksum = publish(made)
    monkeypatch.setitem(medmnist.info.INFO["pneumoniamnist"], "url", url)
    monkeypatch.setitem(medmnist.info.INFO["pneumoniamnist"], "MD5", checksum)
    splits = WORKLOADS["pneumonia"].load(0, 30, 10)
    assert splits.train.inputs.shape == (30, 1, 28, 28)
    assert np.bincount(splits.test.targets).tolist() == [5, 5]


def test_shakespeare(tmp_path: Path, publish: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any text of 65 different characters stands in for the plays."""
    text = tmp_path / "site" / "input.txt"
    text.write_text("".join(chr(32 + number % 65) for number in range(130_000)))
    url, checksum = publish(text)
    monkeypatch.setattr(shakespeare, "URL", url)
    monkeypatch.setattr(shakespeare, "MD5", checksum)
    assert WORKLOADS["shakespeare"].load(0, 800, 40).train.inputs.shape[0] == 800
