"""Write CSV and XLSX row by row, in constant memory."""

from __future__ import annotations

import csv
import io
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import IO, Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from projects.names.messages import gettext_noop

from .cells import Cell, QualifiedNumber, as_text, neutralise

Row = Sequence[Cell]

# The most rows of an XLSX sheet, headings included.
MOST_ROWS = 1_048_576
# The most UTF-16 units in an XLSX cell.
LONGEST_TEXT = 32_767
# Spreadsheets keep 15 digits of a number, as they use binary fractions.
MOST_DIGITS = 15
# Before this day XLSX is off by one, as it counts a 29 February 1900.
FIRST_DAY = date(1900, 3, 1)

_CHUNK = 64 * 1024
_WIDEST = 60


class SheetFullError(ValueError):
    """More rows than a sheet can have. `message` and `params` are like those of a MoneyError."""

    def __init__(self) -> None:
        self.message = gettext_noop(
            "An XLSX sheet has at most %(most)s records: add filters, or use CSV or JSON."
        )
        self.params = {"most": f"{MOST_ROWS - 1:,}"}
        super().__init__(self.message % self.params)


@dataclass(frozen=True)
class TooLong:
    """A text too long for an XLSX cell, which was left empty."""

    cell: str
    heading: str
    length: int


@dataclass(frozen=True)
class Sheet:
    """An additional sheet of a workbook, after the data and the "about" sheet."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Row]


def csv_lines(headings: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a CSV file in chunks of whole lines, the headings first.

    UTF-8 with a byte order mark, without which spreadsheets misread Chinese; line
    ends follow RFC 4180. Text is neutralised; numbers stay numbers.
    """
    buffer = io.StringIO(newline="")
    buffer.write("\ufeff")
    writer = csv.writer(buffer)
    writer.writerow([neutralise(heading) for heading in headings])
    yield _drain(buffer)
    for row in rows:
        writer.writerow(
            [neutralise(cell) if isinstance(cell, str) else as_text(cell) for cell in row]
        )
        if buffer.tell() > _CHUNK:
            yield _drain(buffer)
    if buffer.tell():
        yield _drain(buffer)


def _drain(buffer: io.StringIO) -> bytes:
    chunk = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return chunk


def xlsx(
    headings: Sequence[str],
    rows: Iterable[Row],
    file: IO[bytes],
    *,
    sheet: str,
    about: Callable[[list[TooLong]], Iterable[Row]],
    about_sheet: str = "about",
    further: Iterable[Sheet] = (),
) -> None:
    """Write a workbook: `rows` under their `headings`, and a second sheet that describes them.

    `about` returns the rows of the second sheet; it is called after the first is
    written, with the texts that were too long. `further` sheets, with short texts
    only, follow. Cells are typed, so that text is never a formula and needs no
    apostrophe. Values that XLSX cannot represent exactly are written as text:
    numbers of more than 15 digits, days before March 1900. A text longer than a
    cell is *left out*, so that reading the file back does not overwrite it with
    a truncated one. Control characters are escaped, datetimes lose their time zone.
    Raises SheetFullError.
    """
    # If writing fails, the library leaves its temporary files behind: use a folder of its own.
    with tempfile.TemporaryDirectory() as folder:
        workbook = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder})
        workbook.use_zip64()
        data = SheetWriter(workbook, sheet)
        data.write_headings(headings)
        for row in rows:
            data.write(row)
        explained = SheetWriter(workbook, about_sheet)
        for row in about(data.too_long):
            explained.write(row)
        data.finish()
        explained.finish()
        for each in further:
            write_sheet(workbook, each)
        workbook.close()


def write_sheet(workbook: Any, sheet: Sheet) -> None:
    writer = SheetWriter(workbook, sheet.name)
    writer.write_headings(sheet.headings)
    for row in sheet.rows:
        writer.write(row)
    writer.finish()


