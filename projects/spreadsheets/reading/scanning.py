"""Scan workbooks before opening them.

The library that reads workbooks allocates memory for the whole rectangle between
the first and the last cell, reads a failed formula as an empty cell, and ends the
process if a damaged file asks for too much memory. So the parts are scanned first for
the extent of the cells, for cells that cannot be read, and for merged cells.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from .archives import Reader
from .limits import (
    MOST_CHARACTERS,
    MOST_MERGED,
    check_extent,
    check_length,
    column_letters,
    refuse,
)
from .tables import Merged, refuse_error


@dataclass
class ScannedSheet:
    """One scanned sheet. `bottom` and `right` are the numbers of its rows and columns.

    `full_bottom` and `full_right` only count up to the last cell that is not empty.
    """

    name: str = ""
    is_hidden: bool = False
    bottom: int = 0
    right: int = 0
    full_bottom: int = 0
    full_right: int = 0
    characters: int = 0
    error: tuple[str, int, int] | None = None
    uncomputed: str = ""
    merged: list[Merged] = field(default_factory=list)

    def add(self, row: int, column: int, length: int) -> None:
        """Register a cell (row and column from 0) and the length of its text."""
        if row >= self.bottom or column >= self.right:
            self.bottom = max(self.bottom, row + 1)
            self.right = max(self.right, column + 1)
            check_extent(self.bottom, self.right)
        if length:
            self.full_bottom = max(self.full_bottom, row + 1)
            self.full_right = max(self.full_right, column + 1)
            self.count(length)

    def count(self, characters: int) -> None:
        self.characters += characters
        if self.characters > MOST_CHARACTERS:
            refuse_texts()

    def fail(self, value: str, row: int, column: int) -> None:
        """Register a cell whose formula failed; only the first is reported."""
        self.error = self.error or (value, row + 1, column)

    def miss(self, row: int, column: int) -> None:
        """Register a formula without a saved result; only the first is reported."""
        self.uncomputed = self.uncomputed or f"{column_letters(column)}{row + 1}"

    def merge(self, one: Merged) -> None:
        self.merged.append(one)
        if len(self.merged) > MOST_MERGED:
            refuse(
                _("The sheet has more than %(most)s merged cells: unmerge them."),
                most=f"{MOST_MERGED:,}",
            )

    def check(self) -> None:
        """Raise FileError if a cell would wrongly be read as empty."""
        if self.error:
            refuse_error(*self.error)
        if self.uncomputed:
            refuse(
                _(
                    "The cell %(cell)s has a formula without a result: open the workbook in a "
                    "spreadsheet, and save it."
                ),
                cell=self.uncomputed,
            )


def refuse_texts() -> None:
    refuse(
        _("The texts of the workbook have more than %(most)s characters in all: split it."),
        most=f"{MOST_CHARACTERS:,}",
    )


def local(name: str) -> str:
    return name.rpartition(":")[2] if ":" in name else name


class CellReader(Reader):
    """Measures the text of one cell at a time, and keeps its beginning."""

    holds_cells = True

    def __init__(self) -> None:
        self.is_text = False
        self.content = ""
        self.length = 0

    def text(self, data: str) -> None:
        if self.is_text:
            self.length += len(data)
            check_length(self.length)
            if self.length < 100:
                self.content += data
