"""How results are shown to a reader: tables, figures, one page, and displays in the terminal."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loganneal.reports.report import write_report

__all__ = ["write_report"]


def __getattr__(name: str) -> Any:
    if name != "write_report":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from loganneal.reports.report import write_report  # a display in the terminal must not wait for Matplotlib

    return write_report
