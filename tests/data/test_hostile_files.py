"""Data made to confuse: one sentence each, and nothing is run, written, waited for or unpacked."""

import io
import os
import socket
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from loganneal import _limits
from loganneal._reading import UnfitFileError
from loganneal.data import find_workload

pytestmark = pytest.mark.usefixtures("own_cache")


def refusal(location: Path) -> str:
    """The sentence by which a workload is refused."""
    with pytest.raises((ValueError, OSError)) as caught:
        find_workload(str(location))
    sentence = str(caught.value)
    assert sentence.isprintable()
    return sentence


def png(size: tuple[int, int] = (8, 8), colour: int = 0) -> bytes:
    """The bytes of a small picture."""
    file = io.BytesIO()
    Image.new("RGB", size, (colour, 0, 0)).save(file, "PNG")
    return file.getvalue()


def header(width: int, height: int) -> bytes:
    """The beginning of a PNG that claims a size."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))


def archive(folder: Path, extra: dict[str, bytes] | None = None, compression: int = zipfile.ZIP_STORED) -> Path:
    """A zip file of two classes with ten pictures each, and further entries."""
    location = folder / "mine.zip"
    with zipfile.ZipFile(location, "w", compression) as file:
        for label in range(2):
            for number in range(10):
                file.writestr(f"class-{label}/{number}.png", png(colour=100 * label + number))
        for name, data in (extra or {}).items():
            file.writestr(name, data)
    return location


def altered(location: Path, change: str, value: int) -> Path:
    """The zip file with one field of its last entry's central record changed."""
    place = {"flags": 8, "method": 10, "size": 24}[change]
    data = bytearray(location.read_bytes())
    start = data.rindex(b"PK\x01\x02") + place
    data[start : start + (4 if change == "size" else 2)] = value.to_bytes(4 if change == "size" else 2, "little")
    location.write_bytes(data)
    return location


def test_the_archive_of_these_tests_is_read(tmp_path):
    """Unaltered it is a workload: the refusals below are due to the changes."""
    assert find_workload(str(archive(tmp_path))).classes == 2


def test_pipe_device_and_socket_are_refused(tmp_path):
    """What is not a regular file is refused by its kind before it is read, whatever kind of data its name promises."""
    for name in ("mine.txt", "mine.npz", "mine.zip"):
        os.mkfifo(tmp_path / name)
        assert "must be a regular file. It is a pipe." in refusal(tmp_path / name)
    assert "It is a device." in refusal(Path("/dev/zero"))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        assert "It is a socket." in refusal(tmp_path / "s")


def test_pipe_in_a_folder_of_images_is_refused(pictures):
    """A pipe among the images is refused without waiting for it."""
    location = pictures({"": 4})
    os.mkfifo(location / "class-0" / "pipe.png")
    assert "pipe.png must be a regular file" in refusal(location)


def test_folder_named_like_an_archive_of_arrays(tmp_path):
    """A folder whose name ends in .npz is refused as a folder."""
    (tmp_path / "mine.npz").mkdir()
    assert "It is a folder" in refusal(tmp_path / "mine.npz")


def test_text_larger_than_the_bound_is_refused(tmp_path):
    """A text of a terabyte, most of it a hole, is refused without being read into memory."""
    location = tmp_path / "large.txt"
    with location.open("wb") as file:
        file.truncate(2**40)
    assert "larger than 256 MiB" in refusal(location)


@pytest.mark.parametrize(
    ("change", "value", "complaint"),
    [
        ("flags", 1, "needs a password"),
        ("method", 12, "compressed by method 12"),
        ("method", 9999, "compressed by method 9999"),
        ("size", 2**32 - 2, "claim to unpack to 4 GiB"),
    ],
)
def test_archive_that_cannot_be_unpacked(tmp_path, change, value, complaint):
    """A password, another compression and a size out of proportion are refused before anything is unpacked."""
    assert complaint in refusal(altered(archive(tmp_path), change, value))


@pytest.mark.parametrize("name", ["../class-0/x.png", "/class-0/x.png", "class-0\\..\\x.png"])
def test_path_that_leads_out_of_the_archive(tmp_path, name):
    """Nothing is written to disk from an archive, and a path that would leave it is refused all the same."""
    location = archive(tmp_path)
    with zipfile.ZipFile(location, "a") as file:
        entry = zipfile.ZipInfo("placeholder")
        entry.filename = name
        file.writestr(entry, png())
    assert "leads out of the archive" in refusal(location)


