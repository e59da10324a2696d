"""On Windows there is no fcntl; what a user imports there must not need it."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["loganneal.runs", "loganneal.studies", "loganneal.cli", "loganneal.reports"])
def test_nothing_imports_fcntl(module: str) -> None:
    """A process in which importing it fails imports the package, and the whole parser of the commands."""
    build = "; loganneal.cli.build_parser()" if module == "loganneal.cli" else ""
    code = f"import sys; sys.modules['fcntl'] = None; import {module}{build}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
