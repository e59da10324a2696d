"""Source code, which is not taken for data by mistake."""

from pathlib import Path

SUFFIXES = (
    ".py", ".pyi", ".pyw", ".pyx", ".ipynb", ".r", ".jl", ".m", ".lua", ".pl", ".rb", ".php",
    ".c", ".cc", ".cpp", ".cs", ".cu", ".cxx", ".go", ".h", ".hpp", ".hs", ".java", ".kt", ".rs", ".scala", ".swift",
    ".js", ".jsx", ".ts", ".tsx", ".sh", ".bash", ".zsh", ".bat", ".ps1", ".sql",
    ".cfg", ".ini", ".toml", ".yaml", ".yml",
)  # fmt: skip
"""Endings of programs, notebooks and their settings."""


def is_code(location: Path) -> bool:
    """Whether a regular file is a program, by its ending or by a first line that begins with `#!`."""
    if location.suffix.lower() in SUFFIXES:
        return True
    with location.open("rb") as file:
        return file.read(2) == b"#!"