def test_archive_of_many_levels_is_refused(tmp_path):
    """Folders within each other are bounded, since each level is walked."""
    assert "more than 32 folders" in refusal(archive(tmp_path, {"a/" * 10_000 + "x.png": png()}))


def test_entry_that_unpacks_to_more_than_it_claims(tmp_path):
    """An entry that claims a hundred bytes and holds 300 MiB is read to a bounded size, and refused."""
    location = archive(tmp_path, {"class-1/bomb.png": bytes(300 * _limits.MIB)}, zipfile.ZIP_DEFLATED)
    assert "bomb.png" in refusal(altered(location, "size", 100))


def test_damaged_archive_is_refused(tmp_path):
    """Whichever byte is wrong, the archive is read, or refused by an error that commands show as a sentence."""
    location = archive(tmp_path)
    whole = location.read_bytes()
    places, refused = range(0, len(whole), 37), 0
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 0xFF
        location.write_bytes(changed)
        try:
            find_workload(str(location))
        except (ValueError, OSError):
            refused += 1
    assert 0 < refused < len(places)


def test_no_other_decoder_is_called(tmp_path, monkeypatch):
    """A .png that begins as PostScript is refused by the decoders of images alone; Ghostscript is not started."""
    from PIL import EpsImagePlugin

    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", lambda *_, **__: pytest.fail("Ghostscript was called"))
    program = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EndComments\nshowpage\n"
    sentence = refusal(archive(tmp_path, {"class-1/program.png": program}))
    assert "program.png" in sentence
    assert "cannot identify image file" in sentence


@pytest.mark.parametrize("size", [(100_000, 100_000), (9000, 9000), (2**31 - 1, 2**31 - 1)])
def test_image_of_too_many_pixels(tmp_path, size):
    """An image that claims more pixels than are decoded is refused by its header."""
    assert "huge.png" in refusal(archive(tmp_path, {"class-1/huge.png": header(*size)}))


def test_image_that_ends_early(tmp_path):
    """A picture cut off in the middle is named."""
    assert "cut.png" in refusal(archive(tmp_path, {"class-1/cut.png": png((64, 64))[:60]}))


def arrays(images: int = 20) -> dict[str, np.ndarray]:
    """Arrays in the layout of MedMNIST's files, of two classes."""
    found = {}
    for part in ("train", "val", "test"):
        found[f"{part}_images"] = np.zeros((images, 4, 4), np.uint8)
        found[f"{part}_labels"] = np.arange(images)[:, None] % 2
    return found


