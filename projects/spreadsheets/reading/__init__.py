"""Read CSV, XLSX, XLS, ODS and JSON into a table of texts. Does not know the models.

Ambiguous content is refused rather than guessed. Only blank rows are skipped; rows
above the headings are kept separately.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _

from .csv_json import read_text
from .kinds import OLE, ZIP, refuse_other_kinds
from .limits import (
    HEADINGS_WITHIN,
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_UNPACKED,
    FileError,
    refuse,
)
from .tables import KnownHeadings, Row, Table, plain_heading
from .workbooks import cell_text, read_workbook


def content_of(path: Path) -> bytes:
    """The bytes of a file. Raises FileError where it is too large or cannot be read."""
    try:
        check_size(path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        refuse(
            _("“%(path)s” cannot be read: %(reason)s."), path=path, reason=error.strerror or error
        )


def read(content: bytes, *, known: KnownHeadings = (), sheet: str | None = None) -> Table:
    """The table in a file of this content; the kind of file is detected from it.

    The headings are the row among the first twenty that contains the most `known`
    headings (a collection, or a function that counts them); ties go to the first.
    `sheet` names a sheet of a workbook; by default the first with rows, hidden
    ones only if no other has any. Raises FileError.
    """
    check_size(len(content))
    if content.startswith((ZIP, OLE[:4])):
        return read_workbook(content, known, sheet)
    refuse_other_kinds(content)
    if sheet is not None:
        refuse(_("Only workbooks have sheets, and this file is not one: leave the sheet out."))
    return read_text(content, known)


def check_size(size: int) -> None:
    if size > MOST_BYTES:
        refuse(
            _("The file has %(size)s bytes, and at most %(most)s can be read: split it."),
            size=f"{size:,}",
            most=f"{MOST_BYTES:,}",
        )
