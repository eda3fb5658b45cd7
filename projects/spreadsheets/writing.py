"""Rows to CSV and XLSX, row by row: memory does not grow with their number."""

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

from .cells import Cell, Marked, as_text, neutralise

Row = Sequence[Cell]

# What a sheet of XLSX holds, with its headings.
MOST_ROWS = 1_048_576
# What a cell of XLSX holds, in units of UTF-16.
LONGEST_TEXT = 32_767
# What a spreadsheet keeps of a number: it counts with binary fractions.
MOST_DIGITS = 15
# Before it, XLSX counts a 29 February 1900 that never was.
FIRST_DAY = date(1900, 3, 1)

_PIECE = 64 * 1024
_WIDEST = 60


class SheetFullError(ValueError):
    """More rows than a sheet holds: `message` and `params` as those of a MoneyError."""

    def __init__(self) -> None:
        self.message = gettext_noop(
            "A sheet of XLSX holds at most %(most)s records: narrow the question, or take CSV "
            "or JSON."
        )
        self.params = {"most": f"{MOST_ROWS - 1:,}"}
        super().__init__(self.message % self.params)


@dataclass(frozen=True)
class TooLong:
    """A text that a cell of XLSX cannot hold, so that the cell was left empty."""

    cell: str
    heading: str
    length: int


@dataclass(frozen=True)
class Sheet:
    """One more sheet of a workbook, behind the one that says what the first is."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Row]


def csv_lines(headings: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """A CSV file in pieces of whole lines, the headings first.

    UTF-8 with a byte order mark, without which spreadsheets guess at Chinese;
    lines end as RFC 4180 has it. Text is neutralised; numbers stay numbers.
    """
    buffer = io.StringIO(newline="")
    buffer.write("\ufeff")
    writer = csv.writer(buffer)
    writer.writerow([neutralise(heading) for heading in headings])
    yield _taken(buffer)
    for row in rows:
        writer.writerow(
            [neutralise(cell) if isinstance(cell, str) else as_text(cell) for cell in row]
        )
        if buffer.tell() > _PIECE:
            yield _taken(buffer)
    if buffer.tell():
        yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return piece


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
    """Write a workbook: `rows` under their `headings`, and a second sheet that says what they are.

    `about` is asked for the second sheet's rows once the first is written;
    `further` sheets, which hold short texts only, stand behind it. Cells
    are typed, so that text is never a formula and needs no apostrophe. What a
    number or a day of XLSX cannot hold exactly stands as text: more than 15
    digits, a day before March 1900. A text longer than a cell is *left out*, so
    that the file opens and reading it back overwrites nothing with half a text;
    `about` is told of each. Control characters are escaped as XLSX has it.
    Moments lose their time zone. Raises SheetFullError.
    """
    # A folder of its own: where writing breaks off, the library leaves its files behind.
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
            sheet = SheetWriter(workbook, each.name)
            sheet.write_headings(each.headings)
            for row in each.rows:
                sheet.write(row)
            sheet.finish()
        workbook.close()


class SheetWriter:
    """Writes one sheet from top to bottom, each cell as what it is."""

    def __init__(self, workbook: Any, name: str) -> None:
        self.workbook = workbook
        self.marked: dict[str, Any] = {}
        self.sheet = workbook.add_worksheet(name)
        self.rows = count()
        self.headings: Sequence[str] = ()
        self.widths: dict[int, int] = {}
        self.too_long: list[TooLong] = []
        made = workbook.add_format
        self.bold = made({"bold": True, "bottom": 1})
        self.money = made({"num_format": "#,##0.00"})
        self.day = made({"num_format": "yyyy-mm-dd"})
        self.moment = made({"num_format": "yyyy-mm-dd hh:mm:ss"})
        # So that it stays text when somebody edits the cell, or saves the sheet as CSV.
        self.quoted = made({"quote_prefix": True, "num_format": "@"})

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
            case Marked():
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
        # Characters beyond the first plane take two units, so half as many may be too long.
        length = len(text)
        if length > LONGEST_TEXT // 2:
            length = len(text.encode("utf-16-le")) // 2
        if length > LONGEST_TEXT:
            place = xl_rowcol_to_cell(row, column)
            heading = self.headings[column] if column < len(self.headings) else ""
            self.too_long.append(TooLong(place, heading, length))
        else:
            runs = neutralise(text) != text
            self.sheet.write_string(row, column, text, self.quoted if runs else None)

    def _widen(self, column: int, text: str) -> None:
        line = text[:_WIDEST].partition("\n")[0]
        width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) + 2
        self.widths[column] = max(self.widths.get(column, 0), min(width, _WIDEST))

    def finish(self) -> None:
        for column, width in self.widths.items():
            self.sheet.set_column(column, column, width)


def _is_too_long(number: str) -> bool:
    """Whether a spreadsheet would change a number, written as text."""
    return len(number.lstrip("-").replace(".", "").strip("0")) > MOST_DIGITS