def claiming(shape: tuple[int, ...], type_name: str = "|u1") -> bytes:
    """An .npy whose header claims a shape, without the bytes for it."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": type_name, "fortran_order": False, "shape": shape})
    return file.getvalue()


def npz(folder: Path, **changes: bytes | np.ndarray) -> Path:
    """The arrays as an .npz, with some of them replaced by others or by the bytes of an .npy."""
    location = folder / "mine.npz"
    with zipfile.ZipFile(location, "w") as file:
        for name, array in {**arrays(), **changes}.items():
            if isinstance(array, bytes):
                file.writestr(f"{name}.npy", array)
            else:
                saved = io.BytesIO()
                np.save(saved, array, allow_pickle=True)
                file.writestr(f"{name}.npy", saved.getvalue())
    return location


def test_the_arrays_of_these_tests_are_read(tmp_path):
    """Unchanged they are a workload: the refusals below are due to the changes."""
    assert find_workload(str(npz(tmp_path))).classes == 2


class Unpickled:
    """An object whose unpickling would leave a trace."""

    def __reduce__(self):
        return os.mkdir, ("unpickled",)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"train_images": claiming((2**28, 2**10, 2**10))}, "claims 262,144 GiB, but it has 0 bytes"),
        ({"train_images": claiming((2**62, 2**62, 4))}, "but it has 0 bytes"),
        ({"train_images": claiming((-1, 4, 4))}, "claims"),
        ({"train_images": b"\x93NUMPY\x09\x00" + bytes(100)}, "version"),
        ({"train_images": b"no header"}, "train_images"),
        ({"train_labels": np.full((20, 1), 2**40)}, "labels outside 0 to 99,999"),
        ({"train_labels": np.full((20, 1), -1)}, "labels outside 0 to 99,999"),
        ({"train_labels": np.full((20, 1), 0.5)}, "train_labels has the type float64"),
        ({"train_images": np.zeros((20, 4, 4))}, "train_images has the type float64"),
        ({"train_images": np.zeros((20, 0, 0), np.uint8)}, "the shape (20, 0, 0)"),
        ({"test_images": np.zeros((0, 4, 4), np.uint8), "test_labels": np.zeros((0, 1), int)}, "the shape (0, 4, 4)"),
        ({"test_images": np.zeros((20, 5, 5), np.uint8)}, "differ in size"),
        ({"train_labels": np.array([Unpickled()] * 20)}, "Python objects"),
    ],
)
def test_arrays_that_are_not_what_they_claim(tmp_path, monkeypatch, changes, complaint):
    """Headers are checked against the bytes that are there, labels against the classes there may be; no pickles."""
    monkeypatch.chdir(tmp_path)
    assert complaint in refusal(npz(tmp_path, **changes))
    assert not (tmp_path / "unpickled").exists()


def test_an_array_by_the_name_of_an_archive(tmp_path):
    """An .npy, and a pickle, that are named .npz are refused."""
    location = tmp_path / "mine.npz"
    with location.open("wb") as file:
        np.save(file, np.zeros(3))
    assert "not a zip file" in refusal(location)


def test_a_missing_array_is_named(tmp_path):
    """An array that the layout asks for and the file lacks is named."""
    with zipfile.ZipFile(tmp_path / "mine.npz", "w") as file:
        file.writestr("x.npy", claiming((0,)))
    assert "it has no array train_images" in refusal(tmp_path / "mine.npz")


@pytest.mark.parametrize(
    ("name", "first", "remedy"),
    [
        ("train.py", "import torch\n", "train:FUNCTION"),
        ("notes.ipynb", "{}", "copy it to a .txt file"),
        ("bases.toml", "title = 1\n", "copy it to a .txt file"),
        ("program", "#!/usr/bin/env python\n", "copy it to a .txt file"),
    ],
)
def test_code_is_not_data(tmp_path, name, first, remedy):
    """A program is not taken for a text to learn from: the message says so, and what to do if it is meant as one."""
    (tmp_path / name).write_text(first + "x = 1\n" * 2000)
    assert remedy in refusal(tmp_path / name)


def test_unprintable_name_is_refused(tmp_path):
    """A name with an escape sequence would reach terminal and page: it is refused, and shown escaped."""
    location = tmp_path / "a\x1b[31m.txt"
    location.write_text("la " * 3000)
    assert "without control characters" in refusal(location)


def test_home_of_nobody():
    """A ~ of an unknown user leads nowhere."""
    assert "but nothing is there" in refusal(Path("~nobody-of-that-name/data.txt"))


@pytest.mark.parametrize("kind", ["images", "npz"])
def test_cache_that_cannot_be_written_is_named(tmp_path, monkeypatch, kind):
    """If the cache folder cannot be made, it and LOGANNEAL_CACHE are named, not the data."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LOGANNEAL_CACHE", str(tmp_path / "file" / "cache"))
    sentence = refusal(archive(tmp_path) if kind == "images" else npz(tmp_path))
    assert "The cache folder" in sentence
    assert "LOGANNEAL_CACHE" in sentence
    assert "'workload'" not in sentence


@pytest.mark.parametrize("damage", ["{}", "[]", "[" * 5000, '{"other.npy": "0"}', "null"])
def test_damaged_cache_is_made_again(tmp_path, own_cache, damage):
    """Whatever is in place of a cache's checksums, the arrays are made again."""
    location = str(archive(tmp_path))
    before = find_workload(location).load(0, 10, 2)
    from loganneal.data.files import _folder

    _folder.cache_clear()
    (own_cache.glob("*/checksums.json").__next__()).write_text(damage)
    again = find_workload(location).load(0, 10, 2)
    assert np.array_equal(before.train.inputs, again.train.inputs)


def test_refusal_is_an_operating_system_error(tmp_path):
    """Callers can tell an unfit file from a bad value."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnfitFileError):
        find_workload(str(tmp_path / "pipe"))