class SheetWriter:
    """Writes one sheet from top to bottom, with typed cells."""

    def __init__(self, workbook: Any, name: str) -> None:
        self.workbook = workbook
        self.marked: dict[str, Any] = {}
        self.sheet = workbook.add_worksheet(name)
        self.rows = count()
        self.headings: Sequence[str] = ()
        self.widths: dict[int, int] = {}
        self.too_long: list[TooLong] = []
        add_format = workbook.add_format
        self.bold = add_format({"bold": True, "bottom": 1})
        self.money = add_format({"num_format": "#,##0.00"})
        self.day = add_format({"num_format": "yyyy-mm-dd"})
        self.moment = add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        # Stays text when somebody edits the cell, or saves the sheet as CSV.
        self.quoted = add_format({"quote_prefix": True, "num_format": "@"})

    def write_headings(self, headings: Sequence[str]) -> None:
        self.headings = headings
        row = next(self.rows)
        for column, heading in enumerate(headings):
            self.sheet.write_string(row, column, heading, self.bold)
            self._widen(column, heading)
        self.sheet.freeze_panes(1, 0)

    def write(self, cells: Row) -> None:
        row = next(self.rows)
        if row >= MOST_ROWS:
            raise SheetFullError
        for column, cell in enumerate(cells):
            if cell is not None and cell != "":
                self._write(row, column, cell)
                if row < 200:
                    self._widen(column, as_text(cell))

    def _write(self, row: int, column: int, cell: Cell) -> None:
        match cell:
            case str():
                self._write_text(row, column, cell)
            case bool():
                self.sheet.write_boolean(row, column, cell)
            case QualifiedNumber():
                if _is_too_long(as_text(cell.number)):
                    self.sheet.write_string(row, column, as_text(cell), self.quoted)
                else:
                    self.sheet.write_number(row, column, cell.number, self._marked(cell.mark))
            case int() | Decimal():
                text = as_text(cell)
                if _is_too_long(text):
                    self.sheet.write_string(row, column, text, self.quoted)
                else:
                    has_hundredths = text[-3:-2] == "."
                    self.sheet.write_number(
                        row, column, cell, self.money if has_hundredths else None
                    )
            case datetime() if cell.date() >= FIRST_DAY:
                self.sheet.write_datetime(row, column, cell.replace(tzinfo=None), self.moment)
            case date() if not isinstance(cell, datetime) and cell >= FIRST_DAY:
                self.sheet.write_datetime(row, column, cell, self.day)
            case _:
                self.sheet.write_string(row, column, as_text(cell))

    def _marked(self, mark: str) -> Any:
        if mark not in self.marked:
            form = f'"{mark} "#,##0.00;"{mark} "-#,##0.00'
            self.marked[mark] = self.workbook.add_format({"num_format": form})
        return self.marked[mark]

    def _write_text(self, row: int, column: int, text: str) -> None:
        # Characters outside the basic plane take two units, so check from half the limit on.
        length = len(text)
        if length > LONGEST_TEXT // 2:
            length = len(text.encode("utf-16-le")) // 2
        if length > LONGEST_TEXT:
            place = xl_rowcol_to_cell(row, column)
            heading = self.headings[column] if column < len(self.headings) else ""
            self.too_long.append(TooLong(place, heading, length))
        else:
            is_formula = neutralise(text) != text
            self.sheet.write_string(row, column, text, self.quoted if is_formula else None)

    def _widen(self, column: int, text: str) -> None:
        line = text[:_WIDEST].partition("\n")[0]
        width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) + 2
        self.widths[column] = max(self.widths.get(column, 0), min(width, _WIDEST))

    def finish(self) -> None:
        for column, width in self.widths.items():
            self.sheet.set_column(column, column, width)


def _is_too_long(number: str) -> bool:
    """Whether a number, given as text, has more digits than a spreadsheet keeps."""
    return len(number.lstrip("-").replace(".", "").strip("0")) > MOST_DIGITS
