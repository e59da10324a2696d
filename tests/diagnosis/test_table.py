"""The tables in the documentation are what the benchmark prints."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MARK = "<!-- what experiments/diagnosis.py prints -->"


def test_the_documented_table_is_what_the_records_give():
    """Rules, thresholds or records that change without the documentation fail here."""
    command = [sys.executable, "experiments/diagnosis.py"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    documented = (ROOT / "docs" / "diagnosis.md").read_text().split(MARK)[1]
    assert documented.strip() == printed.strip()
