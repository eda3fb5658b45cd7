"""What stands in a cell, and text that no spreadsheet may take for a formula."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Marked:
    """A number that is shown with a mark before it, such as `≥`, and is a number all the same."""

    number: Decimal
    mark: str


# Text, number, day or moment, as itself; None is an empty cell.
Cell = str | int | Decimal | Marked | date | bool | None

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r]")


def neutralise(text: str) -> str:
    """`text` as it can stand in a file whose cells have no type, such as CSV.

    A spreadsheet runs what begins with `= + - @`, tab or CR as a formula; an
    apostrophe before it says that it is text. Text that has such apostrophes
    already gets one more, so that `restore` gives back every text as it was.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def restore(text: str) -> str:
    """What `neutralise` made this text from."""
    return text[1:] if _NEUTRALISED.match(text) else text


def as_text(cell: Cell) -> str:
    """A cell as plain text: numbers with all their digits, days as ISO has them, None empty."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case bool():
            return "true" if cell else "false"
        case Decimal():
            return format(cell, "f")
        case Marked():
            return f"{cell.mark} {cell.number:f}"
        case date():
            return cell.isoformat()
    return str(cell)
