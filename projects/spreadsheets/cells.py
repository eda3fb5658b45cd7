"""Types of cells, and protection against formula injection."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class QualifiedNumber:
    """A number that is displayed with a mark before it, such as `≥`, and stays a number."""

    number: Decimal
    mark: str


# None is an empty cell.
Cell = str | int | Decimal | QualifiedNumber | date | bool | None

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r]")


def neutralise(text: str) -> str:
    """Escape `text` for files whose cells have no type, such as CSV.

    Spreadsheets run text that starts with `= + - @`, tab or CR as a formula; an
    apostrophe in front marks it as text. Text that already starts with such
    apostrophes gets one more, so that `restore` is the exact inverse.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def restore(text: str) -> str:
    """The inverse of `neutralise`."""
    return text[1:] if _NEUTRALISED.match(text) else text


def as_text(cell: Cell) -> str:
    """A cell as plain text: numbers with all digits, ISO dates, None as an empty text."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case bool():
            return "true" if cell else "false"
        case Decimal():
            return format(cell, "f")
        case QualifiedNumber():
            return f"{cell.mark} {cell.number:f}"
        case date():
            return cell.isoformat()
    return str(cell)
