"""Read XLSX, XLS and ODS with python-calamine, after scanning them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import python_calamine
from django.utils.translation import gettext as _

from .archives import Archive, refuse_damaged, refuse_password
from .kinds import ZIP
from .limits import refuse
from .records import scan_xls
from .scanning import ScannedSheet
from .scanning_ods import scan_ods
from .scanning_xlsx import scan_xlsx
from .tables import KnownHeadings, Line, Table, table_of

# From here on a workbook loses digits of whole numbers.
_NOT_ALL_DIGITS = 10**15
# From here on 15 digits do not include hundredths.
_NOT_ALL_HUNDREDTHS = 10**13


def read_workbook(content: bytes, known: KnownHeadings, name: str | None) -> Table:
    if content.startswith(ZIP):
        archive = Archive(content)
        scanned = scan_xlsx(archive) if archive.kind() == "xlsx" else scan_ods(archive)
    else:
        scanned = scan_xls(content)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for one in book.sheets_metadata:
            for sheet in scanned:
                if sheet.name == one.name:
                    sheet.is_hidden = one.visible != python_calamine.SheetVisibleEnum.Visible
        chosen = _chosen(scanned, name)
        sheet = book.get_sheet_by_name(chosen.name)
    # The library has a different error for each kind of file, and panics on some damaged ones.
    except BaseException as error:
        _refuse(error)
    chosen.check()
    start, end = sheet.start, sheet.end
    if start is None or end is None:
        refuse(_("The file has no rows."))
    # If the scan and the library disagree about the extent, cells would be lost.
    if not (
        chosen.full_bottom <= end[0] + 1 <= chosen.bottom
        and chosen.full_right <= end[1] + 1 <= chosen.right
    ):
        refuse_damaged()
    others = [one.name for one in scanned if one is not chosen and one.full_bottom]
    lines = _lines(sheet.iter_rows(), start[1])
    return table_of(lines, known, chosen.merged, sheet=chosen.name, other_sheets=others)


def _chosen(scanned: Sequence[ScannedSheet], name: str | None) -> ScannedSheet:
    """The sheet of that name; by default the first with rows, hidden ones only if no other has
    any."""
    for one in scanned:
        if one.name == name:
            return one
    if name is not None:
        refuse(
            _("There is no sheet “%(name)s”: the file has %(names)s."),
            name=name,
            names=", ".join(f"“{one.name}”" for one in scanned),
        )
    full = [one for one in scanned if one.full_bottom]
    if not full:
        refuse(_("The file has no rows."))
    return next((one for one in full if not one.is_hidden), full[0])


def _refuse(error: BaseException) -> None:
    """Raise FileError for the library's errors; other exceptions are raised again."""
    if isinstance(error, python_calamine.PasswordError):
        refuse_password()
    if isinstance(error, Exception) and not isinstance(error, python_calamine.CalamineError):
        raise error
    # A panic of the library is a BaseException whose class cannot be imported.
    if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
        raise error
    refuse(
        _(
            "The workbook cannot be read (%(reason)s): open it in a spreadsheet, and save it "
            "again as XLSX."
        ),
        reason=str(error)[:200] or type(error).__name__,
    )


def _lines(rows: Iterator[list[Any]], left: int) -> Iterator[Line]:
    """`left`: the number of empty columns on the left, which the library leaves out."""
    before = [""] * left
    for number, row in enumerate(rows, 1):
        yield Line(number, before + [cell_text(cell) for cell in row])


def cell_text(cell: Any) -> str:
    """A cell of a workbook as text: numbers with at most 15 digits, dates in ISO format.

    A whole number of more than 15 digits, such as a code typed as a number, has lost
    its last digits. It is returned in scientific notation, so that it is not mistaken
    for the code.
    """
    match cell:
        case str():
            return cell.strip()
        case bool():
            return "true" if cell else "false"
        case float() | int():
            return _number(cell)
        case datetime():
            is_day = cell.time() == time.min
            return cell.date().isoformat() if is_day else cell.isoformat(" ", "seconds")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case None:
            return ""
        case _:
            return str(cell)


def _number(cell: float) -> str:
    if abs(cell) >= _NOT_ALL_DIGITS:
        return f"{cell:.15g}".upper()
    text = f"{cell:.15g}"
    if abs(cell) >= _NOT_ALL_HUNDREDTHS and float(text) != cell:
        text = repr(cell)
    return format(Decimal(text), "f")
