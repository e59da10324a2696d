"""What the cache of decoded images promises."""

import sys

import numpy as np
import pytest

from loganneal.data._cache import cache_folder, cached_arrays


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A cache folder of the test's own."""
    monkeypatch.setenv("LOGANNEAL_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Builder:
    """Makes an array and counts how often it was called."""

    def __init__(self):
        self.calls = 0

    def __call__(self):
        """One array."""
        self.calls += 1
        return {"numbers": np.arange(5, dtype=np.uint8)}


def test_built_once():
    """The second request reads the files of the first."""
    build = Builder()
    for _ in range(2):
        assert cached_arrays("five", build)["numbers"].tolist() == [0, 1, 2, 3, 4]
    assert build.calls == 1


@pytest.mark.parametrize("name", ["numbers.npy", "checksums.json"])
def test_damage_is_noticed(folder, name):
    """A shortened file is not used: the arrays are built again."""
    build = Builder()
    cached_arrays("five", build)
    file = folder / "five" / name
    file.write_bytes(file.read_bytes()[:-3])
    assert cached_arrays("five", build)["numbers"].tolist() == [0, 1, 2, 3, 4]
    assert build.calls == 2


def test_two_processes_may_race(folder):
    """If another process has put the arrays there meanwhile, those are used and nothing is left over."""

    def slow():
        cached_arrays("five", Builder())
        return {"numbers": np.zeros(1, dtype=np.uint8)}

    assert cached_arrays("five", slow)["numbers"].tolist() == [0, 1, 2, 3, 4]
    assert [path.name for path in folder.iterdir()] == ["five"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other places for caches")
def test_folder_is_where_the_system_keeps_caches(monkeypatch, tmp_path):
    """Without LOGANNEAL_CACHE the cache is in ~/.cache, or where XDG_CACHE_HOME says."""
    monkeypatch.delenv("LOGANNEAL_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "loganneal"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    assert cache_folder() == tmp_path / "elsewhere" / "loganneal"
