"""A file to a table of texts: CSV, XLSX, XLS, ODS and JSON. Knows no model.

Nothing is guessed that could be read in two ways, and nothing is skipped but
blank rows; what stands above the headings is kept apart.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _

from .csv_json import read_text
from .kinds import OLE, ZIP, refuse_other_kinds
from .limits import (
    HEADINGS_WITHIN,
    LONGEST_CELL,
    MOST_BYTES,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_PARTS,
    MOST_ROWS,
    MOST_UNPACKED,
    FileError,
    letters,
    refuse,
)
from .tables import Known, Line, Row, Table, plain
from .workbooks import read_workbook, text_of

__all__ = [
    "HEADINGS_WITHIN",
    "LONGEST_CELL",
    "MOST_BYTES",
    "MOST_CELLS",
    "MOST_COLUMNS",
    "MOST_PARTS",
    "MOST_ROWS",
    "MOST_UNPACKED",
    "FileError",
    "Known",
    "Line",
    "Row",
    "Table",
    "content_of",
    "letters",
    "plain",
    "read",
    "text_of",
]


def content_of(path: Path) -> bytes:
    """The bytes of a file. Raises FileError where it is too large or cannot be read."""
    try:
        check_size(path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        refuse(
            _("“%(path)s” cannot be read: %(reason)s."), path=path, reason=error.strerror or error
        )


def read(content: bytes, *, known: Known = (), sheet: str | None = None) -> Table:
    """The table in a file of this content; its kind is told by the content, not by a name.

    The headings are the first row, among the first twenty, that holds most of
    the `known` ones, or of which `known` counts the most. `sheet` names one of a
    workbook's sheets: otherwise it is the first that has rows, and a hidden one
    only where no other has. Raises FileError.
    """
    check_size(len(content))
    if content.startswith((ZIP, OLE[:4])):
        return read_workbook(content, known, sheet)
    refuse_other_kinds(content)
    if sheet is not None:
        refuse(_("Only workbooks have sheets, and this file is none: leave the sheet out."))
    return read_text(content, known)


def check_size(size: int) -> None:
    if size > MOST_BYTES:
        refuse(
            _("The file has %(size)s bytes, and at most %(most)s can be read: split it."),
            size=f"{size:,}",
            most=f"{MOST_BYTES:,}",
        )
